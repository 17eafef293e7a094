/** What the bench learns from: every frame as a board keeps it, and its cells with what their boxes say of them. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { createBeachReader } from '../../src/activity/beach-reader.ts';
import { type BoxedFrame, type BoxedRider, listFrames } from '../../src/learning/data/dataset.ts';
import { labelsInOrder } from '../../src/learning/data/labels.ts';
import { asCached, cacheKey, type EmbeddedViews, openCache } from '../../src/learning/embedding/cache.ts';
import type { EmbeddedSet, Sample } from '../../src/learning/embedding/sample.ts';
import { fixedDetail } from '../../src/vision/cells/detail.ts';
import { boundsOf, contains, type Point, type Rectangle } from '../../src/vision/zone.ts';
import { type BoardPicture, CAMERA_ZONES } from './board-picture.ts';

export interface Material {
  readonly activities: readonly string[];
  readonly backbone: { readonly id: string; readonly sha256: string };
  /** Cells of all frames, with their activities. */
  readonly set: EmbeddedSet;
  readonly dataSha256: string;
  /** In the order of their files, which is the order of time for a camera. */
  readonly pictures: readonly BoardPicture[];
}

export interface MaterialOptions {
  /** The folder with `backbone/` and `riders/`. */
  readonly models: string;
  readonly backbone: string;
  /** The head that says which cells are kept. */
  readonly head: string;
  /** Folder of kept embeddings. */
  readonly cache: string;
  /** Of each folder, evenly spread. */
  readonly frames: number;
}

const LIMITS = { maxBytes: 1e8, maxPixels: 1e8 };

/** @param folders each of the frames of one camera, with boxes */
export async function readMaterial(
  folders: readonly string[],
  { models, backbone: id, head, cache, frames: most }: MaterialOptions,
  onProgress: (text: string, done: number) => void,
): Promise<Material> {
  const sources = await Promise.all(
    folders.map(async folder => ({
      name: basename(resolve(folder)),
      frames: spread(await listFrames(folder), most),
    })),
  );
  const activities = labelsInOrder([
    ...new Set(
      sources.flatMap(({ frames }) => frames.flatMap(({ riders }) => riders.map(rider => rider.activity))),
    ),
  ]);
  const reader = await createBeachReader(
    { dir: models, backbone: id, head },
    { engine: 'auto', threads: availableParallelism(), ...LIMITS },
    fixedDetail({ detail: 'auto' }),
  );
  const { manifest } = reader.head;
  const kept = openCache(join(cache, 'embeddings'));
  const hash = createHash('sha256');
  const total = sources.reduce((sum, { frames }) => sum + frames.length, 0);
  const pictures: BoardPicture[] = [];
  const samples: Sample[] = [];
  const rows: Float32Array[] = [];
  let read = 0;
  try {
    for (const { name, frames } of sources) {
      for (const { path, group, riders } of frames) {
        const bytes = await readFile(path);
        const sha256 = createHash('sha256').update(bytes).digest('hex');
        hash.update(sha256).update(JSON.stringify(riders));
        const key = cacheKey(['cells', manifest.backbone.sha256, manifest.weights.sha256, sha256]);
        const seen = (await kept.read(key)) ?? (await readFrame(bytes));
        await kept.write(key, seen);
        const about = { source: name, group, file: path };
        for (const [row, { rectangle }] of seen.views.entries()) {
          const labels = labelsAt(rectangle as Rectangle, riders, activities);
          if (labels === null) continue;
          samples.push({ ...about, labels, part: String(row), augmented: false });
          rows.push(rowOf(seen, row, manifest.width));
        }
        pictures.push(
          ...picturesOf(seen, riders, manifest.width).map(picture => ({
            ...about,
            ...picture,
            id: `${basename(path)}/${picture.id}`,
          })),
        );
        onProgress('reading', ++read / total);
      }
    }
  } finally {
    await reader.close();
  }
  const embeddings = joined(rows, manifest.width);
  return {
    activities,
    backbone: manifest.backbone,
    set: { samples, embeddings, width: manifest.width },
    dataSha256: hash.digest('hex'),
    pictures,
  };

  async function readFrame(bytes: Buffer): Promise<EmbeddedViews> {
    const { cells, embeddings } = await reader.read(bytes, CAMERA_ZONES);
    const views = cells.map(({ zone, rectangle }) => ({
      part: zone,
      rectangle,
      activities: [],
      augmented: false,
    }));
    return { views, embeddings: asCached(embeddings) };
  }
}

function spread(frames: readonly BoxedFrame[], most: number): BoxedFrame[] {
  const step = Math.max(1, frames.length / most);
  return frames.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step));
}

/** Null next to a rider: whether that is one nobody could say. */
function labelsAt(
  rectangle: Rectangle,
  riders: readonly BoxedRider[],
  activities: readonly string[],
): number[] | null {
  const middle = middleOf(rectangle);
  const near = riders.filter(({ box }) => isWithin(box, middle, { x: rectangle.w / 2, y: rectangle.h / 2 }));
  const at = near.filter(({ box }) => isWithin(box, middle, { x: rectangle.w / 6, y: rectangle.h / 6 }));
  if (near.length > 0 && at.length === 0) return null;
  const shown = new Set(at.map(({ activity }) => activity));
  return activities.map(activity => (shown.has(activity) ? 1 : 0));
}

function isWithin({ x, y, w, h }: Rectangle, place: Point, margin: Point): boolean {
  return (
    place.x >= x - margin.x &&
    place.x <= x + w + margin.x &&
    place.y >= y - margin.y &&
    place.y <= y + h + margin.y
  );
}

/** Of each zone one; none where a rider is cut by its edge, as nobody could say whether it is in it. */
function picturesOf({ views, embeddings }: EmbeddedViews, riders: readonly BoxedRider[], width: number) {
  return CAMERA_ZONES.flatMap(zone => {
    const { x, w } = boundsOf(zone);
    const inside = riders.filter(({ box }) => contains(zone, middleOf(box)));
    const isCut = riders.some(({ box }) =>
      [x, x + w].some(edge => edge > 0 && edge < 1 && box.x < edge && box.x + box.w > edge),
    );
    if (isCut && inside.length === 0) return [];
    const rows = views.flatMap(({ part }, row) => (part === zone.name ? [row] : []));
    if (rows.length === 0) return [];
    return [
      {
        id: zone.name,
        labels: [...new Set(inside.map(({ activity }) => activity))].sort(),
        cells: rows.map(row => ({ zone: zone.name, rectangle: views[row]?.rectangle as Rectangle })),
        embeddings: joined(
          rows.map(row => rowOf({ views, embeddings }, row, width)),
          width,
        ),
      },
    ];
  });
}

function middleOf({ x, y, w, h }: Rectangle): Point {
  return { x: x + w / 2, y: y + h / 2 };
}

function rowOf({ embeddings }: EmbeddedViews, row: number, width: number): Float32Array {
  return embeddings.slice(row * width, (row + 1) * width);
}

function joined(rows: readonly Float32Array[], width: number): Float32Array {
  const all = new Float32Array(rows.length * width);
  for (const [index, row] of rows.entries()) all.set(row, index * width);
  return all;
}
