/** A daemon in a process of its own, for measurements. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import getPort from 'get-port';
import { systemClock } from '../src/base/clock.ts';
import { PACKAGE_ROOT } from '../src/base/paths.ts';
import { defaultSettings } from '../src/config/load.ts';
import { openRequester, type Requester } from '../src/messaging/request.ts';

export interface DaemonChild {
  readonly child: ChildProcess;
  readonly requester: Requester;
}

/** Starts it; resolves when it answers. */
export async function startDaemonChild(settings: readonly string[], stateDir: string): Promise<DaemonChild> {
  const port = await getPort();
  const child = spawnDaemon(['camera.kind=simulator', 'monitor.minFree=0', ...settings], stateDir, port);
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the daemon ended with ${child.exitCode}`);
    try {
      const url = `mqtt://127.0.0.1:${port}`;
      const requester = await openRequester({
        ...defaultSettings().mqtt,
        url,
        base: 'surf',
        clock: systemClock,
      });
      // What is sent before the daemon listens is never answered: better to ask again soon.
      await requester.request('models', {}, { timeoutMs: 1_000 });
      return { child, requester };
    } catch {
      await delay(100);
    }
  }
}

/** Starts `surfwatch run` with its own broker, and does not wait for it. */
export function spawnDaemon(settings: readonly string[], stateDir: string, port: number): ChildProcess {
  const all = [
    'log.level=error',
    'web.enabled=false',
    `stateDir=${stateDir}`,
    `broker.port=${port}`,
    ...settings,
  ];
  return spawn(
    process.execPath,
    [join(PACKAGE_ROOT, 'scripts/surfwatch.js'), 'run', ...all.flatMap(setting => ['--set', setting])],
    { stdio: ['ignore', 'inherit', 'inherit'] },
  );
}
