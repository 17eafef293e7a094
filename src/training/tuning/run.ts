/** A run's state: begun by fitting a head on the start weights, or taken up from a checkpoint. */
import type { Tensor } from '@tensorflow/tfjs';
import type { Sample } from '../../learning/fit/sample.ts';
import type { BackboneBundle } from '../../vision/bundle.ts';
import type { Tensorflow } from '../../vision/engines/tensorflow.ts';
import { embedRows, teacherRows } from './batch.ts';
import { type RunProgress, readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import type { Cut } from './cut.ts';
import type { FeatureStore } from './feature-store.ts';
import { type Tensors, uploadLayers, type Variables } from './network.ts';
import { type OptimizerState, startOptimizer } from './optimizer.ts';
import type { TuningHooks, TuningOptions } from './options.ts';
import { fitProbe } from './probe.ts';

export interface Run {
  readonly state: OptimizerState;
  /** The values tuning began with: the bundle's layers, the head fitted on them. */
  readonly start: Tensors;
  /** The averaged values after the best epoch. */
  readonly best: Variables;
  /** The head on the teacher's embeddings; empty without one. */
  readonly teacherHead: Tensors;
  progress: RunProgress;
}

export interface RunParts {
  readonly tf: Tensorflow;
  readonly bundle: BackboneBundle;
  readonly cut: Cut;
  readonly store: FeatureStore;
  /** Rows to fit. */
  readonly fitting: readonly number[];
  readonly options: TuningOptions;
  readonly hooks: TuningHooks;
}

export async function startRun(parts: RunParts): Promise<Run> {
  const { tf, bundle, cut, store, fitting, options, hooks } = parts;
  const layers = uploadLayers(tf, bundle, cut);
  const samples = fitting.map(row => store.samples[row] as Sample);
  const { teacher } = store.shape;
  const rounds = teacher > 0 ? 2 : 1;
  const wanted = teacher > 0 ? { embeddings: await teacherRows(store, fitting), width: teacher } : null;
  const progress = (round: number) => (done: number, total: number) =>
    hooks.onProgress?.('head', round * total + done, rounds * total, null);
  const data = {
    samples,
    embeddings: await embedRows(tf, store, cut, layers, fitting),
    width: bundle.manifest.width,
    target: wanted,
  };
  const probe = await fitProbe(tf, data, options, progress(0));
  const teacherHead =
    wanted === null ? {} : await fitProbe(tf, { samples, ...wanted, target: null }, options, progress(1));
  const values: Record<string, Tensor> = { ...layers, ...probe };
  const state = startOptimizer(tf, variablesOf(tf, values));
  return {
    state,
    start: values,
    best: variablesOf(tf, values),
    teacherHead,
    progress: { step: 0, lossSum: 0, history: [], bestEpoch: 0 },
  };
}

/** The groups of tensors in a checkpoint; each name is `<group>:<name>`. */
const GROUPS = ['values', 'first', 'second', 'average', 'best', 'start', 'teacherHead'] as const;

export async function saveRun(path: string, key: string, run: Run): Promise<void> {
  const groups = { ...run.state, best: run.best, start: run.start, teacherHead: run.teacherHead };
  const tensors = Object.assign({}, ...GROUPS.map(group => prefixed(groups[group], `${group}:`)));
  await writeCheckpoint(path, { key, progress: run.progress }, tensors);
}

/** @returns null where there is no checkpoint of this run */
export async function loadRun(tf: Tensorflow, path: string, key: string): Promise<Run | null> {
  const found = await readCheckpoint(tf, path, key);
  if (found === null) return null;
  const group = (name: string) => {
    const entries = Object.entries(found.tensors).filter(([full]) => full.startsWith(`${name}:`));
    return Object.fromEntries(entries.map(([full, tensor]) => [full.slice(name.length + 1), tensor]));
  };
  const variables = (name: string) => {
    const tensors = group(name);
    const made = variablesOf(tf, tensors);
    tf.dispose(tensors);
    return made;
  };
  return {
    state: {
      values: variables('values'),
      first: variables('first'),
      second: variables('second'),
      average: variables('average'),
    },
    best: variables('best'),
    start: group('start'),
    teacherHead: group('teacherHead'),
    progress: found.progress,
  };
}

export function disposeRun(tf: Tensorflow, run: Run): void {
  const { values, first, second, average } = run.state;
  tf.dispose([values, first, second, average, run.best, run.start, run.teacherHead]);
}

function prefixed(values: Tensors, prefix: string): Tensors {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}${name}`, value]));
}

function variablesOf(tf: Tensorflow, values: Tensors): Variables {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, tf.tidy(() => tf.variable(value.clone()))]),
  );
}
