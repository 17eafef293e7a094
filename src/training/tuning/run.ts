/** A run's state: begun by fitting a head on the start weights, or taken up from a checkpoint. */
import type { Sample } from '../../learning/fit/sample.ts';
import type { BackboneBundle } from '../../vision/bundle.ts';
import type { Tensorflow } from '../../vision/engines/tensorflow.ts';
import { embedRows, teacherRows } from './batch.ts';
import { type RunProgress, readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import type { Cut } from './cut.ts';
import type { FeatureStore } from './feature-store.ts';
import { headWeights } from './head.ts';
import { readTensors, uploadLayers, type Weights } from './network.ts';
import type { TuningHooks, TuningOptions } from './options.ts';
import { fitMap, fitProbe } from './probe.ts';
import { MAP, type Parameter, type Parameters, startParameters } from './update.ts';

export interface Run {
  readonly parameters: Parameters;
  /** The head on the teacher's embeddings; empty without one. */
  readonly teacherHead: Weights;
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
  const { width } = bundle.manifest;
  const set = { samples, embeddings: await embedRows(tf, store, cut, layers, fitting), width };
  const start: Record<string, Weights[string]> = { ...(await readTensors(layers)) };
  tf.dispose(layers);
  const hasTeacher = store.shape.teacher > 0;
  const rounds = hasTeacher ? 3 : 1;
  const progress = (round: number) => (done: number, total: number) =>
    hooks.onProgress?.('head', round * total + done, rounds * total, null);
  Object.assign(start, headWeights(await fitProbe(set, options, progress(0))));
  let teacherHead: Weights = {};
  if (hasTeacher) {
    const teacher = { samples, embeddings: await teacherRows(store, fitting), width: store.shape.teacher };
    teacherHead = headWeights(await fitProbe(teacher, options, progress(1)));
    start[MAP] = await fitMap(tf, set, teacher, options.seed, progress(2));
  }
  return {
    parameters: startParameters(start),
    teacherHead,
    progress: { step: 0, lossSum: 0, history: [], bestEpoch: 0 },
  };
}

/** The arrays of a parameter in a checkpoint, each named `<array>:<parameter>`. */
const ARRAYS = ['values', 'mean', 'square', 'average', 'best'] as const;
const TEACHER = 'teacher:';

export async function saveRun(
  path: string,
  key: string,
  { parameters, teacherHead, progress }: Run,
): Promise<void> {
  const arrays = Object.entries(parameters).flatMap(([name, parameter]) =>
    ARRAYS.map(array => [`${array}:${name}`, { shape: parameter.shape, values: parameter[array] }] as const),
  );
  const teacher = Object.entries(teacherHead).map(([name, weight]) => [`${TEACHER}${name}`, weight] as const);
  await writeCheckpoint(path, { key, progress }, Object.fromEntries([...arrays, ...teacher]));
}

/** @returns null where there is no checkpoint of this run */
export async function loadRun(path: string, key: string): Promise<Run | null> {
  const found = await readCheckpoint(path, key);
  if (found === null) return null;
  const { weights, progress } = found;
  const named = (prefix: string) =>
    Object.entries(weights).flatMap(([full, weight]) =>
      full.startsWith(prefix) ? [[full.slice(prefix.length), weight] as const] : [],
    );
  const parameters = named(`${ARRAYS[0]}:`).map(([name, { shape }]) => {
    const arrays = ARRAYS.map(array => [array, weights[`${array}:${name}`]?.values]);
    return [name, { ...Object.fromEntries(arrays), shape } as Parameter] as const;
  });
  return {
    parameters: Object.fromEntries(parameters),
    teacherHead: Object.fromEntries(named(TEACHER)),
    progress,
  };
}
