/**
 * What a backbone was trained on, and what that makes of figures: on pictures of its own training they flatter, however the
 * head's groups are held out. Pictures are known by the SHA-256 of their files; what was saved anew is not recognised.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseFile } from './data/files.ts';

/** The record of a backbone, `seen.json` beside its manifest. */
export interface SeenPictures {
  /** {@link markOf} each. */
  readonly pictures: ReadonlySet<string>;
  /** False: it was trained on others too, or on whatever a backbone before it was trained on. */
  readonly complete: boolean;
}

/** Which of the groups, or cameras, that a head was judged by its backbone was trained on. */
export interface BackboneSight {
  /** How many groups. */
  readonly judged: number;
  /** Those of which it was trained on a picture, sorted. */
  readonly seen: readonly string[];
  /** False: it is not on record what it was trained on, so it may be more. */
  readonly recorded: boolean;
}

export const UNRECORDED: SeenPictures = { pictures: new Set(), complete: false };

const FILE = 'seen.json';
/** Hexadecimal digits: two of a million pictures are hardly ever taken for each other. */
const DIGITS = 16;

/** @param folder of the backbone; without a record nothing is known */
export async function loadSeen(folder: string): Promise<SeenPictures> {
  try {
    return await parseFile(join(folder, FILE), text => {
      const { complete, pictures } = JSON.parse(text) as { complete: unknown; pictures: unknown };
      if (!Array.isArray(pictures)) throw new TypeError('"pictures" is no list');
      return { pictures: new Set(pictures.map(String)), complete: complete === true };
    });
  } catch (error) {
    if ((error as { cause?: { code?: string } }).cause?.code === 'ENOENT') return UNRECORDED;
    throw error;
  }
}

/** The record as a file of the backbone's folder, by name. */
export function seenFiles({ pictures, complete }: SeenPictures): Record<string, string> {
  return { [FILE]: `${JSON.stringify({ complete, pictures: [...pictures].sort() }, null, 0)}\n` };
}

/** The pictures of a backbone that was trained further. */
export async function seenMore(before: SeenPictures, paths: readonly string[]): Promise<SeenPictures> {
  const pictures = new Set(before.pictures);
  for (const path of paths) {
    const mark = await markOf(path);
    if (mark !== null) pictures.add(mark);
  }
  return { pictures, complete: before.complete };
}

/**
 * @param pictures all there are of the groups that are judged, not only those that judge: frames of one camera are alike
 * @param judged the groups
 */
export async function sightOf(
  seen: SeenPictures,
  pictures: readonly { readonly path: string; readonly group: string }[],
  judged: ReadonlySet<string>,
): Promise<BackboneSight> {
  const found = new Set<string>();
  for (const { path, group } of seen.pictures.size === 0 ? [] : pictures) {
    if (!judged.has(group) || found.has(group)) continue;
    const mark = await markOf(path);
    if (mark !== null && seen.pictures.has(mark)) found.add(group);
  }
  return { judged: judged.size, seen: [...found].sort(), recorded: seen.complete };
}

/** Null where it cannot be read: nothing was learnt from it either. */
async function markOf(path: string): Promise<string | null> {
  const bytes = await readFile(path).catch(() => null);
  return bytes === null ? null : createHash('sha256').update(bytes).digest('hex').slice(0, DIGITS);
}
