/** Whether live streams are called frozen, and still ones are. */
import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultSettings } from '../../src/config/load.ts';
import { decodeFrame } from '../../src/vision/decode.ts';
import { changedShare } from '../../src/vision/frozen.ts';
import { measureQuality, type PictureQuality } from '../../src/vision/quality.ts';
import { passQualityGates, type QualityGateState } from '../../src/vision/quality-gates.ts';

const DEFAULTS = defaultSettings();

const STREAMS = ['offthedip_3.mp4', 'surfcrowd_1.mp4'];
const LIMITS = { maxBytes: 50e6, maxPixels: 50e6 };

export interface Stream {
  readonly frames: number;
  readonly least: number;
  readonly median: number;
  readonly frozen: number;
}

export async function measureStreams(data: string): Promise<Record<string, Stream>> {
  const result: Record<string, Stream> = {};
  for (const stream of STREAMS) {
    for (const [rate, filter] of Object.entries(FILTERS)) {
      const folder = await mkdtemp(join(tmpdir(), 'measure-gates-'));
      try {
        result[`${stream}, ${rate}`] = await measureStream(
          join(data, 'streams', stream),
          rate,
          filter,
          folder,
        );
      } finally {
        await rm(folder, { recursive: true });
      }
    }
  }
  return result;
}

async function qualityOf(bytes: Buffer): Promise<PictureQuality> {
  return measureQuality((await decodeFrame(bytes, LIMITS)).picture);
}

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
async function measureStream(file: string, rate: string, filter: string[], folder: string): Promise<Stream> {
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
  let state: QualityGateState = null;
  let frozen = 0;
  for (const [at, name] of frames.entries()) {
    const quality = await qualityOf(await readFile(join(folder, name)));
    signatures.push(quality.signature);
    const result = passQualityGates(state, quality, at * step, {
      ...DEFAULTS.gates,
      frozenAfterMs: 2_000,
      view: 'off',
    });
    state = result.state;
    if (result.visibility === 'frozen') frozen++;
  }
  const second = Math.round(1000 / step);
  const changes = signatures
    .slice(second)
    .map((signature, at) => changedShare(signatures[at] as Uint8Array, signature))
    .sort((a, b) => a - b);
  const median = changes[changes.length >> 1] ?? 0;
  return { frames: frames.length, least: changes[0] ?? 0, median, frozen };
}

function ffmpeg(args: string[]): void {
  const { status, stderr } = spawnSync('ffmpeg', ['-v', 'error', '-y', ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ffmpeg failed: ${stderr}`);
}
