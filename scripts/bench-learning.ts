/** Measures how a board gets better by labels, and writes it into docs/accuracy.md: `npm run bench:learning`. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { loadHead } from '../src/activity/head-bundle.ts';
import { PACKAGE_ROOT } from '../src/base/paths.ts';
import { exitOnError } from '../src/cli/exit.ts';
import { wholeNumber } from '../src/cli/parse.ts';
import { loadBase } from '../src/learning/base/base-files.ts';
import type { RetrainTuning } from '../src/learning/retrain/retrain-head.ts';
import { loadBackboneBundle } from '../src/vision/bundle.ts';
import { describeMachine } from './bench/report.ts';
import { type Curve, measureCurve, ORDERS, poolOf, type Start, WAYS } from './bench-learning/curve.ts';
import { type BenchFrame, readFrames } from './bench-learning/frames.ts';
import { drawLearning } from './bench-learning/plot.ts';
import { type LearningResults, type SiteSummary, tablesOf } from './bench-learning/report.ts';
import { judgeIdeal, riderError } from './bench-learning/sight.ts';
import { type Site, sitesOf, splitSite } from './bench-learning/sites.ts';
import { worstLosses } from './bench-learning/summary.ts';

interface Flags {
  readonly models: string;
  readonly backbone: string;
  readonly head: string;
  readonly sites: string;
  readonly frames: number;
  readonly cache: string;
  readonly seeds: string;
  readonly tuning?: string;
  readonly json: boolean;
  readonly write: boolean;
}

const DATA = join(PACKAGE_ROOT, '..', 'shared/data');
const FOLDERS = ['surfcam', 'surfcam-cc0', 'beachcams', 'windsurf-tele'].map(name => join(DATA, name));
const IMAGE = 'docs/images/learning-on-the-board.svg';
const PAGE = 'docs/accuracy.md';
const MARKS = ['<!-- figures of bench:learning -->', '<!-- end of figures -->'] as const;
/** Frames of each other site on which it is seen what learning at one costs there. */
const ELSEWHERE = 5;
/** More than that, 0..1, no retraining may lose of the base set. */
const MOST_LOST = 0.01;

const HELP = `
Each camera is a site: the board starts with a head and a backbone that have not seen it, then labels of its frames
arrive, points or of whole frames, and it learns as the daemon does. The shipped models have seen all cameras in
../shared/data, so others are needed, trained without them: scripts/backbone/train_backbone.py --leave-out, then
surfwatch train --only riders on the frames and photos of the other cameras.

A site has 13 frames or more, five of them with riders. The first run reads every frame at full
detail, a second or two each; what was read is kept in the cache folder. Fails where a retraining lost more than a point
of what was known before.

Examples:
  $ npm run bench:learning -- --models unseen/ --sites brittany,surfcam-cc0
  $ npm run bench:learning -- --models unseen/ --sites surfcam-cc0 --seeds 1 --json > figures.json
`;

const program = new Command('bench:learning')
  .description('how much better a board gets by labels, and what it forgets: tables, and with --write a plot')
  .argument('[folders...]', 'frames with boxes', FOLDERS)
  .requiredOption('--models <dir>', 'the folder with backbone/ and riders/, trained without the sites')
  .requiredOption('--sites <names>', 'cameras to learn, with commas')
  .option('--backbone <id>', 'in --models', 'surfwatch-mobilenetv2-v3')
  .option('--head <id>', 'in --models', 'current')
  .option('--frames <n>', 'of each camera, evenly spread', wholeNumber(13), 72)
  .option('--cache <dir>', 'keeps what was read', join(PACKAGE_ROOT, '.cache/bench-learning'))
  .option('--seeds <list>', 'of splits and training', '1,2,3')
  .option('--tuning <json>', 'of RETRAIN_FIT, to choose by: {"likeness": 0.5}')
  .option('--json', 'print every curve as JSON', false)
  .option('--write', `also write ${IMAGE} and the tables in ${PAGE}`, false)
  .addHelpText('after', HELP)
  .action(bench);
await exitOnError(() => program.parseAsync());

async function bench(folders: string[], flags: Flags): Promise<void> {
  const start = await startOf(flags);
  const seeds = flags.seeds.split(',').map(Number);
  const tuning = JSON.parse(flags.tuning ?? '{}') as Partial<RetrainTuning>;
  const frames = await readFrames(
    folders,
    {
      backbone: join(flags.models, 'backbone', flags.backbone),
      cameras: flags.sites.split(','),
      most: flags.frames,
      cache: flags.cache,
    },
    progress('reading'),
  );
  const sites = sitesOf(frames);
  const curves: Curve[] = [];
  for (const site of sites) {
    const told = progress(`${site.name}, ${site.frames.length} frames`);
    const pool = poolOf(start, site);
    const elsewhere = sites.filter(other => other !== site).flatMap(someFrames);
    const runs = seeds.flatMap(seed => WAYS.flatMap(way => ORDERS.map(order => ({ seed, way, order }))));
    for (const [index, run] of runs.entries()) {
      const split = splitSite(site, run.seed);
      curves.push(await measureCurve({ site, start, pool, split, elsewhere, tuning, ...run }));
      told((index + 1) / runs.length);
    }
  }
  const results = { machine: describeMachine(), seeds, sites: sites.map(summaryOf), curves };
  console.log(flags.json ? JSON.stringify(results, null, 1) : tablesOf(results));
  if (flags.write) await write(results);
  if (worstLosses(curves).base > MOST_LOST) process.exitCode = 1;
}

async function startOf({ models, backbone: id, head: name }: Flags): Promise<Start> {
  const { manifest } = await loadBackboneBundle(join(models, 'backbone', id));
  const head = await loadHead(join(models, 'riders'), name, { id, sha256: manifest.weights.sha256 });
  const base = await loadBase(join(models, 'riders', head.manifest.id));
  if (base === null) throw new Error(`head ${head.manifest.id} comes without a base set`);
  return { head, base };
}

function someFrames({ frames }: Site): BenchFrame[] {
  const step = Math.max(1, frames.length / ELSEWHERE);
  return frames.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step));
}

/** A line now and then on the error output. */
function progress(phase: string): (done: number) => void {
  let said = '';
  return done => {
    const line = `${phase}: ${Math.floor(10 * done) * 10} %`;
    if (line !== said) console.error(line);
    said = line;
  };
}

function summaryOf({ name, frames }: Site): SiteSummary {
  const ridden = frames.filter(({ riders }) => riders.length > 0);
  return {
    name,
    frames: frames.length,
    withRiders: ridden.length,
    riders: ridden.reduce((sum, { riders }) => sum + riders.length, 0),
    atBest: riderError(judgeIdeal(frames)),
  };
}

async function write(results: LearningResults): Promise<void> {
  const page = join(PACKAGE_ROOT, PAGE);
  const text = await readFile(page, 'utf8');
  const [from, to] = MARKS.map(mark => text.indexOf(mark)) as [number, number];
  if (from < 0 || to < from) throw new Error(`${PAGE} lacks the marks that the tables stand between`);
  const before = text.slice(0, from + MARKS[0].length);
  await writeFile(page, `${before}\n${tablesOf(results)}${text.slice(to)}`);
  await writeFile(join(PACKAGE_ROOT, IMAGE), drawLearning(results.curves));
  console.error(`written: ${PAGE}, ${IMAGE}`);
}
