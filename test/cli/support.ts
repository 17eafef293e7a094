/** Runs the real command, and draws pictures for it. */
import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import sharp from 'sharp';

export const ROOT = join(import.meta.dirname, '..', '..');
export const LAUNCHER = join(ROOT, 'scripts', 'surfwatch.js');
/** Absent outside of the project's own workshop. */
export const SHARED_DATA = join(ROOT, '..', 'shared', 'data');

interface Ended {
  readonly status: number | null;
  readonly output: string;
  readonly errors: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: Buffer;
  readonly launcher?: string;
}

export async function surfwatch(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const child = spawn(process.execPath, [options.launcher ?? LAUNCHER, ...args], {
    cwd: options.cwd ?? ROOT,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...options.env },
    stdio: 'pipe',
  });
  // A command that needs no input may have ended before it is written.
  child.stdin.on('error', () => {});
  child.stdin.end(options.input);
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const [output, errors, status] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { status, output, errors };
}

/** The objects of an output with one a line. */
export function jsonLines(output: string): Record<string, unknown>[] {
  return output
    .trim()
    .split('\n')
    .map(line => JSON.parse(line));
}

/** A picture that can be judged, though it shows nothing. */
export function noisyPicture(width = 320, height = 240): Promise<Buffer> {
  const noise = { type: 'gaussian', mean: 128, sigma: 50 } as const;
  return sharp({ create: { width, height, channels: 3, background: 'grey', noise } })
    .jpeg()
    .toBuffer();
}

/** A night: too dark to be judged. */
export function blackPicture(): Promise<Buffer> {
  return sharp({ create: { width: 320, height: 240, channels: 3, background: 'black' } })
    .jpeg()
    .toBuffer();
}

/** Writes a file, and the folders above it. @returns its path */
export async function put(folder: string, name: string, content: Buffer | string): Promise<string> {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  return path;
}
