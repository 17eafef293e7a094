/** `surfwatch train` and `scripts/train-offline.ts`: a head from folders of photos and frames. */
import { cp, mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { messageOf, SurfwatchError } from '../errors.ts';
import { saveHead, selectHead } from '../learning/fit/save-head.ts';
import { loadSeen } from '../training/backbone-sight.ts';
import { datasetKind } from '../training/data/kind.ts';
import type { TrainingJob } from '../training/describe-training.ts';
import type { TrainingRecord } from '../training/record.ts';
import type { RidersPhase } from '../training/riders/work.ts';
import { type PicturesPhase, train } from '../training/train.ts';
import { type BackboneBundle, loadBackboneBundle } from '../vision/bundle.ts';
import { type Progress, startLongWork } from './progress.ts';
import { addTrainOptions, commandLine, recipeOf, type TrainFlags } from './train-options.ts';
import { printTraining } from './train-report.ts';
import { printRiders, trainRidersAndSave } from './train-riders.ts';

export function trainCommand(): Command {
  return addTrainOptions(new Command('train'))
    .description('train heads from folders of labelled frames and photos, with a report of what they can do')
    .addHelpText('after', HELP)
    .action(trainAndSave);
}

const HELP = `
A class folder is named after what its pictures show: surfing, surfing+kitesurfing for both at once, none for no
activity. A manifest.csv with the columns file and group beside the folders keeps pictures of one source on one side
of the split; a random split flatters. Unusable files are listed and left out.

Frames with boxes give a head that finds riders (DIR/riders/<id>/); photos beside them are pasted into
their water, and teach it what is not a rider. Photos give a head for whole pictures (DIR/heads/<id>/).

A head is written with head.json, its weights, metrics.json, README.md (a model card) and report.html, which shows
what was measured and where the head is wrong; look at it before you trust the head. The backbone it belongs to is copied
beside it, so that --set models.dir=DIR uses both.

Examples:
  $ surfwatch train photos/ --out my-models --current
  $ surfwatch train my-cam/ photos/ --only riders --out my-models --current
  $ surfwatch train photos/ --out my-models --folds 5 --precision 0.95
  $ surfwatch train photos/ --recipe classic --out tutorial-models
  $ surfwatch classify beach.jpg --set models.dir=my-models
`;

async function trainAndSave(folders: string[], flags: TrainFlags, command: Command): Promise<void> {
  refuseContradictions(flags, command);
  const { frames, photos } = await sorted(folders);
  const riders = flags.only !== 'pictures' && (frames.length > 0 || flags.only === 'riders');
  const pictures = flags.only !== 'riders' && photos.length > 0;
  if (!riders && !pictures)
    command.error('error: without photos there is no head for pictures to train', WRONG_USE);
  if (riders && flags.unfreeze !== undefined) {
    command.error('error: --unfreeze tunes on photos; give --only pictures, or photos alone', WRONG_USE);
  }
  for (const kind of [...(riders ? ['riders'] : []), ...(pictures ? ['heads'] : [])]) {
    await prepareOutput(join(flags.out, kind));
  }
  const base = await loadBackboneBundle(join(flags.models, 'backbone', flags.backbone));
  const phases = phaseBars(flags.json);
  try {
    const found = riders
      ? await trainRidersAndSave(folders, base, flags, commandLine(folders, command), phases)
      : null;
    if (found !== null) {
      await copyBackbone(base.manifest.id, flags);
      if (!flags.json) printRiders(found.record, found.folder, flags);
    }
    const told = pictures ? await trainPicturesAndSave(photos, base, flags, command, phases) : null;
    if (!flags.json) return;
    const answers = [found, told].flatMap(each =>
      each === null ? [] : [{ folder: each.folder, ...each.record }],
    );
    console.log(
      JSON.stringify(answers.length === 1 ? answers[0] : { riders: answers[0], pictures: answers[1] }),
    );
  } finally {
    phases.end();
  }
}

const WRONG_USE = { exitCode: 2 };

function refuseContradictions(flags: TrainFlags, command: Command): void {
  if (flags.unfreeze !== undefined && (flags.folds ?? 0) > 0) {
    command.error(
      'error: --folds cannot judge a backbone tuned on the same pictures; scripts/measure-unfreeze.ts tunes within each fold',
      WRONG_USE,
    );
  }
  if ((flags.judgeBackbone === undefined) !== (flags.judgeCameras === undefined)) {
    command.error('error: --judge-backbone and --judge-cameras belong together', WRONG_USE);
  }
}

/** Folders of frames with boxes, and of photos by class. */
async function sorted(folders: readonly string[]): Promise<{ frames: string[]; photos: string[] }> {
  const frames: string[] = [];
  const photos: string[] = [];
  for (const folder of folders)
    ((await datasetKind(folder)).kind === 'frames' ? frames : photos).push(folder);
  return { frames, photos };
}

async function trainPicturesAndSave(
  folders: readonly string[],
  base: BackboneBundle,
  flags: TrainFlags,
  command: Command,
  phases: ReturnType<typeof phaseBars>,
): Promise<{ folder: string; record: TrainingRecord }> {
  const job = jobOf(folders, flags, command);
  const { bundle, ...held } = await backboneFor(job, base, flags, phases);
  const { id } = bundle.manifest;
  const models = id === base.manifest.id ? flags.models : flags.out;
  const seen = await loadSeen(join(models, 'backbone', id));
  const training = await train({ ...job, ...held, seen }, bundle, phases);
  phases.end();
  const folder = await save(training, bundle, flags);
  if (!flags.json) printTraining(training.record, folder, flags);
  return { folder, record: training.record };
}

/** The one that was asked for, or one tuned from it. */
async function backboneFor(
  job: TrainingJob,
  base: BackboneBundle,
  flags: TrainFlags,
  phases: ReturnType<typeof phaseBars>,
): Promise<{ bundle: BackboneBundle; heldGroups?: ReadonlySet<string> }> {
  if (flags.unfreeze === undefined) return { bundle: base };
  // Loaded only where it is asked for: most trainings leave the backbone as it is.
  const { tuneBackbone } = await import('./train-tuning.ts');
  return tuneBackbone(job, base, flags.unfreeze, flags, phases);
}

/** Tried first: nobody wants to hear of it after an hour of training. */
async function prepareOutput(heads: string): Promise<void> {
  try {
    await mkdir(heads, { recursive: true });
    const trial = join(heads, `.trial-${process.pid}`);
    await writeFile(trial, '');
    await rm(trial);
  } catch (error) {
    throw new SurfwatchError('training-unwritable', `cannot write to ${heads}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

function jobOf(folders: readonly string[], flags: TrainFlags, command: Command): TrainingJob {
  return {
    folders,
    recipe: flags.recipe,
    options: recipeOf(flags),
    seed: flags.seed,
    validation: flags.validation,
    precision: flags.precision ?? null,
    folds: flags.folds ?? 0,
    curve: flags.curve,
    cache: flags.cache === false ? null : flags.cache,
    command: commandLine(folders, command),
    now: new Date(),
  };
}

async function save(
  { head, record }: Awaited<ReturnType<typeof train>>,
  bundle: BackboneBundle,
  flags: TrainFlags,
): Promise<string> {
  const { renderHeadCard } = await import('../training/report/head-card.ts');
  const files: Record<string, string | Uint8Array> = {
    'metrics.json': `${JSON.stringify(record)}\n`,
    'README.md': renderHeadCard(record, flags.licence),
  };
  if (flags.report) files['report.html'] = await reportOf(record);
  await copyBackbone(bundle.manifest.id, flags);
  const heads = join(flags.out, 'heads');
  const { id } = await saveHead(heads, head, files);
  if (flags.current) await selectHead(heads, id);
  return join(heads, id);
}

/** A page of charts: its library is loaded only for it. */
async function reportOf(record: TrainingRecord): Promise<string> {
  const { renderReport } = await import('../training/report/report.ts');
  return renderReport(record);
}

/** Beside the head, unless it is there. */
async function copyBackbone(id: string, { out, models }: TrainFlags): Promise<void> {
  const [from, to] = [models, out].map(folder => resolve(folder, 'backbone', id)) as [string, string];
  if (from === to || (await stat(join(to, 'manifest.json')).catch(() => null)) !== null) return;
  await mkdir(join(out, 'backbone'), { recursive: true });
  await cp(from, to, { recursive: true });
}

const NAMES: Record<PicturesPhase | RidersPhase, string> = {
  checking: 'checking',
  reading: 'embedding',
  folds: 'cross-validating',
  fitting: 'fitting',
  curve: 'learning curve',
  cells: 'reading crops',
  judging: 'judging frames',
};

/** One bar after the other. */
function phaseBars(json: boolean) {
  let bar: Progress | undefined;
  return {
    onPhase: (phase: string) => {
      bar?.to(1);
      bar?.stop();
      bar = startLongWork(NAMES[phase as PicturesPhase | RidersPhase] ?? phase, json);
    },
    onProgress: (done: number) => bar?.to(done),
    end: () => {
      bar?.to(1);
      bar?.stop();
      bar = undefined;
    },
  };
}
