/** Rows of the store as tensors, and all of them as embeddings. */
import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import type { Sample } from '../../learning/fit/sample.ts';
import type { Tensorflow } from '../../vision/engines/tensorflow.ts';
import type { Cut } from './cut.ts';
import type { FeatureStore } from './feature-store.ts';
import { embedFeatures, type Tensors } from './network.ts';

export interface Batch {
  readonly features: Tensor4D;
  readonly labels: Tensor2D;
  /** [n, teacher's width], width 0 without one. */
  readonly teacher: Tensor2D;
}

/** @param smoothing labels become 1 − smoothing/2 and smoothing/2 */
export async function readBatch(
  tf: Tensorflow,
  store: FeatureStore,
  cut: Cut,
  rows: readonly number[],
  smoothing: number,
): Promise<Batch> {
  const { features, teacher } = await store.read(rows);
  return {
    features: tf.tensor4d(features, [rows.length, ...cut.shape]),
    labels: tf.tensor2d(rows.map(row => smoothed(store.samples[row] as Sample, smoothing))),
    teacher: tf.tensor2d(teacher, [rows.length, store.shape.teacher]),
  };
}

/** The labels of a sample, each moved a little towards one half. */
export function smoothed({ labels }: Sample, smoothing: number): number[] {
  return labels.map(label => label * (1 - smoothing) + smoothing / 2);
}

/** As many as keep the memory of a forward pass small. */
const CHUNK = 16;

/**
 * Embeddings of these rows by the frozen part and `values`.
 *
 * @returns [rows, width]
 */
export async function embedRows(
  tf: Tensorflow,
  store: FeatureStore,
  cut: Cut,
  values: Tensors,
  rows: readonly number[],
): Promise<Float32Array> {
  const width = cut.layers.at(-1)?.out ?? 0;
  const all = new Float32Array(rows.length * width);
  for (let first = 0; first < rows.length; first += CHUNK) {
    const part = rows.slice(first, first + CHUNK);
    const { features } = await store.read(part);
    const embeddings = tf.tidy(() =>
      embedFeatures(tf, cut, values, tf.tensor4d(features, [part.length, ...cut.shape])),
    );
    all.set(await embeddings.data<'float32'>(), first * width);
    embeddings.dispose();
  }
  return all;
}

/** What the teacher's embeddings in the store are. [rows, teacher's width] */
export async function teacherRows(store: FeatureStore, rows: readonly number[]): Promise<Float32Array> {
  const width = store.shape.teacher;
  const all = new Float32Array(rows.length * width);
  for (const [index, row] of rows.entries()) all.set((await store.read([row])).teacher, index * width);
  return all;
}
