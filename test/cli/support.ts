/** Runs the real commands, and draws pictures for them. */
import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import sharp from 'sharp';
import { vi } from 'vitest';
import { serially } from '../../src/base/serially.ts';
import { exitOnError } from '../../src/cli/exit.ts';
import { programFor } from '../../src/cli/program.ts';

export const ROOT = join(import.meta.dirname, '..', '..');
export const LAUNCHER = join(ROOT, 'scripts', 'surfwatch.js');
/** Absent outside of the project's own workshop. */
export const SHARED_DATA = join(ROOT, '..', 'shared', 'data');

interface Ended {
  readonly status: number | string | null;
  readonly output: string;
  readonly errors: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: Buffer;
  readonly launcher?: string;
}

const inTurn = serially();

/** Runs the command line in this process, which spares each call the start of one. */
export async function surfwatch(args: readonly string[]): Promise<Ended> {
  return runHere(await programFor(args), args);
}

/** Runs a command in this process, as the program does, one after the other. */
export function runHere(command: Command, args: readonly string[]): Promise<Ended> {
  return inTurn(async () => {
    const written = { output: '', errors: '' };
    const note = (to: keyof typeof written) => (text: string) => {
      written[to] += text;
    };
    const line = (to: keyof typeof written) => (text: string) => note(to)(`${text}\n`);
    const spies = [
      vi.spyOn(console, 'log').mockImplementation(line('output')),
      vi.spyOn(console, 'error').mockImplementation(line('errors')),
    ];
    for (const one of withInner(command))
      one.exitOverride().configureOutput({ writeErr: note('errors'), writeOut: note('output') });
    try {
      await exitOnError(() => command.parseAsync(args, { from: 'user' }));
      return { status: process.exitCode ?? 0, ...written };
    } finally {
      process.exitCode = undefined;
      for (const spy of spies) spy.mockRestore();
    }
  });
}

function withInner(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withInner)];
}

/** Runs the command line in a process of its own. */
export async function surfwatchProcess(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
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
