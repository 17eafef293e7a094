/** Frames with boxes, every cell of them read once by the backbone. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import type { ReadLevel } from '../../src/activity/kept-cells.ts';
import { type BoxedFrame, listFrames } from '../../src/training/data/dataset.ts';
import { asCached, cacheKey, type EmbeddedViews, openCache } from '../../src/training/embedding/cache.ts';
import { cellHead } from '../../src/training/riders/fit/gather.ts';
import { loadBackboneBundle } from '../../src/vision/bundle.ts';
import { fullScale } from '../../src/vision/cells/detail.ts';
import type { CellEngine } from '../../src/vision/cells/engine.ts';
import { pyramidOf, type Size } from '../../src/vision/cells/pyramid.ts';
import { readCells } from '../../src/vision/cells/read-cells.ts';
import { decodeFrame, resizePicture } from '../../src/vision/decode.ts';
import { createBackbone } from '../../src/vision/engines/create.ts';

/** A level of a frame before any head has seen it. */
export type PlainLevel = Omit<ReadLevel, 'logits'>;

export interface BenchFrame extends Pick<BoxedFrame, 'path' | 'camera' | 'riders' | 'kites' | 'ignored'> {
  /** Finest first, as the daemon reads it where it has time. */
  readonly levels: readonly PlainLevel[];
}

export interface FrameOptions {
  /** Folder of the backbone. */
  readonly backbone: string;
  readonly cameras: readonly string[];
  /** Maximum frames of each camera, evenly spread. */
  readonly most: number;
  /** Folder of what was read before. */
  readonly cache: string;
}

const LIMITS = { maxBytes: 1e8, maxPixels: 1e8 };

/**
 * @param folders frames with boxes
 * @returns in the order of time within a camera; frames in which nobody could say whether anybody rides are left out
 */
export async function readFrames(
  folders: readonly string[],
  { backbone: folder, cameras, most, cache }: FrameOptions,
  onProgress: (done: number) => void,
): Promise<BenchFrame[]> {
  const listed = (await Promise.all(folders.map(each => listFrames(each)))).flat();
  const chosen = cameras.flatMap(name =>
    spread(
      listed
        .filter(
          ({ camera, riders, ignored }) => camera === name && (riders.length > 0 || ignored.length === 0),
        )
        .sort((a, b) => numberOf(a) - numberOf(b) || a.path.localeCompare(b.path)),
      most,
    ),
  );
  const bundle = await loadBackboneBundle(folder);
  const { backbone } = await createBackbone(
    bundle,
    { engine: 'auto', threads: availableParallelism() },
    undefined,
    'frames',
  );
  const engine = backbone.cells as CellEngine;
  const width = bundle.manifest.cells?.width as number;
  const kept = openCache(join(cache, 'levels'));
  const frames: BenchFrame[] = [];
  try {
    for (const frame of chosen) {
      const bytes = await readFile(frame.path);
      const key = cacheKey([
        bundle.manifest.weights.sha256,
        createHash('sha256').update(bytes).digest('hex'),
      ]);
      const known = await kept.read(key);
      const read = known ?? packed(await levelsOf(engine, width, bytes));
      if (known === null) await kept.write(key, read);
      frames.push({ ...frame, levels: unpacked(read, width) });
      onProgress(frames.length / chosen.length);
    }
  } finally {
    await backbone.close();
  }
  return frames;
}

/** What divides the frames of a source into sets stands before it: the number tells the time. */
function numberOf({ path }: BoxedFrame): number {
  return Number(/(\d+)\D*$/.exec(basename(path))?.[1] ?? 0);
}

function spread<T>(frames: readonly T[], most: number): T[] {
  const step = Math.max(1, frames.length / most);
  return frames.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step));
}

async function levelsOf(engine: CellEngine, width: number, bytes: Buffer): Promise<PlainLevel[]> {
  const finest = (size: Size) => pyramidOf(size, fullScale(size))[0] ?? size;
  const { frame, picture } = await decodeFrame(bytes, LIMITS, finest);
  const levels: PlainLevel[] = [];
  for (const size of pyramidOf(frame, fullScale(frame))) {
    const cells = await readCells(engine, await resizePicture(picture, size), cellHead(null, width, 1));
    // The engine writes the next level to the same memory.
    levels.push({ columns: cells.columns, rows: cells.rows, vectors: cells.vectors.slice() });
  }
  return levels;
}

/** A view a level: its vectors stand after one another. */
function packed(levels: readonly PlainLevel[]): EmbeddedViews {
  const embeddings = new Float32Array(levels.reduce((sum, { vectors }) => sum + vectors.length, 0));
  let at = 0;
  for (const { vectors } of levels) {
    embeddings.set(vectors, at);
    at += vectors.length;
  }
  const views = levels.map(({ columns, rows }) => ({
    part: `${columns}x${rows}`,
    activities: [],
    augmented: false,
  }));
  return { views, embeddings: asCached(embeddings) };
}

function unpacked({ views, embeddings }: EmbeddedViews, width: number): PlainLevel[] {
  let at = 0;
  return views.map(({ part }) => {
    const [columns, rows] = part.split('x').map(Number) as [number, number];
    const from = at;
    at += columns * rows * width;
    return { columns, rows, vectors: embeddings.subarray(from, at) };
  });
}
