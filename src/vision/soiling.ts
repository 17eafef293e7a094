/**
 * How soiled the lens looks in each tile: a linear read-out of the embedding that is computed anyway (linear probes: G. Alain,
 * Y. Bengio, Understanding intermediate layers using linear classifier probes, 2016).
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { messageOf, SurfwatchError } from '../errors.ts';
import type { BackboneManifest } from './bundle.ts';
import type { Rectangle } from './zone.ts';

/** Beside the backbone that it belongs to. */
export const SOILING_FILE = 'soiling.json';

export interface Soiling {
  readonly id: string;
  readonly bias: number;
  /** [width of the embedding] */
  readonly weights: Float32Array;
}

/** Of one picture. */
export interface TileSoiling {
  /** Scores of one layout can be compared: the same read-out, the same tiles. */
  readonly layout: string;
  /** Log odds of each tile: above 0 it looks soiled. */
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
  { weights: { sha256 }, width }: Pick<BackboneManifest, 'weights' | 'width'>,
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
    if (bytes.length !== 4 * width) throw new Error(`it has not ${width} weights`);
    return { id, bias, weights: Float32Array.from({ length: width }, (_, at) => bytes.readFloatLE(4 * at)) };
  } catch (error) {
    throw new SurfwatchError('model-invalid', `${path}: ${messageOf(error)}`, { cause: error });
  }
}

/** @param embeddings [tiles, width] */
export function soilingOf(
  { id, bias, weights }: Soiling,
  embeddings: Float32Array,
  tiles: readonly { readonly rectangle: Rectangle }[],
): TileSoiling {
  const scores = Float32Array.from(tiles, (_, tile) => {
    let sum = bias;
    for (let at = 0; at < weights.length; at++)
      sum += (weights[at] as number) * (embeddings[tile * weights.length + at] as number);
    return sum;
  });
  const places = tiles.map(({ rectangle: { x, y, w, h } }) =>
    [x, y, w, h].map(share => share.toFixed(3)).join(),
  );
  return { layout: [id, ...places].join(' '), scores };
}
