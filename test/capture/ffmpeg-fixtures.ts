/** What the tests of the ffmpeg source share. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Logger, pino } from 'pino';
import { type Clock, systemClock } from '../../src/base/clock.ts';
import { FfmpegSource } from '../../src/capture/ffmpeg.ts';
import type { FfmpegOptions } from '../../src/capture/options.ts';
import { atEnd } from '../support/at-end.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

export const OPTIONS: FfmpegOptions = {
  input: '/nonexistent/video.mp4',
  username: null,
  password: null,
  rtspTransport: 'tcp',
  fps: 10,
  loop: true,
  maxWidth: 0,
  hwaccel: null,
  keyframesOnly: false,
  v4l2: { format: null, width: 0, height: 0, fps: 0 },
};

export const QUIET = pino({ level: 'silent' });

export function ffmpeg(options: Partial<FfmpegOptions>, clock: Clock = systemClock, log: Logger = QUIET) {
  const source = new FfmpegSource({ ...OPTIONS, ...options }, { clock, log });
  atEnd(() => source.close());
  return source;
}

let made: Buffer | undefined;

/** A video of 2 s at 10 pictures a second, a file of its own each time. */
export async function video(): Promise<string> {
  const path = join(await temporaryFolder(), 'video.mp4');
  if (made === undefined) {
    const picture = ['-f', 'lavfi', '-i', 'testsrc=size=320x240:rate=10:duration=2'];
    const output = ['-c:v', 'mpeg4', '-f', 'mp4', `file:${path}`];
    execFileSync('ffmpeg', ['-v', 'error', '-nostdin', ...picture, ...output]);
    made = await readFile(path);
  } else {
    await writeFile(path, made);
  }
  return path;
}

export const installed = spawnSync('ffmpeg', ['-version']).error === undefined;
