/** Measures how a board gets better by labels, and writes it into docs/accuracy.md: `npm run bench:learning`. */
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { exitOnError } from '../src/commands/exit.ts';
import { NONE } from '../src/learning/data/labels.ts';
import { PACKAGE_ROOT } from '../src/ops/paths.ts';
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
  readonly cache: string;
  readonly seeds: string;
  readonly json: boolean;
  readonly write: boolean;
}

const DATA = join(PACKAGE_ROOT, '..', 'shared/data');
const FOLDERS = ['watersports', 'surfcam', 'windsurf-tele'].map(name => join(DATA, name));
/** The tele camera's frames are from the videos of this owner's photos. */
const SAME_OWNER = new Map([['windsurf-tele', 'BertilBraun']]);
/** By what goes in order, by what at random: what to label next is a question to our way alone. */
const RUNS: readonly (readonly [Method, Order])[] = [
  ['ours', 'next'],
  ...METHODS.map(method => [method, 'random'] as const),
];
const IMAGE = 'docs/images/learning-on-the-board.svg';
const PAGE = 'docs/accuracy.md';
const MARKS = ['<!-- figures of bench:learning -->', '<!-- end of figures -->'] as const;

const HELP = `
Each site is held out: a head is trained without it, then labels of the site arrive ten at a time. A backbone that has
seen the pictures knows them: the reference of ImageNet has not (\`surfwatch backbone add\` fetches it). The first run
embeds everything, which takes ten minutes; what it made is kept in the cache folder.

Examples:
  $ npm run bench:learning
  $ npm run bench:learning -- --seeds 1 --json > figures.json
`;

const program = new Command('bench:learning')
  .description(
    'how much better a board gets by labels, and what it forgets: a table, and with --write a plot',
  )
  .argument('[folders...]', 'photos and frames', FOLDERS)
  .option('--models <dir>', 'the folder with backbone/', 'other-models')
  .option('--backbone <id>', 'one that has not seen the pictures', 'imagenet')
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
  const material = await readMaterial(folders, resolve(models, 'backbone', backbone), cache, progress());
  const { tf } = await loadTrainingTensorflow();
  const sites = sitesOf(material, SAME_OWNER);
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

function summaryOf({ name, kind, pictures }: Site): SiteSummary {
  const classes: Record<string, number> = {};
  for (const { labels } of pictures) {
    const label = labels.length === 0 ? NONE : labels.join('+');
    classes[label] = (classes[label] ?? 0) + 1;
  }
  return { name, kind, pictures: pictures.length, classes };
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
