/**
 * How soiled the lens looks in each part of the frame: a linear read-out of the mean vector of its cells, which are computed anyway (linear probes: G. Alain,
 * Y. Bengio, Understanding intermediate layers using linear classifier probes, 2016).
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { messageOf, SurfwatchError } from '../errors.ts';
import type { BackboneManifest } from './bundle.ts';

/** Beside the backbone that it belongs to. */
export const SOILING_FILE = 'soiling.json';

export interface Soiling {
  readonly id: string;
  readonly bias: number;
  /** [width of a cell's vector] */
  readonly weights: Float32Array;
}

/** Parts of the frame that are judged one by one. */
export const AREAS = { columns: 4, rows: 3 } as const;

/** Dirt is large and soft: it is looked for where the frame is about this many cells wide. */
export const SOILING_COLUMNS = 40;

/** How soiled each area of one picture looks. */
export interface AreaSoiling {
  /** Scores of one layout can be compared: the same read-out, the same areas, about as fine. */
  readonly layout: string;
  /** Log odds of each area: above 0 it looks soiled. */
  readonly scores: Float32Array;
}

const soilingSchema = z.strictObject({
  v: z.literal(1),
  id: z.string().min(1),
  /** SHA-256 of the weights of the backbone. */
  backbone: z.string(),
  bias: z.number(),
  /** Base64 of little-endian float32. */
  weights: z.string(),
});

/**
 * @param directory the folder `models/backbone/<id>`
 * @returns null where the backbone has none, as one that was tuned by its user: dirt is not told then
 * @throws SurfwatchError `model-invalid`
 */
export async function loadSoiling(
  directory: string,
  { weights: { sha256 }, cells }: Pick<BackboneManifest, 'weights' | 'cells'>,
): Promise<Soiling | null> {
  const path = join(directory, SOILING_FILE);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw new SurfwatchError('model-invalid', `${path}: ${error.message}`, { cause: error });
  });
  if (text === null) return null;
  try {
    const { id, backbone, bias, weights } = soilingSchema.parse(JSON.parse(text));
    const bytes = Buffer.from(weights, 'base64');
    if (backbone !== sha256) throw new Error('it belongs to another backbone');
    const width = cells?.width ?? 0;
    if (bytes.length !== 4 * width) throw new Error(`it has not ${width} weights`);
    return { id, bias, weights: Float32Array.from({ length: width }, (_, at) => bytes.readFloatLE(4 * at)) };
  } catch (error) {
    throw new SurfwatchError('model-invalid', `${path}: ${messageOf(error)}`, { cause: error });
  }
}

/**
 * Mean vector of the cells in each of {@link AREAS} equal parts of a level.
 *
 * @param vectors [rows, columns, width]
 * @returns [areas, width], row by row
 */
export function areaVectors(
  {
    vectors,
    rows,
    columns,
  }: { readonly vectors: Float32Array; readonly rows: number; readonly columns: number },
  width: number,
): Float32Array {
  const sums = new Float32Array(AREAS.columns * AREAS.rows * width);
  const counts = new Uint32Array(AREAS.columns * AREAS.rows);
  for (let cell = 0; cell < rows * columns; cell++) {
    const across = Math.floor(((cell % columns) * AREAS.columns) / columns);
    const down = Math.floor((Math.floor(cell / columns) * AREAS.rows) / rows);
    const area = down * AREAS.columns + across;
    counts[area] = (counts[area] as number) + 1;
    for (let at = 0; at < width; at++)
      sums[area * width + at] = (sums[area * width + at] as number) + (vectors[cell * width + at] as number);
  }
  return sums.map((sum, index) => sum / Math.max(1, counts[Math.floor(index / width)] as number));
}

/**
 * @param areas [areas, width]
 * @param columns cells across the level they are of
 */
export function soilingOf({ id, bias, weights }: Soiling, areas: Float32Array, columns: number): AreaSoiling {
  const scores = Float32Array.from({ length: areas.length / weights.length }, (_, area) => {
    let sum = bias;
    for (let at = 0; at < weights.length; at++)
      sum += (weights[at] as number) * (areas[area * weights.length + at] as number);
    return sum;
  });
  return { layout: `${id} ${AREAS.columns}x${AREAS.rows} of ${columns}`, scores };
}
