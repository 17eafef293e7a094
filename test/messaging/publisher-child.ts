/** Queues events in a process of its own, telling which are queued, so that a test can kill it. */
import { writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { systemClock as clock } from '../../src/base/clock.ts';
import { DiskEvents } from '../../src/messaging/event-queue.ts';
import { Messaging } from '../../src/messaging/messaging.ts';
import { DEFAULTS } from '../support/defaults.ts';
import { sessionEvent } from './session-event.ts';

const [path = '', url = '', first = '0', count = '0'] = process.argv.slice(2);
const log = pino({ level: 'silent' });
const messaging = new Messaging({
  mqtt: { ...DEFAULTS.mqtt, url, reconnectMinMs: 5, reconnectMaxMs: 20 },
  base: 'surf',
  verbs: {},
  events: new DiskEvents({ path, maxEvents: 100_000, clock, log }),
  eventPace: { burst: 20, perSecond: 2_000 },
  clock,
  log,
});
await messaging.start();
for (let n = Number(first); n < Number(first) + Number(count); n++) {
  messaging.emit(sessionEvent(n));
  writeSync(1, `queued ${n}\n`);
  // Faster than they are delivered, in bursts, so that some always wait.
  if (n % 5 === 0) await delay(3);
}
while (messaging.stats.events > 0) await delay(10);
await messaging.stop();
