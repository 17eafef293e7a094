/** Measures the picture-quality gates on ../shared/data: false alarms on good pictures, and how many spoilt ones are found. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import Table from 'cli-table3';
import { Command, InvalidArgumentError } from 'commander';
import { defaultSettings } from '../src/config/load.ts';
import type { RawPicture } from '../src/vision/decode.ts';
import { type DirtCamera, measureDirt } from './gates/dirt.ts';
import { drawnDay } from './gates/scenes.ts';
import { type Calls, measureSingles } from './gates/singles.ts';
import { measureStreams } from './gates/streams.ts';
import { camsOf, measureViews } from './gates/views.ts';
import { SPOILT, SPOILT_VIEW } from './spoil.ts';

const DEFAULTS = defaultSettings();

const program = new Command('measure-gates')
  .description(
    'Measures the picture-quality gates on the photos, frames and streams of a data folder, and on drawn scenes.',
  )
  .option(
    '--data <folder>',
    'folder with watersports/, surfcam/, windsurf-tele/ and streams/',
    '../shared/data',
  )
  .option('--every <n>', 'spoil only each n-th picture', positive, 10)
  .option('--cameras <n>', 'simulated cameras whose view is learnt', positive, 3)
  .option('--json', 'print one JSON object and no tables')
  .addHelpText('after', '\nExample: npx tsx scripts/measure-gates.ts --every 5')
  .parse();
const options = program.opts<{ data: string; every: number; cameras: number; json?: boolean }>();
const data = resolve(options.data);
if (!existsSync(data)) {
  console.error(`measure-gates: ${data} is absent, nothing to measure`);
  process.exit(0);
}

function positive(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1 on.');
  return Number(text);
}

const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0;
if (!hasFfmpeg) console.error('measure-gates: no ffmpeg, the streams are left out');
const singles = await measureSingles(data, options.every);
const seeds = Array.from({ length: options.cameras }, (_, index) => 11 + index);
const views = await measureViews(data, seeds);
const dirt = await measureDirt(dirtCameras(), [1, 2]);
const streams = hasFfmpeg ? await measureStreams(data) : {};

/** Both real ones, and drawn ones that the read-out for dirt was not fitted to: two days are learnt, two are looked at. */
async function* dirtCameras(): AsyncGenerator<DirtCamera> {
  for (const [name, open] of camsOf(data, [])) {
    const cam = await open();
    const thinned = (pictures: readonly RawPicture[]) =>
      pictures.filter((_, at) => at % Math.ceil(pictures.length / 40) === 0);
    if (cam !== null) yield { name, learn: thinned(cam.learn), good: thinned(cam.good), looks: 1 };
  }
  for (const seed of seeds) {
    const days: RawPicture[][] = [];
    for (const day of [0, 1, 2, 3]) days.push(await drawnDay(seed, day, 24));
    yield { name: `simulated ${seed}`, learn: days.slice(0, 2).flat(), good: days.slice(2).flat() };
  }
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

/** Share of the pictures that were called one of these; any gate but `ok` without a list. */
function share({ pictures, called }: Calls, gates?: readonly string[]): number {
  const hits = Object.entries(called).filter(([name]) =>
    gates === undefined ? name !== 'ok' : gates.includes(name),
  );
  return hits.reduce((sum, [, count]) => sum + count, 0) / pictures;
}

function goodTable(title: string, rows: Record<string, Calls>): string {
  const table = new Table({
    head: [title, 'number', 'false alarms', 'called'],
    style: { head: [], border: [] },
  });
  for (const [name, calls] of Object.entries(rows)) {
    const wrong = Object.entries(calls.called).filter(([call]) => call !== 'ok');
    table.push([
      name,
      calls.pictures,
      percent(share(calls)),
      wrong.map(([call, count]) => `${call} ${count}`).join(', '),
    ]);
  }
  return table.toString();
}

/** Balanced accuracy: the mean of how many spoilt ones are found and how many good ones are let pass. */
function spoiltTable(
  rows: Record<string, Record<string, Calls>>,
  falseAlarms: (gate: string) => number,
): string {
  const head = ['spoilt', 'by', 'number', 'found', 'named right', 'balanced accuracy'];
  const table = new Table({ head, style: { head: [], border: [] } });
  for (const [gate, ways] of Object.entries(rows)) {
    const names = SPOILT[gate]?.gates ??
      SPOILT_VIEW[gate]?.gates ?? [gate === 'dirty' ? 'lens-dirty' : 'moved'];
    for (const [way, calls] of Object.entries(ways)) {
      const found = share(calls);
      const balanced = (found + 1 - falseAlarms(gate)) / 2;
      table.push([
        gate,
        way,
        calls.pictures,
        percent(found),
        percent(share(calls, names)),
        balanced.toFixed(3),
      ]);
    }
  }
  return table.toString();
}

if (options.json) {
  console.log(JSON.stringify({ gates: DEFAULTS.gates, singles, views, dirt, streams }, null, 2));
} else {
  const heldOut = singles.good['held out'] ?? { pictures: 1, called: {} };
  console.log(goodTable('good pictures, by halves of their sources', singles.good));
  console.log(singles.falseAlarms.join('\n'));
  console.log(spoiltTable(singles.spoilt, gate => share(heldOut, SPOILT[gate]?.gates ?? [])));
  for (const [title, { good, spoilt }] of [
    ['moved and fogged, beside the usual view', views],
    ['dirty', { good: dirt.good, spoilt: { dirty: dirt.spoilt } }],
  ] as const) {
    const cameras = Object.values(good);
    const wrong = cameras.reduce((sum, calls) => sum + share(calls), 0) / cameras.length;
    console.log(goodTable(`good pictures: ${title}`, good));
    console.log(spoiltTable(spoilt, () => wrong));
  }
  const live = new Table({
    head: ['stream', 'frames', 'least changed in 1 s', 'median', 'called frozen (2 s)'],
    style: { head: [], border: [] },
  });
  for (const [name, { frames, least, median, frozen }] of Object.entries(streams))
    live.push([name, frames, least.toFixed(3), median.toFixed(3), frozen]);
  console.log(live.toString());
  console.log(
    `Measuring and judging: ${singles.msPerPicture.toFixed(2)} ms a picture; comparing with the view: ${views.msPerPicture.toFixed(2)} ms`,
  );
}
