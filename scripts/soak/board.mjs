/**
 * The board of a soak: a daemon, bundled as it ships, in a process of its own, whose clock runs fast; tells its figures
 * when asked.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { systemClock } from '../../src/base/clock.ts';
import { loadCameras } from '../../src/config/load.ts';
import { startDaemon } from '../../src/daemon/daemon.ts';

const { set, factor } = JSON.parse(process.argv[2] ?? '{}');
const clock = fastClock();
const config = loadCameras({ set, env: {}, cwd: process.cwd(), systemFile: '' });
const daemon = await startDaemon(config, {
  clock,
  // A broker and its clients are as fast as they are.
  networkClock: systemClock,
  log: pino({ level: 'fatal' }),
  version: '0.0.0-soak',
});
process.send({ address: daemon.address });

process.on('message', message => {
  if (message === 'sample') process.send({ sample: sample() });
  if (message === 'stop') void daemon.stop().then(() => process.disconnect());
});
// Where who started it was killed, nobody else ends it.
process.on('disconnect', () => process.exit());

function fastClock() {
  const startMs = Date.now();
  const begin = performance.now();
  const elapsed = () => (performance.now() - begin) * factor;
  return {
    now: () => Math.round(startMs + elapsed()),
    monotonic: elapsed,
    sleep: async (ms, signal) => {
      await delay(ms / factor, undefined, signal === undefined ? {} : { signal });
    },
  };
}

function sample() {
  // Twice: what the first run frees may hold native memory that only the second gives back.
  globalThis.gc();
  globalThis.gc();
  const { rss, heapUsed, external } = process.memoryUsage();
  return {
    simulatedMs: clock.monotonic(),
    rssBytes: rss,
    anonymousBytes: anonymousBytes(),
    heapBytes: heapUsed,
    externalBytes: external,
    openFiles: readdirSync('/proc/self/fd').length,
    handles: process.getActiveResourcesInfo().length,
    threads: readdirSync('/proc/self/task').length,
  };
}

/** Resident memory that is not a copy of a file. */
function anonymousBytes() {
  const found = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
  return found === null ? 0 : Number(found[1]) * 1024;
}
