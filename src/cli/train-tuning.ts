/** `surfwatch train --unfreeze`: a new backbone from the pictures, before a head is trained on it. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { labelsInOrder, labelVector } from '../base/activities.ts';
import { replaceFile } from '../base/durable.ts';
import { SurfwatchError } from '../errors.ts';
import { heldBackGroups } from '../learning/fit/split.ts';
import { loadSeen, type SeenPictures, seenFiles, seenMore } from '../training/backbone-sight.ts';
import type { TrainingJob } from '../training/describe-training.ts';
import { sampleViews } from '../training/embedding/embed-sources.ts';
import type { TrainingSource } from '../training/embedding/source.ts';
import { renderBackboneCard } from '../training/report/backbone-card.ts';
import { checkedSources, machineName } from '../training/train.ts';
import { fineTune, type TunedBackbone } from '../training/tuning/fine-tune.ts';
import { TUNING_DEFAULTS, type TuningEpoch, type TuningOptions } from '../training/tuning/options.ts';
import { type BackboneBundle, loadBackboneBundle } from '../vision/bundle.ts';
import { loadTensorflow, type Tensorflow } from '../vision/engines/tensorflow.ts';
import { saveBackbone } from '../vision/save-backbone.ts';
import { untilInterrupted } from './interrupt.ts';
import type { TrainFlags } from './train-options.ts';

interface Phases {
  readonly onPhase: (name: string) => void;
  readonly onProgress: (done: number) => void;
}

export interface Tuned {
  readonly bundle: BackboneBundle;
  /** Groups it has not seen: the head is measured on these. */
  readonly heldGroups: ReadonlySet<string>;
}

/** What can be made again is made again after a kill, from here. */
const STORE = 'tuning';

/**
 * Saves the new backbone as `<out>/backbone/<id>/`.
 *
 * @throws SurfwatchError `training-needs-tfjs-node`, `unfreeze-impossible`, `training-diverged`, `training-impossible`
 */
export async function tuneBackbone(
  job: TrainingJob,
  base: BackboneBundle,
  unfreeze: number,
  flags: TrainFlags,
  phases: Phases,
): Promise<Tuned> {
  const tf = await nativeTensorflow();
  phases.onPhase('checking');
  const { sources } = await checkedSources(job.folders, phases);
  const activities = labelsInOrder(sources.flatMap(source => source.activities));
  const heldGroups = heldBackGroups(asSamples(sources, activities), job.validation, job.seed);
  const { changed, middle } = job.options;
  const views = {
    activities,
    input: base.manifest.input.size,
    changed,
    middle,
    seed: job.seed,
    cache: null,
  };
  const pictures = {
    key: await keyOf(sources, views),
    count: viewsOf(sources, job),
    views: () => sampleViews(sources, views, { onSkip: () => undefined, onRead: () => undefined }),
  };
  const options: TuningOptions = {
    ...TUNING_DEFAULTS,
    id: `${base.manifest.id}-tuned-${job.now.toISOString().slice(0, 10)}`,
    activities,
    unfreeze,
    held: heldGroups,
    cacheDir: join(job.cache ?? join(flags.out, '.cache'), STORE),
    seed: job.seed,
    threads: availableParallelism(),
    ...(flags.tuneEpochs === undefined ? {} : { epochs: flags.tuneEpochs }),
    ...(flags.tuneRate === undefined ? {} : { learningRate: flags.tuneRate }),
    ...(flags.teacher === undefined ? {} : { teacher: await teacherOf(flags, flags.teacher) }),
  };
  const fitted = sources.flatMap(source => source.pictures.filter(({ group }) => !heldGroups.has(group)));
  const seen = await seenMore(
    await loadSeen(join(flags.models, 'backbone', base.manifest.id)),
    fitted.map(({ path }) => path),
  );
  const { signal, release } = untilInterrupted('stopping; the same command goes on from here');
  let phase = '';
  try {
    const tuned = await fineTune(tf, base, pictures, options, {
      signal,
      onProgress: (name, done, total) => {
        if (name !== phase) phases.onPhase(`tuning: ${name}`);
        phase = name;
        phases.onProgress(total === 0 ? 0 : done / total);
      },
    });
    return {
      bundle: await save({ ...tuned, pictures: pictures.key, seen }, base, heldGroups.size, job, flags),
      heldGroups,
    };
  } finally {
    release();
  }
}

async function save(
  tuned: TunedBackbone & { readonly pictures: string; readonly seen: SeenPictures },
  base: BackboneBundle,
  heldBack: number,
  job: TrainingJob,
  flags: TrainFlags,
): Promise<BackboneBundle> {
  const { draft, weights, history, bestEpoch, blocks, samples } = tuned;
  if (bestEpoch === 0) console.error('tuning made nothing better: the new backbone is as the old one');
  const manifest = await saveBackbone(flags.out, draft, weights, seenFiles(tuned.seen));
  const folder = join(flags.out, 'backbone', draft.id);
  const [before, after] = [history[0], history.find(({ epoch }) => epoch === bestEpoch)];
  const figure = (
    epoch: TuningEpoch | undefined,
    name: 'accuracy' | 'balancedAccuracy' | 'activityAccuracy',
  ) => epoch?.validation?.[name]?.toFixed(3) ?? '–';
  const card = renderBackboneCard({
    id: draft.id,
    parent: base.manifest.id,
    at: job.now.toISOString(),
    command: job.command,
    seed: job.seed,
    seconds: (Date.now() - job.now.getTime()) / 1000,
    machine: machineName(),
    inputSize: manifest.input.size,
    width: manifest.width,
    sha256: manifest.weights.sha256,
    method: [
      `The last ${blocks.length} blocks (${blocks[0]} to ${blocks.at(-1)}) were tuned together with a head, the others kept.`,
      `Epoch ${bestEpoch} of ${history.length - 1} was kept, by the loss on groups held out.`,
    ],
    data: [
      `${samples.fitted} views of ${job.folders.map(path => basename(path)).join(', ')}; ${samples.held} of ${heldBack} groups held out.`,
    ],
    dataSha256: tuned.pictures,
    metrics: (
      [
        ['accuracy', 'accuracy'],
        ['balanced accuracy', 'balancedAccuracy'],
        ['activities apart', 'activityAccuracy'],
      ] as const
    ).map(([name, key]) => ({ name, parent: figure(before, key), tuned: figure(after, key) })),
    licence: manifest.licence,
  });
  await replaceFile(join(folder, 'README.md'), card);
  await replaceFile(
    join(folder, 'tuning.json'),
    `${JSON.stringify({ command: job.command, history }, null, 1)}\n`,
  );
  return loadBackboneBundle(folder);
}

/** The gradients of convolutions are in the native library alone. */
async function nativeTensorflow(): Promise<Tensorflow> {
  try {
    return await loadTensorflow('tfjs-node');
  } catch (error) {
    throw new SurfwatchError(
      'training-needs-tfjs-node',
      'fine-tuning needs @tensorflow/tfjs-node, which does not load here',
      { cause: error },
    );
  }
}

async function teacherOf({ models }: TrainFlags, id: string): Promise<TuningOptions['teacher']> {
  const bundle = await loadBackboneBundle(join(models, 'backbone', id));
  return { bundle, soft: 0.5, temperature: 2, distance: 1 };
}

/** About as many as there will be, for progress: some photos are square, and have no middle of their own. */
function viewsOf(sources: readonly TrainingSource[], { options }: TrainingJob): number {
  const photo = 1 + (options.middle ? 1 : 0) + options.changed;
  return sources.reduce((sum, { pictures }) => sum + pictures.length * photo, 0);
}

/** One sample a picture: enough to hold groups back by. */
function asSamples(sources: readonly TrainingSource[], activities: readonly string[]) {
  return sources.flatMap(({ name, pictures }) =>
    pictures.map(({ path, group, activities: shown }) => ({
      labels: labelVector(shown, activities),
      group,
      source: name,
      file: path,
      part: '',
      augmented: false,
    })),
  );
}

/** Also a mark of what is in the files: feature maps of a picture that was exchanged are worthless. */
async function keyOf(sources: readonly TrainingSource[], views: unknown): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(views));
  for (const { pictures } of sources) {
    for (const { path, group, activities } of pictures) {
      hash.update(`${path} ${group} ${activities}\n`).update(await readFile(path));
    }
  }
  return hash.digest('hex');
}
