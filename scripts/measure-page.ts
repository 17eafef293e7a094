/** Measures what viewers of the page cost the frames of the daemon, and its memory (Linux). */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Command } from 'commander';
import getPort from 'get-port';
import { PACKAGE_ROOT } from '../src/base/paths.ts';
import { exitOnError } from '../src/cli/exit.ts';
import { wholeNumber } from '../src/cli/parse.ts';
import { startDaemonChild } from './daemon-child.ts';

const program = new Command('measure-page')
  .description('compares frames of a daemon at rest with those while its page is looked at')
  .option('--viewers <n>', 'who look', wholeNumber(1), 50)
  .option('--seconds <n>', 'of each part; the daemon looks back on a minute', wholeNumber(5), 60)
  .option('--interval <duration>', 'between two frames', '2s')
  .action(measure);
await exitOnError(() => program.parseAsync());

interface Part {
  readonly p95: number;
  readonly frames: number;
  readonly memoryMb: number;
}

async function measure(options: { viewers: number; seconds: number; interval: string }): Promise<void> {
  const { viewers, seconds, interval } = options;
  const stateDir = await mkdtemp(join(tmpdir(), 'surfwatch-page-'));
  const port = await getPort();
  const url = `http://127.0.0.1:${port}`;
  const settings = ['web.enabled=true', `web.port=${port}`, `camera.interval=${interval}`];
  const { child, requester } = await startDaemonChild(settings, stateDir);
  await requester.close();
  try {
    await delay(10_000);
    const rest = await watch(child, url, seconds);
    console.log(`at rest      ${inWords(rest)}`);
    const load = fork(join(PACKAGE_ROOT, 'scripts/page-load.ts'), [url, String(viewers)], {
      execArgv: ['--import', 'tsx'],
    });
    let pictures = 0;
    load.on('message', sum => {
      pictures = Number(sum);
    });
    try {
      await once(load, 'message');
      const looked = await watch(child, url, seconds);
      console.log(`looked at    ${inWords(looked)}  ${viewers} viewers, ${pictures} pictures`);
      const more = looked.memoryMb - rest.memoryMb;
      console.log(`p95 ${(looked.p95 / rest.p95).toFixed(2)} times that at rest, ${more} MB more`);
    } finally {
      load.kill('SIGKILL');
    }
  } finally {
    child.kill('SIGTERM');
    await once(child, 'exit');
    await rm(stateDir, { recursive: true });
  }
}

function inWords({ p95, frames, memoryMb }: Part): string {
  return `p95 ${p95} ms  frames ${frames}  RSS up to ${memoryMb} MB`;
}

async function watch({ pid }: ChildProcess, url: string, seconds: number): Promise<Part> {
  const before = await health(url);
  let memoryMb = 0;
  for (let at = 0; at < seconds * 2; at++) {
    memoryMb = Math.max(memoryMb, await residentMb(pid));
    await delay(500);
  }
  const { latencyMs, frames } = await health(url);
  return { p95: latencyMs.p95, frames: frames.classified - before.frames.classified, memoryMb };
}

interface Health {
  readonly latencyMs: { readonly p95: number };
  readonly frames: { readonly classified: number };
}

async function health(url: string): Promise<Health> {
  const answer = await fetch(`${url}/api/commands/status`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  return ((await answer.json()) as { health: Health }).health;
}

async function residentMb(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1_024);
}
