/** Bundles and pictures for the tests of vision. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { PACKAGE_ROOT, SHIPPED_MODELS } from '../../src/base/paths.ts';
import { createRandom } from '../../src/base/random.ts';
import type { BackboneBundle, BackboneLayer, BackboneManifest } from '../../src/vision/bundle.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

export const SHIPPED_BACKBONE = join(SHIPPED_MODELS, 'backbone', 'surfwatch-mobilenetv2-v3');

/** Photos and the weights' source, beside the project; not part of it. */
export const SHARED = join(PACKAGE_ROOT, '..', 'shared');
export const hasShared = existsSync(join(SHARED, 'data'));
if (!hasShared) console.warn('../shared is absent: tests on its photos and models are skipped');

/** Some photos of each class. */
export function sharedPhotos(each: number): string[] {
  const root = join(SHARED, 'data', 'watersports');
  return ['surfing', 'windsurfing', 'kitesurfing', 'none'].flatMap(name => {
    const files = readdirSync(join(root, name)).sort();
    const step = Math.floor(files.length / each);
    return files
      .filter((_, index) => index % step === 0)
      .slice(0, each)
      .map(file => join(root, name, file));
  });
}

export function randomPixels(length: number, seed: number): Uint8Array {
  const random = createRandom(seed);
  return Uint8Array.from({ length }, () => random.below(256));
}

/** Coloured patches: [width, height] a patch, in a grid given row by row. */
export function patches(colours: readonly (readonly string[])[], width = 40, height = 30) {
  const rows = colours.length;
  const columns = colours[0]?.length ?? 0;
  const overlays = colours.flatMap((row, y) =>
    row.map((background, x) => ({
      input: { create: { width, height, channels: 3 as const, background } },
      left: x * width,
      top: y * height,
    })),
  );
  return sharp({
    create: { width: columns * width, height: rows * height, channels: 3, background: '#000' },
  }).composite(overlays);
}

/** The colour of one pixel of RGB bytes. */
export function pixelAt(rgb: Uint8Array, width: number, x: number, y: number): [number, number, number] {
  const at = (y * width + x) * 3;
  return [rgb[at] as number, rgb[at + 1] as number, rgb[at + 2] as number];
}

type Shape = Pick<BackboneLayer, 'op' | 'kernel' | 'stride' | 'activation' | 'in' | 'out'> & {
  readonly residualFrom?: string;
};

/** Every kind of layer there is, small enough to be computed by hand. */
const TINY: Record<string, Shape> = {
  first: { op: 'conv', kernel: 3, stride: 2, activation: 'relu6', in: 3, out: 8 },
  deep: { op: 'depthwise_conv', kernel: 3, stride: 1, activation: 'relu6', in: 8, out: 8 },
  project: { op: 'conv', kernel: 1, stride: 1, activation: 'linear', in: 8, out: 4 },
  expand: { op: 'conv', kernel: 1, stride: 1, activation: 'relu6', in: 4, out: 8 },
  again: { op: 'conv', kernel: 1, stride: 1, activation: 'linear', in: 8, out: 4, residualFrom: 'project' },
  narrow: { op: 'depthwise_conv', kernel: 3, stride: 2, activation: 'relu6', in: 4, out: 4 },
};

/** A network of six layers with random weights, and no golden vector yet. */
export function tinyBundle(size: number, seed: number): BackboneBundle {
  const random = createRandom(seed);
  const weights: number[] = [];
  const take = (count: number, reach: number) => {
    for (let index = 0; index < count; index++) weights.push(Math.fround(random.between(-reach, reach)));
    return weights.length - count;
  };
  const layers = Object.entries(TINY).map(([name, shape]) => {
    const inputs = shape.op === 'conv' ? shape.in : 1;
    const weight = take(shape.out * inputs * shape.kernel ** 2, 1);
    return { name, ...shape, weight, bias: take(shape.out, 0.5) };
  });
  const values = Float32Array.from(weights);
  return { manifest: tinyManifest(size, layers, bytesOf(values)), weights: values };
}

function tinyManifest(size: number, layers: BackboneLayer[], bytes: Uint8Array): BackboneManifest {
  return {
    format: 1,
    id: 'tiny',
    architecture: 'six layers for tests',
    licence: 'Apache-2.0',
    provenance: 'drawn at random',
    input: { size, channels: 'RGB', scale: 1 / 127.5, offset: -1 },
    width: 4,
    weights: { file: 'weights.f32.bin', dtype: 'float32', sha256: sha256(bytes) },
    golden: { first: [], mean: 0, l2: 0 },
    layers,
  };
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function bytesOf(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** Writes a bundle as a folder, the manifest changed by `change`. */
export async function writeBundle(
  { manifest, weights }: BackboneBundle,
  change: (manifest: Record<string, unknown>) => unknown = same => same,
): Promise<string> {
  const folder = join(await temporaryFolder(), 'bundle');
  await mkdir(folder);
  await writeFile(join(folder, manifest.weights.file), bytesOf(weights));
  const changed = change(structuredClone(manifest) as Record<string, unknown>);
  await writeFile(
    join(folder, 'manifest.json'),
    typeof changed === 'string' ? changed : JSON.stringify(changed),
  );
  return folder;
}

/** The forward pass as the manifest describes it, by the definition of each layer: slow, and plain to check. */
export function referenceEmbedding({ manifest, weights }: BackboneBundle, pixels: Uint8Array): number[] {
  const { size, scale, offset } = manifest.input;
  const outputs = new Map<string, Planes>();
  let x: Planes = [0, 1, 2].map(channel =>
    Array.from({ length: size }, (_, row) =>
      Array.from({ length: size }, (__, column) => {
        return (pixels[(row * size + column) * 3 + channel] as number) * scale + offset;
      }),
    ),
  );
  for (const layer of manifest.layers) {
    const added = layer.residualFrom === undefined ? undefined : outputs.get(layer.residualFrom);
    x = convolve(x, layer, weights).map((plane, c) =>
      plane.map((row, i) => row.map((value, j) => value + (added?.[c]?.[i]?.[j] ?? 0))),
    );
    outputs.set(layer.name, x);
  }
  return x.map(plane => plane.flat().reduce((sum, value) => sum + value, 0) / plane.flat().length);
}

type Planes = number[][][];

function convolve(x: Planes, layer: BackboneLayer, weights: Float32Array): Planes {
  const { kernel, stride, out } = layer;
  const inputs = layer.op === 'conv' ? layer.in : 1;
  const size = x[0]?.length ?? 0;
  const result = Math.ceil(size / stride);
  // TensorFlow's "SAME": the missing rows are shared out, the odd one below.
  const before = Math.floor(Math.max(0, (result - 1) * stride + kernel - size) / 2);
  return Array.from({ length: out }, (_, o) =>
    Array.from({ length: result }, (__, row) =>
      Array.from({ length: result }, (___, column) => {
        let sum = weights[layer.bias + o] as number;
        for (let i = 0; i < inputs; i++) {
          for (let ky = 0; ky < kernel; ky++) {
            for (let kx = 0; kx < kernel; kx++) {
              const plane = x[layer.op === 'conv' ? i : o];
              const value = plane?.[row * stride + ky - before]?.[column * stride + kx - before] ?? 0;
              sum +=
                value * (weights[layer.weight + ((o * inputs + i) * kernel + ky) * kernel + kx] as number);
            }
          }
        }
        return layer.activation === 'relu6' ? Math.min(6, Math.max(0, sum)) : sum;
      }),
    ),
  );
}

export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let worst = 0;
  for (let index = 0; index < a.length; index++) {
    worst = Math.max(worst, Math.abs((a[index] as number) - (b[index] as number)));
  }
  return worst;
}

export function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (let index = 0; index < a.length; index++) {
    const [x, y] = [a[index] as number, b[index] as number];
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return ab / Math.sqrt(aa * bb);
}
