/** `surfwatch bench`: how finely and how often this board can read frames. */
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import sharp from 'sharp';
import type { BeachReader } from '../activity/beach-reader.ts';
import { PACKAGE_ROOT } from '../base/paths.ts';
import type { Settings } from '../config/settings.ts';
import type { Precision } from '../vision/backbone.ts';
import { affordable, type DetailPlan, pixelsRead } from '../vision/cells/detail.ts';
import { type Size, smallestSeen } from '../vision/cells/pyramid.ts';
import { PICTURE_LIMITS } from '../vision/decode.ts';
import { openBeachReader } from './judge.ts';
import { addConfigOptions, type ConfigOptions, settingsFrom } from './options.ts';
import { wholeNumber } from './parse.ts';
import { readPicture } from './pictures.ts';
import { type Progress, startLongWork } from './progress.ts';
import { printTable } from './table.ts';

interface BenchFlags extends ConfigOptions {
  readonly seconds: number;
  readonly json: boolean;
}

export function benchCommand(): Command {
  return addConfigOptions(new Command('bench'))
    .description('measure how finely and how often this board can read frames')
    .argument(
      '[picture]',
      'a frame of the camera, read at its own size; without it one that is shipped, at two sizes',
    )
    .option('--seconds <n>', 'each size is read for so long', wholeNumber(1), 20)
    .option('--json', 'answer with one JSON object: machine, engine, share, frames', false)
    .addHelpText('after', HELP)
    .action(bench);
}

const HELP = `
Stop the daemon first, or it takes a part of the time. The table says for each size of frame how long one takes here, and for
some values of camera.interval how high the smallest rider is, in pixels of the frame, that vision.detail "auto" leaves time to
see well. Where it says "of 4 turns", that takes four frames: each reads a band at full detail. A board without cooling slows
down when it is hot: --seconds 600 shows it.

Fields of --json: machine (cpu, cores, memoryMB), engine, runtime, share (vision.share), frames: width, height,
precision, reads, decodeMs and readMs at detail 1 (p50, p95), intervals (intervalMs, detail, turns, smallestPx).

Examples:
  $ sudo systemctl stop surfwatch && surfwatch bench
  $ surfwatch bench frame.jpg --config /etc/surfwatch/config.json --seconds 60
  $ surfwatch bench --set vision.engine=wasm --json
`;

const SHIPPED = join(PACKAGE_ROOT, 'config', 'demo-footage', 'frame_0088.jpg');
const SIZES: readonly Size[] = [
  { width: 1280, height: 720 },
  { width: 1920, height: 1080 },
];
/** Milliseconds between two frames. */
const INTERVALS = [1000, 2000, 5000, 10_000];
/** Beside a first one, in which the engine gets ready. */
const LEAST_READS = 2;

async function bench(picture: string | undefined, { seconds, json, ...options }: BenchFlags): Promise<void> {
  const { settings } = settingsFrom(options);
  const { share } = settings.vision;
  const bytes = await readPicture(picture ?? SHIPPED, PICTURE_LIMITS.maxBytes);
  const pictures =
    picture === undefined ? await Promise.all(SIZES.map(size => resized(bytes, size))) : [bytes];
  const readers = await openReaders(settings);
  const jobs = readers.flatMap(reader => pictures.map(each => ({ reader, bytes: each })));
  const progress = startLongWork('reading frames', json);
  try {
    const frames: BenchedFrame[] = [];
    for (const [index, { reader, bytes }] of jobs.entries()) {
      const part: Progress['to'] = done => progress.to((index + done) / jobs.length);
      frames.push(await measure(reader, bytes, seconds * 1000, share, part));
    }
    progress.stop();
    const { engine, runtime } = readers[0].backbone;
    const result = { machine: machine(), engine, runtime, share, frames };
    if (json) console.log(JSON.stringify(result));
    else print(result);
  } finally {
    progress.stop();
    for (const reader of readers) await reader.close();
  }
}

/** One, or with the precision "auto" one of each that the engine has. */
async function openReaders(settings: Settings): Promise<[BeachReader, ...BeachReader[]]> {
  const { precision } = settings.vision;
  // At this detail each pixel is read once: what others would take follows from it, as in the daemon.
  const open = (chosen: Precision) =>
    openBeachReader({ ...settings, vision: { ...settings.vision, detail: 1, precision: chosen } });
  const first = await open(precision === 'auto' ? 'fp32' : precision);
  if (precision !== 'auto' || first.backbone.engine !== 'onnx') return [first];
  // A backbone of one's own may have no ranges to be read in eight bits by.
  const second = await open('int8').catch(() => null);
  return second === null ? [first] : [first, second];
}

function resized(bytes: Buffer, { width, height }: Size): Promise<Buffer> {
  return sharp(bytes).resize(width, height).jpeg({ quality: 85 }).toBuffer();
}

/** Half of the times are below `p50` milliseconds, 95 of 100 below `p95`. */
interface Times {
  readonly p50: number;
  readonly p95: number;
}

interface BenchedFrame extends Size {
  readonly precision: Precision;
  readonly reads: number;
  readonly decodeMs: Times;
  readonly readMs: Times;
  readonly intervals: readonly Affordable[];
}

interface Affordable extends Omit<DetailPlan, 'scale'> {
  readonly intervalMs: number;
  readonly detail: number;
  readonly smallestPx: number;
}

async function measure(
  reader: BeachReader,
  bytes: Buffer,
  forMs: number,
  share: Settings['vision']['share'],
  onProgress: Progress['to'],
): Promise<BenchedFrame> {
  const { size } = await reader.read(bytes, []);
  const [decode, read]: [number[], number[]] = [[], []];
  const begun = performance.now();
  for (let past = 0; past < forMs || read.length < LEAST_READS; past = performance.now() - begun) {
    const { tookMs } = await reader.read(bytes, []);
    decode.push(tookMs.decode);
    read.push(tookMs.embed);
    onProgress(Math.min(1, (performance.now() - begun) / forMs));
  }
  const readMs = timesOf(read);
  const msPerPixel = readMs.p50 / pixelsRead(size, 1);
  const intervals = INTERVALS.map(intervalMs => {
    const { scale, turns } = affordable(size, msPerPixel, intervalMs * share);
    return { intervalMs, detail: round(scale), turns, smallestPx: Math.ceil(round(smallestSeen(scale))) };
  });
  const { precision } = reader.backbone;
  return { ...size, precision, reads: read.length, decodeMs: timesOf(decode), readMs, intervals };
}

function timesOf(values: readonly number[]): Times {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) =>
    round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0);
  return { p50: at(0.5), p95: at(0.95) };
}

function round(value: number): number {
  return Math.round(100 * value) / 100;
}

function machine() {
  const cpu = cpus()[0]?.model.trim() || process.arch;
  return { cpu, cores: availableParallelism(), memoryMB: Math.round(totalmem() / 2 ** 20) };
}

interface Result {
  readonly machine: ReturnType<typeof machine>;
  readonly engine: string;
  readonly runtime: string;
  readonly share: number;
  readonly frames: readonly BenchedFrame[];
}

function print({ machine: { cpu, cores, memoryMB }, engine, runtime, share, frames }: Result): void {
  console.log(`${cpu}, ${cores} cores, ${memoryMB} MB; engine ${engine} (${runtime})\n`);
  const ms = ({ p50, p95 }: Times) => `${Math.round(p50)} / ${Math.round(p95)} ms`;
  printTable(
    [
      'frame',
      'precision',
      'decoded in',
      'read in, p50 / p95',
      ...INTERVALS.map(interval => `every ${interval / 1000} s`),
    ],
    frames.map(({ width, height, precision, decodeMs, readMs, intervals }) => [
      `${width} × ${height}`,
      precision,
      ms(decodeMs),
      ms(readMs),
      ...intervals.map(
        ({ smallestPx, turns }) => `${smallestPx} px${turns === 1 ? '' : ` of ${turns} turns`}`,
      ),
    ]),
  );
  console.log(
    `\nRiders of so many pixels and more are seen well, where reading may take ${Math.round(100 * share)} % of the interval (vision.share).`,
  );
}
