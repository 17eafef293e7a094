/** Measures how a board gets better by labels, and writes it into docs/accuracy.md: `npm run bench:learning`. */
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { exitOnError } from '../src/commands/exit.ts';
import { wholeNumber } from '../src/commands/parse.ts';
import { NONE } from '../src/learning/data/labels.ts';
import { PACKAGE_ROOT, SHIPPED_MODELS } from '../src/ops/paths.ts';
import { loadTrainingTensorflow } from '../src/vision/engines/tensorflow.ts';
import { describeMachine } from './bench/report.ts';
import { startOf } from './bench-learning/base.ts';
import { type Curve, measureCurve, type Order } from './bench-learning/curve.ts';
import { readMaterial } from './bench-learning/material.ts';
import { METHODS, type Method } from './bench-learning/methods.ts';
import { drawLearning } from './bench-learning/plot.ts';
import { type LearningResults, type SiteSummary, tablesOf } from './bench-learning/report.ts';
import { type Site, sitesOf } from './bench-learning/sites.ts';
import { splitSite } from './bench-learning/split.ts';
import { waysOf } from './bench-learning/summary.ts';

interface Flags {
  readonly models: string;
  readonly backbone: string;
  readonly head: string;
  readonly frames: number;
  readonly cache: string;
  readonly seeds: string;
  readonly json: boolean;
  readonly write: boolean;
}

const DATA = join(PACKAGE_ROOT, '..', 'shared/data');
const FOLDERS = ['surfcam', 'surfcam-cc0', 'windsurf-tele'].map(name => join(DATA, name));
/** By what goes in order, by what at random: what to label next is a question to our way alone. */
const RUNS: readonly (readonly [Method, Order])[] = [
  ['ours', 'next'],
  ...METHODS.map(method => [method, 'random'] as const),
];
const IMAGE = 'docs/images/learning-on-the-board.svg';
const PAGE = 'docs/accuracy.md';
const MARKS = ['<!-- figures of bench:learning -->', '<!-- end of figures -->'] as const;

const HELP = `
Each camera is a site that is held out: a head is trained without it, then labels of the site arrive ten at a time. The
backbone, and the head that says which cells of a frame are kept, may have seen the pictures: what is measured is what
labels bring, not how well a camera is seen that nobody knows. The first run reads every frame, which takes seconds each;
what it made is kept in the cache folder.

Examples:
  $ npm run bench:learning
  $ npm run bench:learning -- --seeds 1 --json > figures.json
`;

const program = new Command('bench:learning')
  .description(
    'how much better a board gets by labels, and what it forgets: a table, and with --write a plot',
  )
  .argument('[folders...]', 'frames of one camera each', FOLDERS)
  .option('--models <dir>', 'the folder with backbone/ and riders/', SHIPPED_MODELS)
  .option('--backbone <id>', 'its backbone', 'surfwatch-mobilenetv2-v3')
  .option('--head <id>', 'says which cells are kept', 'current')
  .option('--frames <n>', 'of each camera, evenly spread', wholeNumber(30), 1_000)
  .option('--cache <dir>', 'keeps embeddings and heads', join(PACKAGE_ROOT, '.cache/bench-learning'))
  .option('--seeds <list>', 'of splits and training', '1,2')
  .option('--json', 'print every curve as JSON', false)
  .option('--write', `also write ${IMAGE} and the tables in ${PAGE}`, false)
  .addHelpText('after', HELP)
  .action(bench);
await exitOnError(() => program.parseAsync());

async function bench(folders: string[], flags: Flags): Promise<void> {
  const { models, backbone, cache } = flags;
  const seeds = flags.seeds.split(',').map(Number);
  const material = await readMaterial(folders, { ...flags, models: resolve(models) }, progress());
  const { tf } = await loadTrainingTensorflow();
  const sites = sitesOf(material);
  const curves: Curve[] = [];
  for (const site of sites) {
    console.error(`${site.name}: ${site.pictures.length} pictures`);
    const start = await startOf(tf, site, material, cache);
    for (const seed of seeds) {
      const split = splitSite(site, seed);
      for (const [method, order] of RUNS) {
        curves.push(await measureCurve({ tf, site: site.name, start, split, seed, method, order }));
      }
    }
  }
  const results = { machine: describeMachine(), backbone, seeds, sites: sites.map(summaryOf), curves };
  console.log(flags.json ? JSON.stringify(results, null, 1) : tablesOf(results));
  if (flags.write) await write(results);
}

/** A line now and then on the error output. */
function progress(): (phase: string, done: number) => void {
  let said = '';
  return (phase, done) => {
    const line = `${phase}: ${Math.floor(10 * done) * 10} %`;
    if (line !== said) console.error(line);
    said = line;
  };
}

function summaryOf({ name, pictures }: Site): SiteSummary {
  const classes: Record<string, number> = {};
  for (const { labels } of pictures) {
    const label = labels.length === 0 ? NONE : labels.join('+');
    classes[label] = (classes[label] ?? 0) + 1;
  }
  return { name, pictures: pictures.length, classes };
}

async function write(results: LearningResults): Promise<void> {
  const page = join(PACKAGE_ROOT, PAGE);
  const text = await readFile(page, 'utf8');
  const [from, to] = MARKS.map(mark => text.indexOf(mark)) as [number, number];
  if (from < 0 || to < from) throw new Error(`${PAGE} lacks the marks that the tables stand between`);
  const before = text.slice(0, from + MARKS[0].length);
  await writeFile(page, `${before}\n${tablesOf(results)}${text.slice(to)}`);
  await writeFile(join(PACKAGE_ROOT, IMAGE), drawLearning(waysOf(results.curves)));
  console.error(`written: ${PAGE}, ${IMAGE}`);
}
