/** Fine-tunes the last blocks of a backbone, together with a head, on feature maps that the frozen part gives once. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { SurfwatchError } from '../../errors.ts';
import type { FittedHead } from '../../learning/fit/head-trainer.ts';
import type { BackboneBundle } from '../../vision/bundle.ts';
import type { Tensorflow } from '../../vision/engines/tensorflow.ts';
import type { BackboneDraft } from '../../vision/save-backbone.ts';
import { cutBefore } from './cut.ts';
import type { FeatureStore } from './feature-store.ts';
import { readHead } from './head.ts';
import { readLayers, upload } from './network.ts';
import { openTuningStore } from './open-store.ts';
import type { TuningEpoch, TuningHooks, TuningOptions, TuningPictures } from './options.ts';
import { loadRun, saveRun, startRun } from './run.ts';
import { tune } from './tune.ts';
import { weightsIn } from './update.ts';

export interface TunedBackbone {
  /** For `saveBackbone`, with `weights`. */
  readonly draft: BackboneDraft;
  /** All numbers in the layout of the bundle it began with; those of frozen layers are the same bits. */
  readonly weights: Float32Array;
  /** The head that was tuned along, not calibrated; one fitted afresh on the new backbone does as well. */
  readonly head: FittedHead;
  /** From epoch 0, which is the start. */
  readonly history: readonly TuningEpoch[];
  /** The epoch that was kept; 0 where tuning made nothing better. */
  readonly bestEpoch: number;
  /** Names of the tuned blocks. */
  readonly blocks: readonly string[];
  readonly samples: { readonly fitted: number; readonly held: number };
}

/**
 * Tunes the last `options.unfreeze` blocks (see `cutBefore`): batches drawn by `samplingWeights`, binary cross-entropy,
 * AdamW with warm-up and a cosine, gradients clipped, weights averaged; the epoch with the least loss on the
 * held-out groups is kept. The same input gives the same result, also when it was killed and resumed.
 *
 * @param tf TensorFlow.js on a backend with the gradients of convolutions: tfjs-node
 * @throws SurfwatchError `training-needs-tfjs-node`, `unfreeze-impossible`, `training-impossible` (nothing to fit),
 * `training-diverged`, `engine-unavailable`
 */
export async function fineTune(
  tf: Tensorflow,
  bundle: BackboneBundle,
  pictures: TuningPictures,
  options: TuningOptions,
  hooks: TuningHooks = {},
): Promise<TunedBackbone> {
  checkGradients(tf);
  const cut = cutBefore(bundle.manifest, options.unfreeze);
  const store = await openTuningStore(bundle, cut, pictures, options, hooks);
  try {
    const { fitting, held, plain } = splitRows(store, options);
    const parts = { tf, bundle, cut, store, fitting, options, hooks };
    const key = keyOf(bundle, pictures, options);
    const path = join(options.cacheDir, `run-${key}.checkpoint`);
    const run = (await loadRun(path, key)) ?? (await startRun(parts));
    if (run.progress.step > 0) hooks.onResume?.(run.progress.step);
    await tune(parts, run, {
      stepsPerEpoch: options.steps ?? Math.max(1, Math.round(plain / options.batch)),
      held,
      save: current => saveRun(path, key, current),
      now: () => performance.now(),
    });
    const result = weightsIn(run.parameters, 'best');
    const layers = upload(tf, result);
    const weights = await readLayers(bundle, cut, layers);
    tf.dispose(layers);
    return {
      draft: draftOf(bundle, options, cut.blocks),
      weights,
      head: readHead(result),
      history: run.progress.history,
      bestEpoch: run.progress.bestEpoch,
      blocks: cut.blocks,
      samples: { fitted: fitting.length, held: held.length },
    };
  } finally {
    await store.close();
  }
}

/** WebAssembly has no gradient of a convolution's kernel; asked for here, it fails before hours of reading, not after. */
function checkGradients(tf: Tensorflow): void {
  const backend = tf.getBackend();
  const missing = ['Conv2DBackpropFilter', 'DepthwiseConv2dNativeBackpropFilter'].filter(
    kernel => tf.getKernel(kernel, backend) === undefined,
  );
  if (missing.length > 0) {
    throw new SurfwatchError(
      'training-needs-tfjs-node',
      `TensorFlow.js on ${backend} cannot tune convolutions (it has no ${missing.join(', ')})`,
    );
  }
}

function splitRows(store: FeatureStore, { held, leftOut }: TuningOptions) {
  const rows = store.samples.map((sample, row) => ({ sample, row }));
  const fitting = rows.filter(({ sample }) => !held.has(sample.group) && !leftOut.has(sample.group));
  if (fitting.length === 0)
    throw new SurfwatchError('training-impossible', 'no picture is left to tune with');
  return {
    fitting: fitting.map(({ row }) => row),
    held: rows
      .filter(({ sample }) => held.has(sample.group) && !leftOut.has(sample.group) && !sample.augmented)
      .map(({ row }) => row),
    plain: fitting.filter(({ sample }) => !sample.augmented).length,
  };
}

/** A mark of all that the result depends on; not of where and when it is computed. */
function keyOf(bundle: BackboneBundle, pictures: TuningPictures, options: TuningOptions): string {
  const { cacheDir, checkpointMinutes, threads, id, teacher, ...deciding } = options;
  const parts = {
    ...deciding,
    held: [...options.held].sort(),
    leftOut: [...options.leftOut].sort(),
    teacher: teacher === null ? null : { ...teacher, bundle: teacher.bundle.manifest.weights.sha256 },
    backbone: bundle.manifest.weights.sha256,
    pictures: pictures.key,
  };
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 20);
}

function draftOf(bundle: BackboneBundle, options: TuningOptions, blocks: readonly string[]): BackboneDraft {
  const { weights, golden, ranges, ...kept } = bundle.manifest;
  const tuned = `${blocks.length} blocks (${blocks[0]} to ${blocks.at(-1)})`;
  return {
    ...kept,
    id: options.id,
    provenance: `Fine-tuned by surfwatch train: the last ${tuned} of ${kept.id} (SHA-256 ${weights.sha256.slice(0, 12)}…). ${kept.provenance}`,
  };
}
