/** Measures what tuning the backbone brings on groups it has not seen: cross-validation beside the frozen backbone. */
import { mkdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import type { HeadBundle } from '../src/activity/head-bundle.ts';
import { labelsInOrder } from '../src/base/activities.ts';
import { wholeNumber } from '../src/cli/parse.ts';
import { printTable } from '../src/cli/table.ts';
import { calibrateHead, withOutputs } from '../src/learning/fit/calibrate-head.ts';
import { type JudgedSample, judgeSet } from '../src/learning/fit/judge-set.ts';
import { measure } from '../src/learning/fit/metrics.ts';
import { type EmbeddedSet, type Sample, selectRows } from '../src/learning/fit/sample.ts';
import { heldBackGroups } from '../src/learning/fit/split.ts';
import { sampleViews } from '../src/training/embedding/embed-sources.ts';
import { openSource } from '../src/training/embedding/source.ts';
import { foldsOf } from '../src/training/fit/folds.ts';
import { RECIPES } from '../src/training/fit/recipes.ts';
import { trainHead } from '../src/training/fit/train-head.ts';
import { embedRows } from '../src/training/tuning/batch.ts';
import { cutBefore } from '../src/training/tuning/cut.ts';
import { fineTune } from '../src/training/tuning/fine-tune.ts';
import { uploadLayers } from '../src/training/tuning/network.ts';
import { openTuningStore } from '../src/training/tuning/open-store.ts';
import { TUNING_DEFAULTS } from '../src/training/tuning/options.ts';
import { type BackboneBundle, loadBackboneBundle } from '../src/vision/bundle.ts';
import { loadTensorflow } from '../src/vision/engines/tensorflow.ts';

interface Flags {
  readonly models: string;
  readonly backbone: string;
  readonly unfreeze: number;
  readonly folds: number;
  readonly views: number;
  readonly seed: number;
  readonly cache: string;
}

const program = new Command('measure-unfreeze')
  .description(
    'cross-validates a backbone frozen and tuned, by group, each fold tuned on the other folds alone',
  )
  .argument('<folders...>', 'class folders with manifest.csv')
  .option('--models <dir>', 'the folder with backbone/', 'models')
  .option('--backbone <id>', 'where tuning begins', 'surfwatch-mobilenetv2-v3')
  .option('--unfreeze <n>', 'blocks to tune, counted from the end', wholeNumber(1), TUNING_DEFAULTS.unfreeze)
  .option('--folds <n>', 'folds of whole groups', wholeNumber(2), 5)
  .option('--views <n>', 'changed copies of each picture', wholeNumber(0), 5)
  .option('--seed <n>', 'of folds, views and draws', wholeNumber(0), TUNING_DEFAULTS.seed)
  .option('--cache <dir>', 'for feature maps and checkpoints', '.cache/measure-unfreeze')
  .addHelpText('after', '\nIt needs @tensorflow/tfjs-node, and some minutes a fold.')
  .parse();
const folders = program.args;
const flags = program.opts<Flags>();
const tf = await loadTensorflow('tfjs-node');
const start = await loadBackboneBundle(join(flags.models, 'backbone', flags.backbone));
const sources = await Promise.all(folders.map(openSource));
const activities = labelsInOrder(sources.flatMap(source => source.activities));
await mkdir(flags.cache, { recursive: true });

const viewOptions = {
  activities,
  input: start.manifest.input.size,
  changed: flags.views,
  middle: true,
  seed: flags.seed,
  cache: null,
};
const pictures = {
  key: JSON.stringify([viewOptions, folders]),
  count: sources.reduce((sum, { pictures: all }) => sum + all.length * (2 + flags.views), 0),
  views: () =>
    sampleViews(sources, viewOptions, {
      onSkip: (file, reason) => say(`left out ${file}: ${reason}`),
      onRead: () => {},
    }),
};

const THREADS = availableParallelism();

/** Embeddings of views by a backbone with these weights, from the maps of the frozen part. */
async function embed(bundle: BackboneBundle, keep: (sample: Sample) => boolean): Promise<EmbeddedSet> {
  const cut = cutBefore(bundle.manifest, flags.unfreeze);
  const options = { teacher: null, threads: THREADS, cacheDir: flags.cache };
  // The manifest is the start's, as is the frozen part: its maps are found again.
  const store = await openTuningStore(bundle, cut, pictures, options, { onProgress: progress });
  const values = uploadLayers(tf, bundle, cut);
  const rows = store.samples.flatMap((sample, row) => (keep(sample) ? [row] : []));
  const embeddings = await embedRows(tf, store, cut, values, rows);
  tf.dispose(values);
  await store.close();
  return { samples: rows.map(row => store.samples[row] as Sample), embeddings, width: bundle.manifest.width };
}

interface Judged {
  /** By the whole picture alone. */
  readonly whole: readonly JudgedSample[];
  /** By the mean of the whole picture and its middle square. */
  readonly both: readonly JudgedSample[];
}

/** A head as `surfwatch train` fits it, judged on a test fold. */
async function judgeFresh(set: EmbeddedSet, test: ReadonlySet<string>, held: ReadonlySet<string>) {
  const training = selectRows(set, ({ group }) => !test.has(group));
  const { head } = await trainHead(training, start.manifest, {
    ...RECIPES.robust,
    activities,
    seed: flags.seed,
    validation: 0,
    heldGroups: held,
    precision: null,
    // A second fit on all that is not tested brings little and takes as long again.
    refit: false,
  });
  return { head, judged: judgeFold(head, set, test) };
}

function judgeFold(head: HeadBundle, set: EmbeddedSet, test: ReadonlySet<string>): Judged {
  const testing = selectRows(set, ({ group, augmented }) => test.has(group) && !augmented);
  const firsts = new Set<string>();
  const isFirst = ({ file, part }: Sample) => {
    const name = `${file}\n${part}`;
    if (firsts.has(name)) return false;
    firsts.add(name);
    return true;
  };
  return { both: judgeSet(head, testing), whole: judgeSet(head, selectRows(testing, isFirst)) };
}

const results = new Map<string, Judged & { readonly seconds: number }>();

function note(name: string, judged: Judged, seconds: number): void {
  const before = results.get(name) ?? { both: [], whole: [], seconds: 0 };
  results.set(name, {
    both: [...before.both, ...judged.both],
    whole: [...before.whole, ...judged.whole],
    seconds: before.seconds + seconds,
  });
  say(
    `  ${name}: ${figures(judged.whole).join(' / ')} whole, ${figures(judged.both).join(' / ')} with middle`,
  );
}

function figures(judged: readonly JudgedSample[]): string[] {
  const { activityAccuracy, balancedAccuracy } = measure(judged, activities);
  return [(activityAccuracy ?? Number.NaN).toFixed(3), balancedAccuracy.toFixed(3)];
}

function say(line: string): void {
  console.error(line);
}

let told = 0;
function progress(phase: string, done: number, total: number, secondsLeft: number | null): void {
  if (performance.now() - told < 30_000) return;
  told = performance.now();
  const left = secondsLeft === null ? '' : `, ${Math.round(secondsLeft)} s left`;
  say(`    ${phase} ${done}/${total}${left}, ${Math.round(process.memoryUsage().rss / 1e6)} MB`);
}

const frozen = await embed(start, () => true);
const folds = foldsOf(frozen.samples, flags.folds, flags.seed);
for (const [index, test] of folds.entries()) {
  const others = frozen.samples.filter(({ group }) => !test.has(group));
  const held = heldBackGroups(others, 0.15, flags.seed);
  say(`fold ${index + 1} of ${flags.folds}`);
  const reference = await judgeFresh(frozen, test, held);
  note('frozen', reference.judged, 0);
  await tuneFold(test, held, reference.head);
}

async function tuneFold(
  test: ReadonlySet<string>,
  held: ReadonlySet<string>,
  like: HeadBundle,
): Promise<void> {
  const began = performance.now();
  const { unfreeze, seed, cache } = flags;
  const tuned = await fineTune(
    tf,
    start,
    pictures,
    {
      ...TUNING_DEFAULTS,
      ...{ unfreeze, seed },
      threads: THREADS,
      id: 'tuned',
      activities,
      held,
      leftOut: test,
      cacheDir: cache,
    },
    {
      onProgress: progress,
      onEpoch: ({ epoch, loss, validation }) =>
        say(
          `    epoch ${epoch}: loss ${loss?.toFixed(4) ?? '–'}, held out ${validation?.loss.toFixed(4)}, ` +
            `${validation?.activityAccuracy?.toFixed(3)} / ${validation?.balancedAccuracy.toFixed(3)}`,
        ),
    },
  );
  const seconds = (performance.now() - began) / 1000;
  const bundle = { manifest: start.manifest, weights: tuned.weights };
  const set = await embed(
    bundle,
    ({ group, augmented }) => held.has(group) || (test.has(group) && !augmented),
  );
  const own = { ...like, ...tuned.head };
  const calibrated = withOutputs(
    own,
    calibrateHead(
      own,
      selectRows(set, ({ group }) => held.has(group)),
      null,
    ),
  );
  note(`last ${unfreeze} blocks tuned`, judgeFold(calibrated, set, test), seconds);
}

printTable(
  ['backbone', 'pictures', 'three', 'with none', 'three, +middle', 'with none, +middle', 'minutes'],
  [...results].map(([name, { both, whole, seconds }]) => [
    name,
    String(whole.length),
    ...figures(whole),
    ...figures(both),
    (seconds / 60).toFixed(1),
  ]),
);
