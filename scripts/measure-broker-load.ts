/** Measures what an attack on the embedded broker costs the frames of the daemon. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Command } from 'commander';
import { systemClock } from '../src/base/clock.ts';
import { PACKAGE_ROOT } from '../src/base/paths.ts';
import { exitOnError } from '../src/cli/exit.ts';
import { wholeNumber } from '../src/cli/parse.ts';
import { defaultSettings } from '../src/config/load.ts';
import { openRequester } from '../src/messaging/request.ts';
import { startDaemonChild } from './daemon-child.ts';

const program = new Command('measure-broker-load')
  .description('compares frames of a daemon at rest with those while its embedded broker is attacked')
  .option('--seconds <n>', 'of each part; the daemon looks back on a minute', wholeNumber(5), 60)
  .action(measure);
await exitOnError(() => program.parseAsync());

interface Health {
  readonly latencyMs: { readonly p50: number; readonly p95: number };
  readonly frames: { readonly dropped: number; readonly classified: number };
}

async function measure({ seconds }: { readonly seconds: number }): Promise<void> {
  const stateDir = await mkdtemp(join(tmpdir(), 'surfwatch-broker-load-'));
  const settings = ['camera.interval=500ms'];
  const { child, requester } = await startDaemonChild(settings, stateDir);
  const { address } = requester;
  await requester.close();
  try {
    await delay(5_000);
    console.log(await watch('at rest', child, address, () => delay(seconds * 1_000)));
    const attack = async () => {
      const args = [new URL(address).port];
      const load = fork(join(PACKAGE_ROOT, 'scripts/broker-load.ts'), args, {
        execArgv: ['--import', 'tsx'],
      });
      await once(load, 'message');
      await delay(seconds * 1_000);
      load.kill('SIGKILL');
    };
    console.log(await watch('attacked', child, address, attack));
  } finally {
    child.kill('SIGTERM');
    await once(child, 'exit');
    await rm(stateDir, { recursive: true });
  }
}

async function watch(
  name: string,
  { pid }: ChildProcess,
  address: string,
  work: () => Promise<void>,
): Promise<string> {
  const before = await health(address);
  const most = { daemon: 0, broker: 0 };
  let isDone = false;
  const working = work().finally(() => {
    isDone = true;
  });
  for (; !isDone; await delay(500)) {
    // Its one child, as the camera is simulated.
    const [broker = ''] = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).split(' ');
    most.daemon = Math.max(most.daemon, await residentMb(String(pid)));
    most.broker = Math.max(most.broker, await residentMb(broker));
  }
  await working;
  const { latencyMs, frames } = await health(address);
  const [classified, dropped] = [
    frames.classified - before.frames.classified,
    frames.dropped - before.frames.dropped,
  ];
  return `${name.padEnd(9)} p50 ${latencyMs.p50} ms  p95 ${latencyMs.p95} ms  frames ${classified}  dropped ${dropped}  RSS up to ${most.daemon} MB, of the broker ${most.broker} MB`;
}

async function residentMb(pid: string): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1_024);
}

/** Asked anew until it is answered: the broker may just be started again, or have many commands waiting. */
async function health(url: string): Promise<Health> {
  for (;;) {
    try {
      const requester = await openRequester({
        ...defaultSettings().mqtt,
        url,
        base: 'surf',
        clock: systemClock,
      });
      try {
        return ((await requester.request('status')) as { health: Health }).health;
      } finally {
        await requester.close();
      }
    } catch {
      await delay(500);
    }
  }
}
