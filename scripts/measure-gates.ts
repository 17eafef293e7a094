/** Measures the picture-quality gates on ../shared/data: false alarms on good pictures, and how many spoilt ones are found. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import Table from 'cli-table3';
import { Command, InvalidArgumentError } from 'commander';
import { readTiles } from '../src/vision/decode.ts';
import { changedShare, gatePicture, type StillState } from '../src/vision/frozen.ts';
import {
  DEFAULT_GATE_OPTIONS,
  judgeQuality,
  measureQuality,
  type PictureQuality,
} from '../src/vision/quality.ts';
import type { Zone } from '../src/vision/zone.ts';
import { SPOILT, spoil } from './spoil.ts';

const FOLDERS = [
  'watersports/surfing',
  'watersports/windsurfing',
  'watersports/kitesurfing',
  'watersports/none',
  'surfcam/frames',
  'windsurf-tele/frames',
];
const STREAMS = ['offthedip_3.mp4', 'surfcrowd_1.mp4'];
const LIMITS = { maxBytes: 50e6, maxPixels: 50e6 };
const WHOLE = { name: 'beach', x: 0, y: 0, w: 1, h: 1 };
const TILED: Zone = { ...WHOLE, tiles: { columns: 4, rows: 3, overlap: 0.1 } };
const SQUEEZED: Zone = { ...WHOLE, tiles: { columns: 1, rows: 1, overlap: 0 } };

const program = new Command('measure-gates')
  .description('Measures the picture-quality gates on the photos, frames and streams of a data folder.')
  .option(
    '--data <folder>',
    'folder with watersports/, surfcam/, windsurf-tele/ and streams/',
    '../shared/data',
  )
  .option('--every <n>', 'spoil only each n-th picture', positive, 10)
  .option('--json', 'print one JSON object and no tables')
  .addHelpText('after', '\nExample: npx tsx scripts/measure-gates.ts --every 5')
  .parse();
const options = program.opts<{ data: string; every: number; json?: boolean }>();
const data = resolve(options.data);
if (!existsSync(data)) {
  console.error(`measure-gates: ${data} is absent, nothing to measure`);
  process.exit(0);
}

function positive(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1 on.');
  return Number(text);
}

async function qualityOf(bytes: Buffer, zone: Zone): Promise<PictureQuality> {
  return measureQuality((await readTiles(bytes, [zone], 224, LIMITS)).preview);
}

interface Row {
  pictures: number;
  dark: number;
  obscured: number;
}
const pictures: Record<string, Row> = {};
const spoilt: Record<string, Row> = {};
const falseAlarms: string[] = [];
const extremes = { brightLuma: 255, lumaSpread: 255, sharpness: 255, structure: 255 };
let milliseconds = 0;

function count(rows: Record<string, Row>, name: string, verdict: 'ok' | 'dark' | 'obscured'): void {
  const row = rows[name] ?? { pictures: 0, dark: 0, obscured: 0 };
  rows[name] = row;
  row.pictures++;
  if (verdict !== 'ok') row[verdict]++;
}

let index = 0;
for (const folder of FOLDERS) {
  for (const file of (await readdir(join(data, folder))).sort()) {
    const bytes = await readFile(join(data, folder, file));
    for (const zone of [TILED, SQUEEZED]) {
      const { preview } = await readTiles(bytes, [zone], 224, LIMITS);
      const start = performance.now();
      const quality = measureQuality(preview);
      const verdict = judgeQuality(quality, DEFAULT_GATE_OPTIONS);
      milliseconds += performance.now() - start;
      const squeezed = zone === SQUEEZED;
      count(pictures, squeezed ? `${folder}, squeezed to 224 × 224` : folder, verdict);
      if (verdict !== 'ok') falseAlarms.push(`${folder}/${file}${squeezed ? ' (squeezed)' : ''}: ${verdict}`);
      const structure = Math.sqrt(quality.lumaSpread * quality.sharpness);
      extremes.brightLuma = Math.min(extremes.brightLuma, quality.brightLuma);
      extremes.lumaSpread = Math.min(extremes.lumaSpread, quality.lumaSpread);
      extremes.sharpness = Math.min(extremes.sharpness, quality.sharpness);
      extremes.structure = Math.min(extremes.structure, structure);
    }
    if (index++ % options.every !== 0) continue;
    for (const [name, how] of Object.entries(SPOILT)) {
      const quality = await qualityOf(await spoil(bytes, how), TILED);
      count(spoilt, name, judgeQuality(quality, DEFAULT_GATE_OPTIONS));
    }
  }
}

const streams: Record<string, { frames: number; least: number; median: number; frozen: number }> = {};
const FILTERS: Record<string, string[]> = {
  'at 1 fps': ['-vf', 'fps=1'],
  'at its own rate': ['-t', '6'],
  'compressed until blocky': ['-t', '6', '-vf', 'scale=640:-2', '-c:v', 'libx264', '-crf', '40'],
  'still picture, encoded over and over': [
    '-vf',
    'trim=end_frame=1,loop=300:1:0,scale=832:-2',
    '-c:v',
    'libx264',
    '-b:v',
    '500k',
  ],
};

/** The gates with a frozen time so short that nine seconds of a live stream could trip it. */
async function measureStream(file: string, rate: string, filter: string[], folder: string): Promise<void> {
  const encoded = filter.includes('libx264') ? join(folder, 'stream.mp4') : file;
  if (encoded !== file) ffmpeg(['-i', file, ...filter, encoded]);
  // An encoder refines a still picture for its first seconds.
  const seek = rate.startsWith('still') ? ['-ss', '5'] : [];
  ffmpeg([
    '-i',
    encoded,
    ...seek,
    ...(encoded === file ? filter : []),
    '-q:v',
    '3',
    join(folder, '%05d.jpg'),
  ]);
  const frames = (await readdir(folder)).filter(name => name.endsWith('.jpg')).sort();
  const step = rate === 'at 1 fps' ? 1000 : 1000 / 30;
  const signatures: Uint8Array[] = [];
  let state: StillState = null;
  let frozen = 0;
  for (const [at, name] of frames.entries()) {
    const quality = await qualityOf(await readFile(join(folder, name)), TILED);
    signatures.push(quality.signature);
    const result = gatePicture(state, quality, at * step, { ...DEFAULT_GATE_OPTIONS, frozenAfterMs: 2_000 });
    state = result.state;
    if (result.visibility === 'frozen') frozen++;
  }
  const second = Math.round(1000 / step);
  const changes = signatures
    .slice(second)
    .map((signature, at) => changedShare(signatures[at] as Uint8Array, signature))
    .sort((a, b) => a - b);
  const median = changes[changes.length >> 1] ?? 0;
  streams[`${file.split('/').at(-1)}, ${rate}`] = {
    frames: frames.length,
    least: changes[0] ?? 0,
    median,
    frozen,
  };
}

function ffmpeg(args: string[]): void {
  const { status, stderr } = spawnSync('ffmpeg', ['-v', 'error', '-y', ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ffmpeg failed: ${stderr}`);
}

const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0;
if (!hasFfmpeg) console.error('measure-gates: no ffmpeg, the streams are left out');
for (const stream of hasFfmpeg ? STREAMS : []) {
  for (const [rate, filter] of Object.entries(FILTERS)) {
    const folder = await mkdtemp(join(tmpdir(), 'measure-gates-'));
    try {
      await measureStream(join(data, 'streams', stream), rate, filter, folder);
    } finally {
      await rm(folder, { recursive: true });
    }
  }
}

const judged = Object.values(pictures).reduce((sum, row) => sum + row.pictures, 0);
const perPicture = milliseconds / judged;
if (options.json) {
  const report = {
    gates: DEFAULT_GATE_OPTIONS,
    pictures,
    falseAlarms,
    extremes,
    spoilt,
    streams,
    msPerPicture: perPicture,
  };
  console.log(JSON.stringify(report, null, 2));
} else {
  const percent = (part: number, whole: number) => `${((100 * part) / whole).toFixed(1)} %`;
  const good = new Table({ head: ['good pictures', 'number', 'called dark', 'called obscured'] });
  for (const [name, row] of Object.entries(pictures)) good.push([name, row.pictures, row.dark, row.obscured]);
  const bad = new Table({ head: ['spoilt pictures', 'number', 'called dark', 'called obscured', 'found'] });
  for (const [name, row] of Object.entries(spoilt)) {
    const found = percent(row.dark + row.obscured, row.pictures);
    bad.push([
      name,
      row.pictures,
      percent(row.dark, row.pictures),
      percent(row.obscured, row.pictures),
      found,
    ]);
  }
  const live = new Table({
    head: ['stream', 'frames', 'least changed in 1 s', 'median', 'called frozen (2 s)'],
  });
  for (const [name, { frames, least, median, frozen }] of Object.entries(streams)) {
    live.push([name, frames, least.toFixed(3), median.toFixed(3), frozen]);
  }
  console.log(`${good}\n${falseAlarms.join('\n')}\n${bad}\n${live}`);
  console.log('Least of the good pictures:', extremes);
  console.log(`Measuring and judging: ${perPicture.toFixed(2)} ms a picture`);
}
