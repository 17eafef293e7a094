/** Measures what a retraining costs the frames that go on meanwhile. */
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Command } from 'commander';
import { exitOnError } from '../src/cli/exit.ts';
import { wholeNumber } from '../src/cli/parse.ts';
import type { Requester } from '../src/messaging/request.ts';
import { createRenderer } from '../src/simulator/render.ts';
import { type DaemonChild, startDaemonChild } from './daemon-child.ts';
import { randomScene } from './scenes/random-scene.ts';

const program = new Command('measure-retrain-live')
  .description('compares frames of a daemon at rest with those during a retraining, at two a second')
  .option('--labels <n>', 'labelled pictures', wholeNumber(4), 40)
  .option('--seconds <n>', 'of each part; daemons look back on a minute', wholeNumber(5), 60)
  .action(measure);
await exitOnError(() => program.parseAsync());

interface Health {
  readonly latencyMs: { readonly p50: number; readonly p95: number };
  readonly frames: { readonly dropped: number; readonly classified: number };
}

interface Part {
  readonly name: string;
  readonly p50: number;
  readonly p95: number;
  readonly dropped: number;
  readonly frames: number;
  readonly rssMB: number;
}

async function measure({ labels, seconds }: { labels: number; seconds: number }): Promise<void> {
  const stateDir = await mkdtemp(join(tmpdir(), 'surfwatch-live-'));
  const daemon = await startDaemonChild(['camera.interval=500ms'], stateDir);
  try {
    await sendLabels(daemon.requester, labels);
    const rest = await watch('at rest', daemon, seconds);
    const begin = Date.now();
    await daemon.requester.request('retrain', { dryRun: true });
    while ((await training(daemon.requester)).state !== 'done') await delay(100);
    const { samples } = (await training(daemon.requester)).result ?? {};
    console.log(`one retraining: ${((Date.now() - begin) / 1000).toFixed(1)} s, ${JSON.stringify(samples)}`);
    const over = new AbortController();
    const jobs = retrainAgainAndAgain(daemon.requester, over.signal);
    const busy = await watch('retraining', daemon, seconds);
    over.abort();
    console.log(`${await jobs} retrainings in ${seconds} s`);
    for (const { name, p50, p95, dropped, frames, rssMB } of [rest, busy]) {
      console.log(
        `${name.padEnd(12)} p50 ${p50} ms  p95 ${p95} ms  dropped ${dropped} of ${frames}  RSS up to ${rssMB} MB`,
      );
    }
    console.log(`p95 retraining / at rest: ${(busy.p95 / rest.p95).toFixed(2)}`);
  } finally {
    daemon.child.kill('SIGTERM');
    await once(daemon.child, 'exit');
    await rm(stateDir, { recursive: true, force: true });
  }
}

/** One job lasts for a few frames alone. */
async function retrainAgainAndAgain(requester: Requester, signal: AbortSignal): Promise<number> {
  let jobs = 0;
  while (!signal.aborted) {
    await requester.request('retrain', { dryRun: true });
    jobs += 1;
    do await delay(50);
    while (!['done', 'failed'].includes((await training(requester)).state));
  }
  return jobs;
}

async function sendLabels(requester: Requester, count: number): Promise<void> {
  const renderer = createRenderer();
  for (let seed = 0; seed < count; seed++) {
    const kind = seed % 2 === 0 ? 'kitesurfing' : 'none';
    const activities = kind === 'none' ? [] : ['kitesurfing' as const];
    const scene = randomScene(seed, { activities, width: 1280, height: 720 });
    await requester.publishImage([kind], await renderer.jpeg(scene));
  }
}

async function watch(name: string, { child, requester }: DaemonChild, seconds: number): Promise<Part> {
  const before = await health(requester);
  let rssMB = 0;
  for (let second = 0; second < seconds; second++) {
    await delay(1_000);
    const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '');
    rssMB = Math.max(rssMB, Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1000));
  }
  const after = await health(requester);
  return {
    name,
    ...after.latencyMs,
    dropped: after.frames.dropped - before.frames.dropped,
    frames: after.frames.classified - before.frames.classified,
    rssMB,
  };
}

async function health(requester: Requester): Promise<Health> {
  return ((await requester.request('status')) as { health: Health }).health;
}

async function training(
  requester: Requester,
): Promise<{ state: string; result: { samples: object } | null }> {
  const { learning } = (await requester.request('status')) as {
    learning: { training: { state: string; result: { samples: object } | null } };
  };
  return learning.training;
}
