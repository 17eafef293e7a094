/**
 * What a picture costs when ffmpeg hands over JPEGs, as it does, and when it would hand over raw pixels:
 * `npx tsx scripts/measure-raw.ts` prints rows of a Markdown table. Processor time, on H.264 of 25 frames a second with moving
 * noise as water has it, one picture a second. Needs ffmpeg.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JpegSplitter } from '../src/capture/jpeg-splitter.ts';
import { pyramidOf } from '../src/vision/cells/pyramid.ts';
import { decodeFrame, PICTURE_LIMITS, type RawPicture, resizePicture } from '../src/vision/decode.ts';

const SIZES = [
  { width: 1280, height: 720, rate: '2M' },
  { width: 1920, height: 1080, rate: '4M' },
];
const SECONDS = 30;
const ROUNDS = 3;
/** Pixels of the finest level to one of the frame. */
const SCALE = 1;

type Way = 'jpeg' | 'raw';

const OUTPUT: Readonly<Record<Way, readonly string[]>> = {
  jpeg: ['-c:v', 'mjpeg', '-q:v', '3', '-f', 'image2pipe'],
  raw: ['-f', 'rawvideo', '-pix_fmt', 'rgb24'],
};

/** Processor milliseconds a picture. */
interface Cost {
  readonly ffmpeg: number;
  readonly daemon: number;
}

/** Reads all pictures of a clip, and makes the finest level of each. */
async function measure(way: Way, clip: string, width: number, height: number): Promise<Cost> {
  const args = ['-nostdin', '-benchmark', '-i', clip, '-vf', 'fps=1', ...OUTPUT[way], 'pipe:1'];
  const ffmpeg = spawn('ffmpeg', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  ffmpeg.stderr.setEncoding('utf8').on('data', text => {
    said = (said + text).slice(-4_000);
  });
  const before = process.cpuUsage();
  const ended = once(ffmpeg, 'close');
  const splitter = new JpegSplitter({ maxBytes: 20 * 2 ** 20 });
  const raw = Buffer.alloc(width * height * 3);
  let filled = 0;
  let pictures = 0;
  const finestOf = async (bytes: Buffer): Promise<RawPicture> => {
    const [finest = { width, height }] = pyramidOf({ width, height }, SCALE);
    if (way === 'raw') return resizePicture({ width, height, rgb: bytes }, finest);
    return (await decodeFrame(bytes, PICTURE_LIMITS, () => finest)).picture;
  };
  for await (const chunk of ffmpeg.stdout as AsyncIterable<Buffer>) {
    const whole = way === 'jpeg' ? splitter.push(chunk) : [];
    for (let at = 0; way === 'raw' && at < chunk.length; ) {
      const copied = chunk.copy(raw, filled, at);
      [at, filled] = [at + copied, filled + copied];
      if (filled < raw.length) continue;
      whole.push(Buffer.from(raw));
      filled = 0;
    }
    for (const bytes of whole) {
      await finestOf(bytes);
      pictures += 1;
    }
  }
  await ended;
  const { user, system } = process.cpuUsage(before);
  const [, utime = '0', stime = '0'] = /utime=([\d.]+)s stime=([\d.]+)s/.exec(said) ?? [];
  return {
    ffmpeg: ((Number(utime) + Number(stime)) * 1000) / pictures,
    daemon: (user + system) / 1000 / pictures,
  };
}

const folder = await mkdtemp(join(tmpdir(), 'surfwatch-measure-'));
console.log(
  '| stream | handed over | ffmpeg, ms a picture | daemon, ms a picture |\n| --- | --- | --- | --- |',
);
try {
  for (const { width, height, rate } of SIZES) {
    const clip = join(folder, `${height}.mp4`);
    const sea = `testsrc2=size=${width}x${height}:rate=25:duration=${SECONDS},noise=alls=12:allf=t`;
    const coding = ['-c:v', 'libx264', '-preset', 'fast', '-g', '50', '-pix_fmt', 'yuv420p', '-b:v', rate];
    execFileSync('ffmpeg', ['-v', 'error', '-nostdin', '-y', '-f', 'lavfi', '-i', sea, ...coding, clip]);
    // In turns; the least of each, as what else the machine does only adds.
    const costs: Record<Way, Cost[]> = { jpeg: [], raw: [] };
    for (let round = 0; round < ROUNDS; round++) {
      for (const way of ['jpeg', 'raw'] as const) costs[way].push(await measure(way, clip, width, height));
    }
    for (const way of ['jpeg', 'raw'] as const) {
      const least = (of: (cost: Cost) => number) => Math.min(...costs[way].map(of)).toFixed(0);
      console.log(
        `| ${width} × ${height} | ${way} | ${least(cost => cost.ffmpeg)} | ${least(cost => cost.daemon)} |`,
      );
    }
  }
} finally {
  await rm(folder, { recursive: true });
}
