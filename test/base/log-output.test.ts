import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { program } from '../support/programs.ts';

/** Logs far more than a pipe holds and than may wait, says so on standard output, and logs on until its input ends. */
const CHATTY = `
  import { createLogger } from '${program('log')}';
  const log = createLogger({ level: 'info', levels: {}, format: 'json' });
  for (let line = 0; line < 2000; line++) log.info({ line }, 'x'.repeat(1000));
  process.stdout.write('done');
  const again = setInterval(() => log.info('again'), 20);
  process.stdin.on('end', () => clearInterval(again)).resume();`;

function chatty(stderr: 'pipe' | number) {
  const args = ['--input-type=module', '-e', CHATTY];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', stderr] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const said = Promise.race([
    once(child.stdout as NodeJS.ReadableStream, 'data').then(([text]) => String(text)),
    once(child, 'exit').then(([status, signal]) => `ended with ${status ?? signal}`),
  ]);
  return { child, said };
}

test('a reader that hangs holds up nothing, and is told what it missed when it reads again', async () => {
  const { child, said } = chatty('pipe');
  child.stderr?.pause();
  expect(await said).toBe('done');
  let read = '';
  const lost = () => /"lines":(\d+),"msg":"lines of the log were lost/.exec(read)?.[1];
  child.stderr?.on('data', chunk => {
    read += chunk;
  });
  child.stderr?.resume();
  await expect.poll(lost).toBeDefined();
  child.stdin?.end();
  expect(await once(child, 'close')).toEqual([0, null]);
  const lines = read.trimEnd().split('\n');
  const kept = lines.filter(line => line.includes('xxx')).map(line => JSON.parse(line) as { line: number });
  // In order, none twice, none torn; what is missing was counted.
  expect(kept.map(({ line }) => line)).toEqual(kept.map((_, index) => index));
  expect(kept.length + Number(lost())).toBeGreaterThanOrEqual(2000);
});

test('a reader that has gone does not end the process', async () => {
  const { child, said } = chatty('pipe');
  child.stderr?.destroy();
  expect(await said).toBe('done');
  child.stdin?.end();
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test.skipIf(!existsSync('/dev/full'))('a full disk does not end the process', async () => {
  const { child, said } = chatty(openSync('/dev/full', 'w'));
  expect(await said).toBe('done');
  child.stdin?.end();
  expect(await once(child, 'exit')).toEqual([0, null]);
});
