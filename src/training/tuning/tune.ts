/** The steps of tuning: draw, forward, backward, update; at the end of an epoch, validate and keep the best. */
import type { Scalar, Tensor, Tensor2D, Variable } from '@tensorflow/tfjs';
import { SurfwatchError } from '../../errors.ts';
import type { Sample } from '../../learning/fit/sample.ts';
import { runningSums, samplingWeights } from '../../learning/fit/weights.ts';
import { type Batch, readBatch } from './batch.ts';
import { drawMasks, drawRows, randomOfStep } from './draw.ts';
import { type DropoutMasks, headLogitsOf } from './head.ts';
import { crossEntropy, embeddingDistance, softDivergence } from './loss.ts';
import { embedFeatures, type Tensors, upload, type Variables } from './network.ts';
import type { Run, RunParts } from './run.ts';
import { timeLeft } from './time-left.ts';
import { MAP, update, weightsIn } from './update.ts';
import { validate } from './validate.ts';

export interface Schedule {
  readonly stepsPerEpoch: number;
  /** Rows to validate on; may be empty. */
  readonly held: readonly number[];
  /** Writes a checkpoint. */
  readonly save: (run: Run) => Promise<void>;
  readonly now: () => number;
}

/**
 * Goes on from where `run` is to the last epoch.
 *
 * @throws SurfwatchError `training-diverged` where the loss is no longer a number
 */
export async function tune(parts: RunParts, run: Run, schedule: Schedule): Promise<void> {
  const { tf } = parts;
  const uploaded = {
    values: upload(tf, weightsIn(run.parameters, 'values')),
    teacherHead: upload(tf, run.teacherHead),
  };
  try {
    await takeSteps(parts, run, uploaded, schedule);
  } finally {
    tf.dispose([uploaded.values, uploaded.teacherHead]);
  }
}

/** The weights of a run where TensorFlow.js computes with them. */
interface Uploaded {
  readonly values: Variables;
  readonly teacherHead: Tensors;
}

async function takeSteps(parts: RunParts, run: Run, uploaded: Uploaded, schedule: Schedule): Promise<void> {
  const { store, fitting, options, hooks } = parts;
  const { stepsPerEpoch } = schedule;
  const total = options.epochs * stepsPerEpoch;
  const sums = runningSums(samplingWeights(fitting.map(row => store.samples[row] as Sample)));
  const left = timeLeft(schedule.now);
  let saved = schedule.now();
  if (run.progress.history.length === 0) await endEpoch(parts, run, schedule, 0);
  left(run.progress.step, total);
  while (run.progress.step < total) {
    if (hooks.signal?.aborted) await schedule.save(run);
    hooks.signal?.throwIfAborted();
    const step = run.progress.step + 1;
    const loss = await takeStep(parts, run, uploaded, sums, step, total);
    if (!Number.isFinite(loss)) {
      throw new SurfwatchError('training-diverged', `the loss of step ${step} of ${total} is ${loss}`);
    }
    run.progress = { ...run.progress, step, lossSum: run.progress.lossSum + loss };
    hooks.onProgress?.('tuning', step, total, left(step, total));
    const atEnd = step % stepsPerEpoch === 0;
    if (atEnd) await endEpoch(parts, run, schedule, step / stepsPerEpoch);
    if (atEnd || schedule.now() - saved > options.checkpointMinutes * 60_000) {
      await schedule.save(run);
      saved = schedule.now();
    }
    await new Promise(resolve => setImmediate(resolve));
  }
}

async function takeStep(
  { tf, cut, store, fitting, options }: RunParts,
  { parameters }: Run,
  uploaded: Uploaded,
  sums: Float64Array,
  step: number,
  total: number,
): Promise<number> {
  const drawn = drawRows(sums, options.batch, randomOfStep(options.seed, step));
  const rows = drawn.map(index => fitting[index] as number);
  const batch = await readBatch(tf, store, cut, rows, options.smoothing);
  const masks = drawMasks(tf, rows.length, cut.layers.at(-1)?.out ?? 0, options, step);
  const { value, grads } = tf.variableGrads(
    () => lossOf({ tf, cut, options }, uploaded, batch, masks),
    Object.values(uploaded.values) as Variable[],
  );
  const [loss] = value.dataSync();
  const gradients = Object.entries(uploaded.values).map(([name, variable]) => {
    // tfjs names gradients by the variables' own names.
    return [name, Float32Array.from((grads[variable.name] as Tensor).dataSync())] as const;
  });
  tf.dispose([value, grads, batch.features, batch.labels, batch.teacher, masks.inputs, masks.hidden]);
  update(parameters, Object.fromEntries(gradients), step, total, options);
  tf.tidy(() => {
    for (const [name, variable] of Object.entries(uploaded.values)) {
      variable.assign(tf.tensor(parameters[name]?.values.slice() as Float32Array, variable.shape));
    }
  });
  return loss ?? Number.NaN;
}

/** The loss of a batch: of labels, and of what the teacher says. */
export function lossOf(
  { tf, cut, options }: Pick<RunParts, 'tf' | 'cut' | 'options'>,
  { values, teacherHead }: { readonly values: Tensors; readonly teacherHead: Tensors },
  batch: Batch,
  masks: DropoutMasks | null,
): Scalar {
  const embeddings = embedFeatures(tf, cut, values, batch.features);
  const logits = headLogitsOf(values, embeddings, masks);
  const hard = crossEntropy(logits, batch.labels);
  const { teacher } = options;
  if (teacher === null) return hard;
  const said = headLogitsOf(teacherHead, batch.teacher, null);
  const soft = softDivergence(logits, said, teacher.temperature);
  const distance = embeddingDistance(tf, embeddings, values[MAP] as Tensor2D, batch.teacher);
  return hard
    .mul(1 - teacher.soft)
    .add(soft.mul(teacher.soft))
    .add(distance.mul(teacher.distance));
}

async function endEpoch(parts: RunParts, run: Run, schedule: Schedule, epoch: number): Promise<void> {
  const { tf, cut, store, options, hooks } = parts;
  const average = upload(tf, weightsIn(run.parameters, 'average'));
  const validation =
    schedule.held.length === 0
      ? null
      : await validate(tf, store, cut, average, schedule.held, options.activities);
  tf.dispose(average);
  const loss = epoch === 0 ? null : run.progress.lossSum / schedule.stepsPerEpoch;
  const ended = { epoch, loss, validation };
  const before = run.progress.history[run.progress.bestEpoch]?.validation?.loss ?? Number.POSITIVE_INFINITY;
  const better = validation === null || validation.loss < before;
  if (better) for (const each of Object.values(run.parameters)) each.best.set(each.average);
  run.progress = {
    ...run.progress,
    lossSum: 0,
    history: [...run.progress.history, ended],
    bestEpoch: better ? epoch : run.progress.bestEpoch,
  };
  hooks.onEpoch?.(ended);
}
