/** Changes an option again and again, and says each value that is on disk; killed by the test. */

import { systemClock } from '../../src/base/clock.ts';
import { RuntimeOptions } from '../../src/control/runtime-options.ts';
import { silent } from '../support/log.ts';
import { loaded } from './support.ts';

const nothing = () => undefined;
const { settings } = loaded(process.argv[2] ?? '');
const options = new RuntimeOptions({
  settings,
  onChange: nothing,
  onAlert: nothing,
  clock: systemClock,
  log: silent,
});
await options.start();
for (let n = 1; n < 7_000; n++) {
  await options.change({ set: { 'snapshot.width': n } });
  process.stdout.write(`${n}\n`);
}
