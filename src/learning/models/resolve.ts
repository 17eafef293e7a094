/** Which head is to be loaded. It only reads: `classify` and `evaluate` ask the same as the daemon. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type HeadBundle,
  type HeadManifest,
  headManifestSchema,
  loadHead,
} from '../../activity/head-bundle.ts';
import { messageOf, SurfwatchError } from '../../errors.ts';
import { isHeadId } from './head-id.ts';
import { lastMove, predecessors, readHistory } from './history.ts';
import type { HeadFolders, HeadOrigin, HistoryEntry } from './types.ts';

type BackboneOfHead = HeadManifest['backbone'];

/** In `current` of the board: the one that is current among those shipped, also after an update of the program. */
export const SHIPPED = 'shipped';

export interface FoundHead {
  readonly head: HeadBundle;
  readonly origin: HeadOrigin;
}

/** A head that should have been loaded, and why it was not. */
export interface SkippedHead {
  readonly id: string;
  readonly why: 'absent' | 'damaged' | 'foreign' | 'unreadable';
  readonly error: string;
}

export interface ResolvedHead extends FoundHead {
  readonly skipped: readonly SkippedHead[];
}

/**
 * @param configured a head's id, which is then the only one tried; or `current`: the board's, else the one that was in
 *   use before it, and so on, else the shipped one
 * @throws SurfwatchError `model-missing`, `model-invalid`
 */
export async function resolveHead(
  folders: HeadFolders,
  configured: string,
  backbone: BackboneOfHead,
): Promise<ResolvedHead> {
  if (configured !== 'current') return { ...(await loadById(folders, configured, backbone)), skipped: [] };
  const history = await readHistory(historyFile(folders.board)).catch(() => []);
  const skipped: SkippedHead[] = [];
  for await (const id of succession(folders, history, await namedHead(folders.board, history))) {
    const found = await tryHead(folders, id, backbone);
    if ('head' in found) return { ...found, skipped };
    skipped.push(found);
  }
  return { ...(await loadShipped(folders, backbone)), skipped };
}

/** Where heads are by the settings. */
export function headFolders(settings: {
  readonly models: { readonly dir: string };
  readonly stateDir: string;
}): HeadFolders {
  return { shipped: join(settings.models.dir, 'riders'), board: join(settings.stateDir, 'models', 'heads') };
}

export async function loadShipped(folders: HeadFolders, backbone: BackboneOfHead): Promise<FoundHead> {
  return { head: await loadRiderHead(folders.shipped, 'current', backbone), origin: 'shipped' };
}

/** @throws SurfwatchError `model-missing` where neither folder has it, `model-invalid` */
export async function loadById(
  folders: HeadFolders,
  id: string,
  backbone: BackboneOfHead,
): Promise<FoundHead> {
  const origin: HeadOrigin = isHeadId(id) && (await isFolder(join(folders.board, id))) ? 'board' : 'shipped';
  const head = await loadRiderHead(folders[origin], id, backbone);
  if (head.manifest.id !== id) {
    const path = join(folders[origin], id);
    throw new SurfwatchError('model-invalid', `${path} holds a head that calls itself ${head.manifest.id}`);
  }
  return { head, origin };
}

/** @throws SurfwatchError `model-missing`, `model-invalid`: also where it is for whole pictures */
export async function loadRiderHead(
  heads: string,
  id: string,
  backbone: BackboneOfHead,
): Promise<HeadBundle> {
  const head = await loadHead(heads, id, backbone);
  if (isForRiders(head.manifest)) return head;
  throw new SurfwatchError(
    'model-invalid',
    `head ${head.manifest.id} is for whole pictures: it finds no riders in a frame`,
  );
}

/** Boards made heads for whole pictures before there were any for the cells of a frame. */
export function isForRiders({ cells }: Pick<HeadManifest, 'cells'>): boolean {
  return cells !== undefined;
}

/** The head, or why it cannot be had. */
export async function tryHead(
  folders: HeadFolders,
  id: string,
  backbone: BackboneOfHead,
): Promise<FoundHead | SkippedHead> {
  try {
    return await loadById(folders, id, backbone);
  } catch (error) {
    return { id, why: await whyNot(folders, id, backbone, error), error: messageOf(error) };
  }
}

async function whyNot(
  folders: HeadFolders,
  id: string,
  backbone: BackboneOfHead,
  error: unknown,
): Promise<SkippedHead['why']> {
  if (!isHeadId(id)) return 'absent';
  const folder = join(folders.board, id);
  if (!(await isFolder(folder))) return (await isFolder(join(folders.shipped, id))) ? 'unreadable' : 'absent';
  const manifest = await readManifest(folder);
  const isForeign = manifest?.backbone.sha256 !== backbone.sha256 || !isForRiders(manifest);
  if (manifest !== undefined && isForeign) return 'foreign';
  const cause = error instanceof SurfwatchError && error.code === 'model-missing' ? error.cause : undefined;
  const missing = cause === undefined || (cause as NodeJS.ErrnoException).code === 'ENOENT';
  // A disk that gives errors for now may give the head tomorrow.
  return missing ? 'damaged' : 'unreadable';
}

/** Undefined where there is none, or none that is well formed. */
export async function readManifest(folder: string): Promise<HeadManifest | undefined> {
  try {
    return headManifestSchema.parse(JSON.parse(await readFile(join(folder, 'head.json'), 'utf8')));
  } catch {
    return undefined;
  }
}

export function historyFile(board: string): string {
  return join(board, 'history.jsonl');
}

/** What `current` of the board names; of a torn one, what the history says. Null where nothing was ever promoted. */
export async function namedHead(board: string, history: readonly HistoryEntry[]): Promise<string | null> {
  try {
    const text = (await readFile(join(board, 'current'), 'utf8')).trim();
    return isHeadId(text) ? text : (lastMove(history)?.to ?? null);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    return lastMove(history)?.to ?? null;
  }
}

/** The head named, the one that was in use before it was promoted, and so on, back to those that were shipped. */
export async function* succession(
  folders: HeadFolders,
  history: readonly HistoryEntry[],
  named: string | null,
): AsyncGenerator<string> {
  const before = predecessors(history);
  const seen = new Set<string>([SHIPPED]);
  for (let id = named; id !== null && !seen.has(id); ) {
    seen.add(id);
    yield id;
    id = before.get(id) ?? (await parentOf(folders.board, id));
  }
}

async function parentOf(board: string, id: string): Promise<string | null> {
  if (!isHeadId(id)) return null;
  return (await readManifest(join(board, id)))?.training.parent ?? null;
}

export async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() ?? false;
}
