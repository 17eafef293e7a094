/** Measures what strangers at the embedded broker cost the frames of the daemon. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Command } from 'commander';
import { PACKAGE_ROOT } from '../src/base/paths.ts';
import { exitOnError } from '../src/cli/exit.ts';
import { wholeNumber } from '../src/cli/parse.ts';
import { type DaemonChild, startDaemonChild } from './daemon-child.ts';

const program = new Command('measure-broker-load')
  .description('compares frames of a daemon at rest with those while strangers use its broker')
  .option('--clients <n>', 'strangers, each with a subscription', wholeNumber(1), 500)
  .option('--rate <n>', 'messages of 100 bytes a second, of all together', wholeNumber(1), 2_000)
  .option('--seconds <n>', 'of each part; the daemon looks back on a minute', wholeNumber(5), 60)
  .action(measure);
await exitOnError(() => program.parseAsync());

interface Health {
  readonly latencyMs: { readonly p50: number; readonly p95: number };
  readonly frames: { readonly dropped: number; readonly classified: number };
}

interface Flags {
  readonly clients: number;
  readonly rate: number;
  readonly seconds: number;
}

async function measure({ clients, rate, seconds }: Flags): Promise<void> {
  const stateDir = await mkdtemp(join(tmpdir(), 'surfwatch-broker-load-'));
  const settings = ['camera.interval=500ms'];
  const limits = [`broker.maxConnections=${clients + 10}`, `broker.maxConnectionsPerAddress=${clients + 10}`];
  const daemon = await startDaemonChild([...settings, ...limits], stateDir);
  try {
    await delay(5_000);
    console.log(await watch('at rest', daemon, seconds));
    const port = new URL(daemon.requester.address).port;
    const load = fork(join(PACKAGE_ROOT, 'scripts/broker-load.ts'), [port, String(clients), String(rate)], {
      execArgv: ['--import', 'tsx'],
    });
    try {
      await once(load, 'message');
      console.log(await watch('under load', daemon, seconds));
      const figures = once(load, 'message');
      load.send('figures');
      console.log(JSON.stringify((await figures)[0]));
    } finally {
      load.kill();
    }
  } finally {
    daemon.child.kill('SIGTERM');
    await once(daemon.child, 'exit');
    await rm(stateDir, { recursive: true });
  }
}

async function watch(name: string, { child, requester }: DaemonChild, seconds: number): Promise<string> {
  const health = async () => ((await requester.request('status')) as { health: Health }).health;
  const before = await health();
  let most = 0;
  for (const end = Date.now() + seconds * 1_000; Date.now() < end; await delay(500)) {
    const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
    most = Math.max(most, Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1_024);
  }
  const { latencyMs, frames } = await health();
  const [classified, dropped] = [
    frames.classified - before.frames.classified,
    frames.dropped - before.frames.dropped,
  ];
  return `${name.padEnd(11)} p50 ${latencyMs.p50} ms  p95 ${latencyMs.p95} ms  frames ${classified}  dropped ${dropped}  RSS up to ${Math.round(most)} MB`;
}
