/**
 * What each kind of camera costs: `npx tsx scripts/measure-sources.ts [SECONDS]` prints the processor time a minute at
 * one picture a second, of this process and of the programs it starts, at 720p and 1080p, as rows of a Markdown table.
 *
 * The streams are drawn by ffmpeg: H.264 at 25 frames a second with a keyframe every 2 seconds, 2 and 4 Mbit/s, with
 * moving noise as water has it. Needs ffmpeg, fswebcam and Linux.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { systemClock } from '../src/base/clock.ts';
import { createSource } from '../src/capture/create.ts';
import type { CameraOptions } from '../src/capture/options.ts';
import type { FrameSource } from '../src/capture/source.ts';
import { loadConfig } from '../src/config/load.ts';

const SECONDS = Number(process.argv[2] ?? 20);
const SIZES = { '720p': [1280, 720, '2M'], '1080p': [1920, 1080, '4M'] } as const;
const TICKS_PER_SECOND = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

interface Cost {
  readonly own: number;
  readonly programs: number;
}

/** Processor seconds so far, of this process and of its children, those alive and those that have ended. */
async function costSoFar(): Promise<Cost> {
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  let ticks = 0;
  for (const entry of await readdir('/proc')) {
    const stat = /^\d+$/.test(entry) ? fieldsOf(entry) : undefined;
    if (stat === undefined) continue;
    const at = (index: number) => Number(stat[index]);
    if (Number(entry) === process.pid) ticks += at(13) + at(14);
    else if (at(1) === process.pid) ticks += at(11) + at(12) + at(13) + at(14);
  }
  return { own: (userCPUTime + systemCPUTime) / 1e6, programs: ticks / TICKS_PER_SECOND };
}

/** The fields of /proc/PID/stat after the name: state, parent, …; 11 to 14 are own and children's times. */
function fieldsOf(pid: string): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

/** Takes a picture a second, as the daemon does, and gives the cost in seconds a minute. */
async function measure(source: FrameSource): Promise<Cost> {
  await source.grab(AbortSignal.timeout(30_000));
  const before = await costSoFar();
  const start = performance.now();
  for (let picture = 1; picture <= SECONDS; picture++) {
    await systemClock.sleep(Math.max(0, start + picture * 1000 - performance.now()));
    await source.grab(AbortSignal.timeout(30_000));
  }
  const after = await costSoFar();
  const minutes = (performance.now() - start) / 60_000;
  await source.close();
  return { own: (after.own - before.own) / minutes, programs: (after.programs - before.programs) / minutes };
}

function camera(...set: string[]): CameraOptions {
  return loadConfig({ set: set.map(one => `camera.${one}`), env: {}, cwd: '/', systemFile: '' }).settings
    .camera;
}

function draw(path: string, width: number, height: number, rate: string, options: string[]): void {
  const sea = `testsrc2=size=${width}x${height}:rate=25:duration=10,noise=alls=12:allf=t`;
  execFileSync('ffmpeg', [
    '-v',
    'error',
    '-nostdin',
    '-y',
    '-f',
    'lavfi',
    '-i',
    sea,
    ...options,
    '-b:v',
    rate,
    path,
  ]);
}

const folder = await mkdtemp(join(tmpdir(), 'surfwatch-measure-'));
const deps = { clock: systemClock, log: pino({ level: 'silent' }) };
console.log('| camera | picture | daemon | programs |\n| --- | --- | --- | --- |');
try {
  for (const [size, [width, height, rate]] of Object.entries(SIZES)) {
    const video = join(folder, `${size}.mp4`);
    draw(video, width, height, rate, [
      '-c:v',
      'libx264',
      '-preset',
      'fast',
      '-g',
      '50',
      '-pix_fmt',
      'yuv420p',
    ]);
    const still = join(folder, 'still.jpg');
    execFileSync('ffmpeg', ['-v', 'error', '-y', '-i', video, '-frames:v', '1', '-q:v', '3', still]);
    const bytes = readFileSync(still);
    const server = createServer((_, response) =>
      response.writeHead(200, { 'content-type': 'image/jpeg' }).end(bytes),
    );
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : '';
    const pictures = join(folder, size);
    execFileSync('mkdir', [pictures]);
    await writeFile(join(pictures, 'a.jpg'), bytes);
    const stream = ['kind=ffmpeg', `ffmpeg.input=${video}`, 'ffmpeg.fps=1'];
    const kinds: [string, CameraOptions][] = [
      ['ffmpeg, H.264 at 25 a second', camera(...stream)],
      ['the same, `keyframesOnly`', camera(...stream, 'ffmpeg.keyframesOnly=true')],
      ['the same, `maxWidth` 640', camera(...stream, 'ffmpeg.maxWidth=640')],
      [
        'webcam (fswebcam reading a file)',
        camera(
          'kind=webcam',
          `webcam.device=file:${still}`,
          `webcam.width=${width}`,
          `webcam.height=${height}`,
        ),
      ],
      ['http snapshot', camera('kind=http', `http.url=http://127.0.0.1:${port}/`)],
      ['directory', camera('kind=directory', `directory.path=${pictures}`)],
      ['simulator', camera('kind=simulator', `simulator.width=${width}`, `simulator.height=${height}`)],
    ];
    for (const [name, options] of kinds) {
      const { own, programs } = await measure(createSource(options, deps));
      console.log(`| ${name} | ${size} | ${own.toFixed(1)} s | ${programs.toFixed(1)} s |`);
    }
    server.closeAllConnections();
    server.close();
  }
} finally {
  await rm(folder, { recursive: true });
}
