/** Measures what a daemon writes to the disk, by the kernel's count for its process (Linux). */
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Command } from 'commander';
import { PACKAGE_ROOT } from '../src/base/paths.ts';
import { exitOnError } from '../src/cli/exit.ts';
import { wholeNumber } from '../src/cli/parse.ts';
import { startDaemonChild } from './daemon-child.ts';

const DAY_S = 86_400;
/** What is written at the start, and in the first minute of the history, is not a matter of days. */
const SETTLING_MS = 90_000;

const CASES: Readonly<Record<string, readonly string[]>> = {
  'nobody on the water': ['camera.simulator.script=calm', 'monitor.minFree=1000000000000000'],
  'riders come and go, every activity in 3 minutes': ['monitor.minFree=1000000000000000'],
  'the same, and frames are kept': [],
};

const program = new Command('measure-writes')
  .description('runs daemons with a simulated camera; tells what each writes to the disk, in MB a day')
  .option('--minutes <n>', 'each is measured for so long', wholeNumber(1), 5)
  .action(measure);
await exitOnError(() => program.parseAsync());

async function measure({ minutes }: { minutes: number }): Promise<void> {
  // Not where everything is in memory: the kernel counts only what goes to a disk.
  const root = join(PACKAGE_ROOT, '.cache');
  mkdirSync(root, { recursive: true });
  for (const [name, settings] of Object.entries(CASES)) {
    const stateDir = mkdtempSync(join(root, 'writes-'));
    try {
      const { child, requester } = await startDaemonChild(settings, stateDir);
      await delay(SETTLING_MS);
      const before = await writtenBytes(child.pid);
      const begun = performance.now();
      await delay(minutes * 60_000);
      const written = (await writtenBytes(child.pid)) - before;
      const seconds = (performance.now() - begun) / 1000;
      const megabytesADay = ((written / seconds) * DAY_S) / 1e6;
      console.log(JSON.stringify({ case: name, minutes, written, megabytesADay: Math.round(megabytesADay) }));
      await requester.close();
      child.kill('SIGTERM');
      await once(child, 'exit');
    } finally {
      rmSync(stateDir, { recursive: true, force: true });
    }
  }
}

async function writtenBytes(pid: number | undefined): Promise<number> {
  const text = await readFile(`/proc/${pid}/io`, 'utf8');
  return Number(/^write_bytes: (\d+)$/m.exec(text)?.[1]);
}
