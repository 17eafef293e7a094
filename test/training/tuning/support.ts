/** A network small enough to be tuned in seconds, and pictures it can learn to tell apart. */
import { createRequire } from 'node:module';
import { createRandom } from '../../../src/base/random.ts';
import type { Sample } from '../../../src/learning/fit/sample.ts';
import type { SampleView } from '../../../src/training/embedding/view.ts';
import {
  TUNING_DEFAULTS,
  type TuningOptions,
  type TuningPictures,
} from '../../../src/training/tuning/options.ts';
import type { BackboneBundle, BackboneLayer } from '../../../src/vision/bundle.ts';
import { loadTensorflow, type Tensorflow } from '../../../src/vision/engines/tensorflow.ts';
import { sha256 } from '../../vision/support.ts';

export const ACTIVITIES = ['surfing', 'windsurfing'];
const INPUT = 8;

/** The native library where it is installed, else plain JavaScript, which has the same gradients. */
export async function tuningTensorflow(): Promise<Tensorflow> {
  try {
    createRequire(import.meta.url).resolve('@tensorflow/tfjs-node');
    return await loadTensorflow('tfjs-node');
  } catch {
    const tf = await import('@tensorflow/tfjs');
    await tf.setBackend('cpu');
    return tf;
  }
}

type Shape = Omit<BackboneLayer, 'weight' | 'bias' | 'name'>;

function convolution(inputs: number, out: number, change: Partial<Shape> = {}): Shape {
  return { op: 'conv', kernel: 1, stride: 1, activation: 'relu6', in: inputs, out, ...change };
}

function depthwise(channels: number, stride: 1 | 2): Shape {
  return {
    op: 'depthwise_conv',
    kernel: 3,
    stride,
    activation: 'relu6',
    in: channels,
    out: channels,
  };
}

/** Inverted residual blocks as MobileNetV2 has them: five blocks, 12-d embeddings of 8 × 8 pixels. */
const LAYERS: Record<string, Shape> = {
  conv1: convolution(3, 8, { kernel: 3, stride: 2 }),
  'block0/depthwise': depthwise(8, 1),
  'block0/project': convolution(8, 6, { activation: 'linear' }),
  'block1/expand': convolution(6, 12),
  'block1/depthwise': depthwise(12, 1),
  'block1/project': convolution(12, 6, { activation: 'linear', residualFrom: 'block0/project' }),
  'block2/expand': convolution(6, 12),
  'block2/depthwise': depthwise(12, 2),
  'block2/project': convolution(12, 8, { activation: 'linear' }),
  conv_last: convolution(8, 12),
};

export function smallBundle(seed = 1): BackboneBundle {
  const random = createRandom(seed);
  const weights: number[] = [];
  const take = (count: number, reach: number) => {
    for (let index = 0; index < count; index++) weights.push(random.between(-reach, reach));
    return weights.length - count;
  };
  const layers = Object.entries(LAYERS).map(([name, shape]) => {
    const inputs = (shape.op === 'conv' ? shape.in : 1) * shape.kernel ** 2;
    const weight = take(shape.out * inputs, Math.sqrt(6 / inputs));
    return { name, ...shape, weight, bias: take(shape.out, 0.1) };
  });
  const values = Float32Array.from(weights);
  return {
    weights: values,
    manifest: {
      format: 1,
      id: 'small',
      architecture: 'five blocks for tests',
      licence: 'Apache-2.0',
      provenance: 'Drawn at random.',
      input: { size: INPUT, channels: 'RGB', scale: 1 / 127.5, offset: -1 },
      width: 12,
      weights: { file: 'weights.f32.bin', dtype: 'float32', sha256: sha256(new Uint8Array(values.buffer)) },
      golden: { first: [], mean: 0, l2: 0 },
      layers,
    },
  };
}

/** Stripes across for surfing, along for windsurfing, noise for none; a group is four pictures. */
export function drawnViews(each: number, seed = 1): SampleView[] {
  const random = createRandom(seed);
  const kinds = [
    [1, 0],
    [0, 1],
    [0, 0],
  ];
  return kinds.flatMap((labels, kind) =>
    Array.from({ length: each }, (_, index): SampleView => {
      const shift = random.below(4);
      const pixels = Uint8Array.from({ length: INPUT * INPUT * 3 }, (__, at) => {
        const row = Math.floor(at / 3 / INPUT);
        const column = Math.floor(at / 3) % INPUT;
        const along = kind === 0 ? row : column;
        const striped = (along + shift) % 4 < 2 ? 170 : 80;
        return Math.round((kind === 2 ? 125 : striped) + random.between(-40, 40));
      });
      const group = `${kind}-${Math.floor(index / 4)}`;
      const sample: Sample = {
        labels,
        group,
        source: 'drawn',
        file: `${kind}-${index}.png`,
        part: '',
        augmented: false,
      };
      return { sample, pixels };
    }),
  );
}

export function picturesOf(views: readonly SampleView[], key = 'drawn'): TuningPictures & { read(): number } {
  let read = 0;
  return {
    key,
    count: views.length,
    read: () => read,
    async *views() {
      for (const view of views) {
        read += 1;
        yield view;
      }
    },
  };
}

export function tuningOptions(cacheDir: string, change: Partial<TuningOptions> = {}): TuningOptions {
  return {
    ...TUNING_DEFAULTS,
    id: 'small-tuned',
    activities: ACTIVITIES,
    unfreeze: 2,
    held: new Set(['0-0', '1-0', '2-0']),
    epochs: 3,
    batch: 8,
    learningRate: 1e-2,
    hidden: 8,
    dropout: 0.1,
    smoothing: 0,
    cacheDir,
    ...change,
  };
}
