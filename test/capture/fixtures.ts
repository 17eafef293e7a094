/** What the tests of the cameras share: pictures, fake programs. */
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, onTestFinished } from 'vitest';
import { SurfwatchError } from '../../src/errors.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** A small JPEG of one shade; different shades give different bytes. */
export function jpeg(shade: number): Promise<Buffer> {
  const background = { r: shade, g: shade, b: 255 - shade };
  return sharp({ create: { width: 64, height: 48, channels: 3, background } })
    .jpeg()
    .toBuffer();
}

/** Puts a shell script named `name` first on PATH until the test is over. */
export async function fakeProgram(name: string, script: string): Promise<string> {
  const folder = await temporaryFolder();
  const path = join(folder, name);
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  setPath(`${folder}:${process.env.PATH}`);
  return folder;
}

/** Sets PATH until the test is over. */
export function setPath(path: string): void {
  const before = process.env.PATH;
  process.env.PATH = path;
  onTestFinished(() => {
    process.env.PATH = before;
  });
}

/** Expects a rejection with this code, and gives the error for a closer look. */
export async function failure(code: string, attempt: Promise<unknown>): Promise<SurfwatchError> {
  const error = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SurfwatchError);
  if (!(error instanceof SurfwatchError)) throw new Error('unreachable');
  expect(`${error.code}: ${error.message}`).toMatch(new RegExp(`^${code}: `));
  return error;
}

/** Whether a process of this id lives. */
export function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** A signal that never aborts. */
export const never = new AbortController().signal;
