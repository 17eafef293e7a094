/** Restores a backup in a process of its own, which is killed at the step that a test names. */

import { systemClock } from '../../../src/base/clock.ts';
import { restoreState } from '../../../src/host/backup/restore.ts';

const [from = '', stateDir = '', die = ''] = process.argv.slice(2);

const order = {
  from,
  stateDir,
  accept: () => undefined,
  databases: {},
  appVersion: '1.0.0',
  now: systemClock.now,
};
await restoreState(order, step => {
  if (step === die) process.kill(process.pid, 'SIGKILL');
});
