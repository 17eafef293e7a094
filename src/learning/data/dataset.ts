/** Finds what there is to learn from: photos in class folders, or frames with boxes around their riders. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { messageOf, SurfwatchError } from '../../errors.ts';
import type { Rectangle } from '../../vision/zone.ts';
import { activitiesOf } from './labels.ts';

export interface LabelledPhoto {
  readonly path: string;
  /** Activities in the picture; empty for none. */
  readonly activities: readonly string[];
  /** Its source; its own name where no manifest tells. */
  readonly group: string;
}

export interface BoxedRider {
  readonly activity: string;
  /** As a share of the frame. */
  readonly box: Rectangle;
  /** A part that alone could be of another activity: a kitesurfer whose kite has a box of its own. */
  readonly partial?: boolean;
}

export interface BoxedFrame {
  readonly path: string;
  readonly riders: readonly BoxedRider[];
  /** Neighbouring frames are alike, so frames are grouped by blocks of time. */
  readonly group: string;
}

const PICTURE = /\.(jpe?g|png|webp)$/i;

/** How many blocks of time the frames of one camera are grouped into. */
const TIME_BLOCKS = 10;

const boxesSchema = z.record(
  z.string(),
  z.array(
    z.object({
      activity: z.string(),
      box: z.tuple([z.number(), z.number(), z.number(), z.number()]),
      /** `kite` and `rider` where the two have boxes of their own. */
      part: z.string().optional(),
    }),
  ),
);

const manifestSchema = z.array(z.object({ file: z.string(), group: z.string() }));

/**
 * Lists the photos of `<directory>/<class>/*.{jpg,png,webp}`, in a fixed order. A `manifest.csv` with the columns
 * `file` and `group` beside the class folders tells which photos come from the same source.
 *
 * @throws SurfwatchError `dataset-unreadable` where there is no class folder with a picture
 */
export async function listPhotos(directory: string): Promise<LabelledPhoto[]> {
  const groups = await readGroups(directory);
  const photos: LabelledPhoto[] = [];
  for (const folder of (await listFolders(directory)).sort()) {
    for (const file of (await readdir(join(directory, folder))).filter(name => PICTURE.test(name)).sort()) {
      const path = join(directory, folder, file);
      const group = groups.get(relative(directory, path)) ?? path;
      photos.push({ path, activities: activitiesOf(folder), group });
    }
  }
  if (photos.length === 0) {
    throw new SurfwatchError(
      'dataset-unreadable',
      `${directory} holds no pictures in class folders (DIR/<class>/*.jpg)`,
    );
  }
  return photos;
}

/** Lists the frames of `<directory>/frames/` (or `<directory>/`) that `<directory>/boxes.json` describes. */
export async function listFrames(directory: string): Promise<BoxedFrame[]> {
  const boxes = await parseFile(join(directory, 'boxes.json'), text => boxesSchema.parse(JSON.parse(text)));
  const nested = await isFolder(join(directory, 'frames'));
  const names = Object.keys(boxes).sort();
  return names.map((name, index) => ({
    path: join(directory, nested ? 'frames' : '', basename(name)),
    riders: ridersOf(boxes[name] ?? []),
    group: `${basename(directory)}#${Math.floor((index * TIME_BLOCKS) / names.length)}`,
  }));
}

function ridersOf(boxes: z.infer<typeof boxesSchema>[string]): BoxedRider[] {
  const hasKite = boxes.some(({ part }) => part === 'kite');
  return boxes.map(({ activity, box: [x, y, w, h], part }) => ({
    activity,
    box: { x, y, w, h },
    partial: hasKite && activity === 'kitesurfing' && part === 'rider',
  }));
}

/** Whether a folder holds frames with boxes rather than class folders. */
export async function hasBoxes(directory: string): Promise<boolean> {
  const found = await stat(join(directory, 'boxes.json')).catch(() => null);
  return found !== null;
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found?.isDirectory() ?? false;
}

async function readGroups(directory: string): Promise<Map<string, string>> {
  const path = join(directory, 'manifest.csv');
  if ((await stat(path).catch(() => null)) === null) return new Map();
  const rows = await parseFile(path, text => manifestSchema.parse(parse(text, { columns: true, bom: true })));
  return new Map(rows.map(row => [row.file, row.group]));
}

async function listFolders(directory: string): Promise<string[]> {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    return entries.filter(entry => entry.isDirectory()).map(entry => entry.name);
  } catch (error) {
    throw new SurfwatchError('dataset-unreadable', `cannot read ${directory}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

async function parseFile<T>(path: string, parser: (text: string) => T): Promise<T> {
  try {
    return parser(await readFile(path, 'utf8'));
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error);
    throw new SurfwatchError('dataset-unreadable', `${path}: ${reason}`, { cause: error });
  }
}
