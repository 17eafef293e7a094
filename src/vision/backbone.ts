/** The frozen network that turns tiles into embeddings, whichever engine computes it. */
import { SurfwatchError } from '../errors.ts';
import type { BackboneManifest } from './bundle.ts';
import type { CellEngine } from './cells/engine.ts';
import type { Size } from './cells/pyramid.ts';
import { readCells } from './cells/read-cells.ts';
import type { RawPicture } from './decode.ts';

export const ENGINES = ['onnx', 'tfjs-node', 'wasm'] as const;
export type EngineName = (typeof ENGINES)[number];

/** float32, or bytes times weights of eight bits. */
export const PRECISIONS = ['fp32', 'int8'] as const;
export type Precision = (typeof PRECISIONS)[number];

/** What a backbone is opened for: it is tried on that alone, and takes memory for that alone. */
export type BackboneUse = 'photos' | 'frames';

export interface Backbone {
  readonly engine: EngineName;
  /** What computes it, with its version, for logs and `info`. */
  readonly runtime: string;
  /** Of the pass over frames. */
  readonly precision: Precision;
  readonly manifest: BackboneManifest;
  /**
   * Embeds a batch of tiles.
   *
   * @param pixels [count, size, size, 3] RGB bytes, row by row
   * @returns [count, width] float32, row by row
   */
  embed(pixels: Uint8Array, count: number): Promise<Float32Array>;
  /** What reads the cells of whole frames; null where the backbone has no projection for them. */
  readonly cells: CellEngine | null;
  /**
   * Enlarges a picture to be read, sooner than libvips would.
   *
   * @returns null where it does not by so much; else a picture in memory that the next one is written to
   */
  stretch?(picture: RawPicture, size: Size): Promise<RawPicture> | null;
  close(): Promise<void>;
}

/** The drawn pattern every engine is tried on: waves of another length for each colour. [size, size, 3] RGB bytes. */
export function goldenPixels(size: number): Uint8Array {
  const pixels = new Uint8Array(size * size * 3);
  let at = 0;
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      for (let channel = 0; channel < 3; channel++) {
        const wave = Math.sin(0.07 * row * (1 + channel) + 0.05 * column + 0.9 * channel);
        pixels[at++] = Math.round((wave + 1) * 127.5);
      }
    }
  }
  return pixels;
}

/** What a manifest keeps of the pattern's embedding. */
export function describeGolden(embedding: Float32Array): BackboneManifest['golden'] {
  const sum = embedding.reduce((total, value) => total + value, 0);
  const squares = embedding.reduce((total, value) => total + value * value, 0);
  return { first: [...embedding.subarray(0, 16)], mean: sum / embedding.length, l2: Math.sqrt(squares) };
}

/**
 * Largest difference that rounding explains: in another order of summation, or to eight bits. A wrong scaling or padding is
 * far beyond.
 */
const TOLERANCE = { fp32: 1e-3, int8: 0.4 } as const;

/**
 * Embeds the pattern and compares with the manifest: a broken build, a wrong scaling or a mixed-up weight file shows
 * here, not as quietly wrong activities.
 *
 * @throws SurfwatchError `engine-wrong`
 */
export async function checkGolden(backbone: Backbone, use: BackboneUse = 'photos'): Promise<void> {
  const { golden, input, cells } = backbone.manifest;
  const differences =
    use === 'frames' && backbone.cells !== null && cells !== undefined
      ? differencesOf(
          cells.golden,
          describeGolden(await goldenCells(backbone.cells, input.size, cells.width)),
        )
      : differencesOf(golden, describeGolden(await backbone.embed(goldenPixels(input.size), 1)));
  const worst = Math.max(...differences);
  const tolerance = TOLERANCE[use === 'frames' ? backbone.precision : 'fp32'];
  if (!(worst <= tolerance)) {
    throw new SurfwatchError(
      'engine-wrong',
      `engine ${backbone.engine} (${backbone.runtime}) misses the golden vector of ${backbone.manifest.id} by ${worst.toPrecision(3)} (at most ${tolerance} is right)`,
    );
  }
}

type Golden = BackboneManifest['golden'];

function differencesOf(expected: Golden, found: Golden): number[] {
  return [
    Math.abs(found.mean - expected.mean),
    // Of a sum over many cells, as a share.
    Math.abs(found.l2 - expected.l2) / Math.max(1, expected.l2 / 8),
    ...expected.first.map((value, index) => Math.abs(value - (found.first[index] ?? Number.NaN))),
  ];
}

/** The vectors of the drawn pattern's cells. @returns [rows, columns, width] */
export async function goldenCells(engine: CellEngine, size: number, width: number): Promise<Float32Array> {
  const head = {
    width,
    hidden: 1,
    outputs: 1,
    hiddenKernel: new Float32Array(width),
    hiddenBias: new Float32Array(1),
    outputKernel: new Float32Array(1),
    outputBias: new Float32Array(1),
  };
  const { vectors } = await readCells(engine, { width: size, height: size, rgb: goldenPixels(size) }, head);
  return vectors;
}
