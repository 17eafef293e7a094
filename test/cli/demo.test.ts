import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { describe, expect, onTestFinished, test } from 'vitest';

import { temporaryFolder } from '../support/temporary-folder.ts';
import { LAUNCHER } from './support.ts';

/** Starts it in a folder, with its own temporary files; resolves with the addresses of its broker and its page. */
async function demo(cwd: string, temporary: string) {
  const quick = ['vision.detail=0.5', 'vision.threads=1', 'vision.precision=int8'].flatMap(one => [
    '--set',
    one,
  ]);
  const child: ChildProcess = spawn(process.execPath, [LAUNCHER, 'demo', ...quick], {
    cwd,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, TMPDIR: temporary },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = once(child, 'exit');
  if (child.stdout === null) throw new Error('it has no output');
  let page = '';
  for await (const line of createInterface({ input: child.stdout })) {
    // Where to look comes before what is seen.
    if (page === '') expect(line).toMatch(/^page /);
    page = /^page +(\S+)$/.exec(line)?.[1] ?? page;
    const [, address] = /^broker +(\S+)$/.exec(line) ?? [];
    if (address !== undefined) return { child, ended, address, page };
  }
  throw new Error('the demo ended');
}

describe('surfwatch demo', () => {
  test('runs twice at once in one folder, and leaves nothing there', async () => {
    const [cwd, temporary] = [await temporaryFolder(), await temporaryFolder()];
    const first = await demo(cwd, temporary);
    const second = await demo(cwd, temporary);
    expect(second.address).not.toBe(first.address);
    const sites = [first, second].map(async ({ page }) => (await fetch(`${page}/healthz`)).status);
    expect([await Promise.all(sites), first.page === second.page]).toEqual([[200, 200], false]);
    expect(readdirSync(temporary).filter(name => name.startsWith('surfwatch-demo-'))).toHaveLength(2);
    for (const { child, ended } of [first, second]) {
      child.kill('SIGINT');
      expect(await ended).toEqual([0, null]);
    }
    expect(readdirSync(temporary).filter(name => name.startsWith('surfwatch-demo-'))).toEqual([]);
    expect(existsSync(`${cwd}/state`)).toBe(false);
  });
});
