/** A process that counts on and on, by a clock that runs much too fast, and says how many seconds it has reported. */
import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { pino } from 'pino';
import { History } from '../../src/history/history.ts';
import { DEFAULTS } from '../support/defaults.ts';

const nothing = (): void => undefined;
let passedMs = 0;
const history = new History({
  options: DEFAULTS.history,
  directory: process.argv[2] ?? '',
  site: 'pier',
  timeZone: 'UTC',
  byZone: false,
  onStats: nothing,
  onFault: nothing,
  onSetAside: nothing,
  clock: {
    now: () => Date.UTC(2026, 5, 1, 9) + passedMs,
    monotonic: () => passedMs,
    sleep: () => turn(),
  },
  log: pino({ level: 'silent' }),
});
const beach = {
  activity: 'none',
  activities: [],
  scores: {},
  count: null,
  since: 0,
  visibility: 'ok',
  frame: null,
} as const;

history.start();
for (;;) {
  history.record({ beach, zones: [], events: [] });
  // Waits for its reader, or what it has reported would be far ahead of what was read.
  if (!process.stdout.write(`${passedMs / 1000}\n`)) await once(process.stdout, 'drain');
  passedMs += 1000;
  await turn();
}
