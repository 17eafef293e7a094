/** `surfwatch train` and `scripts/train-offline.ts`: a head from folders of photos and frames. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { SingleBar } from 'cli-progress';
import { Command, InvalidArgumentError } from 'commander';
import { labelsInOrder } from '../learning/data/labels.ts';
import { embedSources, openSource } from '../learning/embedding/read-sources.ts';
import type { Metrics } from '../learning/fit/metrics.ts';
import { saveHead, selectHead } from '../learning/fit/save-head.ts';
import { type TrainReport, trainHead } from '../learning/fit/train.ts';
import { SHIPPED_MODELS } from '../ops/paths.ts';
import { loadBackboneBundle } from '../vision/bundle.ts';
import { createBackbone } from '../vision/engines/create.ts';
import { loadTrainingTensorflow } from '../vision/engines/tensorflow.ts';

interface TrainFlags {
  readonly out: string;
  readonly models: string;
  readonly backbone: string;
  readonly seed: number;
  readonly validation: number;
  readonly epochs: number;
  readonly batch: number;
  readonly learningRate: number;
  readonly hidden: number;
  readonly dropout: number;
  readonly views: number;
  readonly tiles: number;
  readonly refit: boolean;
  readonly current: boolean;
  readonly json: boolean;
}

export function trainCommand(): Command {
  return new Command('train')
    .description('train a head on the frozen backbone from folders of labelled pictures')
    .argument('<folders...>', 'class folders (FOLDER/<class>/*.jpg) or frames with FOLDER/boxes.json')
    .option('-o, --out <dir>', 'where the head bundle goes, as DIR/<id>/', join(SHIPPED_MODELS, 'heads'))
    .option('--current', 'make it the head the daemon loads', false)
    .option('--models <dir>', 'the folder with backbone/', SHIPPED_MODELS)
    .option('--backbone <id>', 'the backbone to train on', 'surfwatch-mobilenetv2-1.0-224')
    .option('--seed <n>', 'seed of the split, the views and the start', integer(0), 37)
    .option('--validation <share>', 'share held back to calibrate and measure, by group', share, 0.2)
    .option('--epochs <n>', 'passes over the training samples', integer(1), 10)
    .option('--batch <n>', 'samples in a step', integer(1), 16)
    .option('--learning-rate <rate>', "Adam's learning rate at the start", positive, 0.005)
    .option('--hidden <units>', 'hidden units', integer(1), 64)
    .option('--dropout <share>', 'share of inputs and hidden units left out in each step', share, 0)
    .option('--views <n>', 'augmented views of each photo besides itself', integer(0), 0)
    .option('--tiles <n>', 'tiles around riders, and as many elsewhere, of each frame', integer(1), 6)
    .option('--refit', 'fit once more on everything when it is measured', false)
    .option('--json', 'answer as one JSON object', false)
    .addHelpText('after', HELP)
    .action(train);
}

const HELP = `
A class folder is named after what its pictures show: surfing, surfing+kitesurfing for both at once, none for no
activity. A manifest.csv with the columns file and group beside the folders keeps pictures of one source on one side
of the split; a random split flatters.

Examples:
  $ surfwatch train photos/ --out my-models/heads
  $ surfwatch train photos/ my-cam/ --epochs 20 --views 4 --dropout 0.5 --refit --current
`;

async function train(folders: string[], flags: TrainFlags): Promise<void> {
  const bundle = await loadBackboneBundle(join(flags.models, 'backbone', flags.backbone));
  const { backbone } = await createBackbone(bundle, { engine: 'auto', threads: availableParallelism() });
  const sources = await Promise.all(folders.map(openSource));
  const activities = labelsInOrder(sources.flatMap(source => source.activities));
  const skipped: { file: string; reason: string }[] = [];

  const reading = progressBar(
    'reading',
    sources.reduce((sum, source) => sum + source.files, 0),
    flags,
  );
  const set = await embedSources(backbone, sources, {
    activities,
    input: bundle.manifest.input.size,
    views: flags.views,
    tiles: flags.tiles,
    seed: flags.seed,
    onSkip: (file, reason) => skipped.push({ file, reason }),
    onRead: () => reading.increment(),
  });
  reading.stop();
  await backbone.close();

  const { tf, engine } = await loadTrainingTensorflow();
  const fitting = progressBar(`fitting (${engine})`, flags.epochs * (flags.refit ? 2 : 1), flags);
  const { head, report } = await trainHead(
    tf,
    set,
    bundle.manifest,
    { ...flags, activities, command: commandLine(folders, flags), now: new Date() },
    () => fitting.increment(),
  );
  fitting.stop();

  const manifest = await saveHead(flags.out, head, {
    'metrics.json': `${JSON.stringify(report, null, 1)}\n`,
  });
  if (flags.current) await selectHead(flags.out, manifest.id);
  if (flags.json)
    console.log(
      JSON.stringify({ id: manifest.id, folder: join(flags.out, manifest.id), skipped, ...report }),
    );
  else say(manifest.id, manifest.thresholds, report, skipped, flags);
}

function progressBar(name: string, total: number, { json }: TrainFlags): SingleBar {
  // On stderr, and silent where a script reads the answer.
  const bar = new SingleBar({
    format: `${name.padEnd(16)} {bar} {value}/{total}  {eta_formatted} left`,
    stream: process.stderr,
    ...(json ? { noTTYOutput: false } : { noTTYOutput: true, notTTYSchedule: 10_000 }),
  });
  bar.start(total, 0);
  return bar;
}

function say(
  id: string,
  thresholds: Readonly<Record<string, number>>,
  report: TrainReport,
  skipped: readonly { file: string; reason: string }[],
  flags: TrainFlags,
): void {
  for (const { file, reason } of skipped) console.log(`left out ${file}: ${reason}`);
  console.log(
    `${report.samples.fitted} samples fitted, ${report.samples.held} of ${report.samples.heldGroups.length} groups held back:`,
  );
  for (const [source, metrics] of Object.entries(report.held))
    console.log(`  ${source}: ${summary(metrics)}`);
  const limits = Object.entries(thresholds).map(([activity, threshold]) => `${activity} ${threshold}`);
  console.log(`thresholds: ${limits.join(', ')}`);
  console.log(`saved ${join(flags.out, id)}${flags.current ? ', which is current now' : ''}`);
}

function summary({ pictures, accuracy, balancedAccuracy, activityAccuracy }: Metrics): string {
  const among = activityAccuracy === null ? '' : `, activities told apart ${activityAccuracy.toFixed(3)}`;
  return `${pictures} pictures, accuracy ${accuracy.toFixed(3)}, balanced ${balancedAccuracy.toFixed(3)}${among}`;
}

/** The command that makes this head again, without where its output went. */
function commandLine(folders: readonly string[], flags: TrainFlags): string {
  const { seed, validation, epochs, batch, learningRate, hidden, dropout, views, tiles, refit } = flags;
  const numbers = {
    seed,
    validation,
    epochs,
    batch,
    'learning-rate': learningRate,
    hidden,
    dropout,
    views,
    tiles,
  };
  const options = Object.entries(numbers).map(([name, value]) => `--${name} ${value}`);
  return ['surfwatch train', ...folders, ...options, ...(refit ? ['--refit'] : [])].join(' ');
}

function integer(least: number) {
  return (text: string): number => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`It must be a whole number of at least ${least}.`);
  };
}

function share(text: string): number {
  const value = Number(text);
  if (text !== '' && value >= 0 && value < 1) return value;
  throw new InvalidArgumentError('It must be a number from 0 to below 1.');
}

function positive(text: string): number {
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('It must be a number above 0.');
}
