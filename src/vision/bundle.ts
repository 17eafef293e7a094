/** The backbone bundle: one weight file and its manifest, from which every engine builds what it needs in memory. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { messageOf, SurfwatchError } from '../errors.ts';
import { float16ToFloat32 } from './float16.ts';

const layerSchema = z.object({
  name: z.string(),
  op: z.enum(['conv', 'depthwise_conv']),
  kernel: z.number().int().positive(),
  stride: z.union([z.literal(1), z.literal(2)]),
  activation: z.enum(['relu6', 'linear']),
  in: z.number().int().positive(),
  out: z.number().int().positive(),
  /** Name of the layer whose output is added to this one's. */
  residualFrom: z.string().optional(),
  /** Index of the first weight (OIHW) and of the first bias, counted in numbers, not bytes. */
  weight: z.number().int().nonnegative(),
  bias: z.number().int().nonnegative(),
});

const manifestSchema = z.object({
  format: z.literal(1),
  id: z.string().regex(/^[a-z0-9][a-z0-9.-]*$/),
  architecture: z.string(),
  licence: z.string(),
  provenance: z.string(),
  input: z.object({
    /** Height and width in pixels. */
    size: z.number().int().positive(),
    channels: z.literal('RGB'),
    /** A pixel value 0..255 becomes `pixel * scale + offset`. */
    scale: z.number(),
    offset: z.number(),
  }),
  /** Length of an embedding. */
  width: z.number().int().positive(),
  weights: z.object({
    file: z.string().regex(/^[\w.-]+$/),
    dtype: z.enum(['float16', 'float32']),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
  }),
  /** The embedding of the drawn pattern of `goldenPixels`, to be met by every engine. */
  golden: z.object({ first: z.array(z.number()), mean: z.number(), l2: z.number() }),
  layers: z.array(layerSchema).min(1),
  /**
   * The projection of each cell of a frame to a short vector: the outputs of two layers, the first at stride 16, the second
   * at stride 32 and repeated 2 × 2, after one another, each number x / (1 + |x|), times the kernel, plus the bias.
   */
  cells: z
    .object({
      of: z.tuple([z.string(), z.string()]),
      /** Length of a cell's vector. */
      width: z.number().int().positive().multipleOf(4),
      /** Index of the first number of the kernel [width, channels of both layers] and of the bias [width]. */
      kernel: z.number().int().nonnegative(),
      bias: z.number().int().nonnegative(),
      /** The vectors of the drawn pattern, to be met by every engine. */
      golden: z.object({ first: z.array(z.number()), mean: z.number(), l2: z.number() }),
    })
    .optional(),
  /**
   * Smallest and largest value of each layer's output on pictures, by layer name; of a layer that adds another also
   * before the sum, as `<name>/sum`. What an int8 export is scaled by.
   */
  ranges: z.record(z.string(), z.object({ min: z.number(), max: z.number() })).optional(),
});

export type BackboneManifest = z.infer<typeof manifestSchema>;
export type BackboneLayer = z.infer<typeof layerSchema>;
/** Smallest and largest value that a layer's output takes on pictures. */
export type Ranges = NonNullable<BackboneManifest['ranges']>;

export interface BackboneBundle {
  readonly manifest: BackboneManifest;
  /** All numbers of the weight file; the layers say where theirs begin. */
  readonly weights: Float32Array;
}

/**
 * Reads and checks a bundle.
 *
 * @param directory the folder `models/backbone/<id>`
 * @throws SurfwatchError `model-missing`, `model-invalid` (malformed, or the weights' SHA-256 differs)
 */
export async function loadBackboneBundle(directory: string): Promise<BackboneBundle> {
  const manifest = parseManifest(await read(join(directory, 'manifest.json')), directory);
  const bytes = await read(join(directory, manifest.weights.file));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (sha256 !== manifest.weights.sha256) {
    throw new SurfwatchError(
      'model-invalid',
      `${join(directory, manifest.weights.file)} is not the file its manifest describes (SHA-256 ${sha256.slice(0, 12)}…, expected ${manifest.weights.sha256.slice(0, 12)}…)`,
    );
  }
  const { dtype } = manifest.weights;
  if (bytes.length % (dtype === 'float16' ? 2 : 4) !== 0) {
    const path = join(directory, manifest.weights.file);
    throw new SurfwatchError(
      'model-invalid',
      `${path} has ${bytes.length} bytes, no whole number of ${dtype}`,
    );
  }
  const bundle = { manifest, weights: widen(bytes, dtype) };
  checkLayers(bundle, directory);
  return bundle;
}

/** Engines differ in what they make of a layer that lacks something: one would compute on. */
function checkLayers(bundle: BackboneBundle, directory: string): void {
  const known = new Set<string>();
  for (const layer of bundle.manifest.layers) {
    const { shape, kernel, bias } = layerWeights(bundle, layer);
    const expected = shape.reduce((product, size) => product * size, 1);
    const fault =
      kernel.length !== expected || bias.length !== layer.out
        ? 'has weights beyond the end of the file'
        : layer.residualFrom !== undefined && !known.has(layer.residualFrom)
          ? `adds ${layer.residualFrom}, which is no earlier layer`
          : undefined;
    if (fault !== undefined) {
      throw new SurfwatchError(
        'model-invalid',
        `${join(directory, 'manifest.json')}: layer ${layer.name} ${fault}`,
      );
    }
    known.add(layer.name);
  }
  const { cells } = bundle.manifest;
  if (cells === undefined) return;
  const fault = cells.of.some(name => !known.has(name))
    ? `are of ${cells.of.join(' and ')}, not both of which are layers`
    : bundle.weights.length <
        Math.max(cells.bias + cells.width, cells.kernel + cells.width * cellInputs(bundle))
      ? 'have weights beyond the end of the file'
      : undefined;
  if (fault === undefined) return;
  throw new SurfwatchError('model-invalid', `${join(directory, 'manifest.json')}: its cells ${fault}`);
}

/** Channels of both layers that a cell is made of. */
function cellInputs({ manifest: { cells, layers } }: BackboneBundle): number {
  return layers.reduce((sum, { name, out }) => sum + (cells?.of.includes(name) ? out : 0), 0);
}

/** The projection, cut into what is multiplied with the first layer and with the second. */
export function cellWeights(bundle: BackboneBundle) {
  const { cells, layers } = bundle.manifest;
  if (cells === undefined) return null;
  const [first, second] = cells.of.map(name => layers.find(layer => layer.name === name)?.out ?? 0) as [
    number,
    number,
  ];
  const kernels = [new Float32Array(cells.width * first), new Float32Array(cells.width * second)] as const;
  for (let row = 0; row < cells.width; row++) {
    const start = cells.kernel + row * (first + second);
    kernels[0].set(bundle.weights.subarray(start, start + first), row * first);
    kernels[1].set(bundle.weights.subarray(start + first, start + first + second), row * second);
  }
  return {
    of: cells.of,
    width: cells.width,
    inputs: [first, second] as const,
    /** [width, channels of the first layer], [width, channels of the second] */
    kernels,
    bias: bundle.weights.subarray(cells.bias, cells.bias + cells.width),
  };
}

/** The weights of one layer, as a view of the bundle's numbers. */
export function layerWeights({ weights }: BackboneBundle, layer: BackboneLayer) {
  const inputs = layer.op === 'depthwise_conv' ? 1 : layer.in;
  const count = layer.out * inputs * layer.kernel * layer.kernel;
  return {
    /** [out, in, height, width] */
    shape: [layer.out, inputs, layer.kernel, layer.kernel] as const,
    kernel: weights.subarray(layer.weight, layer.weight + count),
    bias: weights.subarray(layer.bias, layer.bias + layer.out),
  };
}

function parseManifest(bytes: Buffer, directory: string): BackboneManifest {
  try {
    return manifestSchema.parse(JSON.parse(bytes.toString('utf8')));
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error);
    throw new SurfwatchError('model-invalid', `${join(directory, 'manifest.json')}: ${reason}`, {
      cause: error,
    });
  }
}

async function read(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new SurfwatchError('model-missing', `cannot read ${path}: ${messageOf(error)}`, { cause: error });
  }
}

function widen(bytes: Buffer, dtype: 'float16' | 'float32'): Float32Array {
  if (dtype === 'float16') return float16ToFloat32(bytes);
  // A copy, as a Buffer may begin at an address that no Float32Array can view.
  return new Float32Array(new Uint8Array(bytes).buffer);
}
