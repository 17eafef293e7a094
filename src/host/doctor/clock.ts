/** The clock: a board without a battery wakes up in the past, and sessions get the wrong times. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type Finding, fail, ok, warn } from './finding.ts';

const run = promisify(execFile);

/** @param notBefore milliseconds since the epoch that have passed for sure, such as when the model was made */
export async function checkClock(now: number, notBefore: number): Promise<Finding> {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const detail = `${new Date(now).toISOString()}, time zone ${zone}`;
  if (now < notBefore) {
    return fail(
      'clock',
      `${detail}: the clock is behind`,
      'Set the clock: `timedatectl set-ntp true`, or `date -s`.',
    );
  }
  if ((await synchronised()) === false) {
    return warn(
      'clock',
      `${detail}, not synchronised`,
      'Switch on network time: `timedatectl set-ntp true`.',
    );
  }
  return ok('clock', detail);
}

/** What systemd says; undefined where there is none. */
async function synchronised(): Promise<boolean | undefined> {
  try {
    const { stdout } = await run('timedatectl', ['show', '-p', 'NTPSynchronized', '--value'], {
      timeout: 2_000,
    });
    return stdout.trim() === 'yes' ? true : stdout.trim() === 'no' ? false : undefined;
  } catch {
    return undefined;
  }
}
