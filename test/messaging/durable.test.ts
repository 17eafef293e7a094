/**
 * No event is lost, none comes out of order, and none comes twice but the one that was under way when a broker or the
 * daemon died. `SURFWATCH_RESTARTS=50 SURFWATCH_EVENTS=10000` make it longer.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { Aedes } from 'aedes';
import getPort from 'get-port';
import { describe, expect, it, onTestFinished } from 'vitest';
import * as z from 'zod';
import { createRandom } from '../../src/base/random.ts';
import { DiskEvents } from '../../src/messaging/event-queue.ts';
import { eventSchema } from '../../src/messaging/payloads.ts';
import { defineVerb } from '../../src/messaging/verbs.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { silent } from '../support/log.ts';
import { program } from '../support/programs.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';
import { proxyTo, type TestProxy } from './proxy.ts';
import {
  client,
  clock,
  hasMosquitto,
  listener,
  mosquitto,
  QUICK,
  sessionEvent,
  startMessaging,
} from './support.ts';

const RESTARTS = Number(process.env.SURFWATCH_RESTARTS ?? 6);
const EVENTS = Number(process.env.SURFWATCH_EVENTS ?? 300);
const TIMEOUT = 300_000 + RESTARTS * 2_000 + EVENTS * 40;
/** Not what is measured here. */
const QUICK_PACE = { burst: 20, perSecond: 2_000 };

const range = (n: number) => Array.from({ length: n }, (_, i) => i);

function numberOf(text: string): number {
  const event = eventSchema.parse(JSON.parse(text));
  return 'session' in event ? event.session.durationS : Number.NaN;
}

function report(figures: object): void {
  if (process.env.SURFWATCH_RESTARTS !== undefined) console.info(figures);
}

/** What was received twice in a row; `once` is the rest. */
function repeats(received: readonly number[]) {
  const once = received.filter((n, i) => n !== received[i - 1]);
  return { once, repeated: received.length - once.length };
}

/** Messaging as the daemon has it, with its events on disk. */
async function startDurable(url: string, more: { path?: string; maxEvents?: number } = {}) {
  const path = more.path ?? join(await temporaryFolder(), 'outbox.db');
  const events = new DiskEvents({ path, maxEvents: more.maxEvents ?? 100_000, clock, log: silent });
  const mqtt = { ...QUICK, url, reconnectMinMs: 5, reconnectMaxMs: 20 };
  return startMessaging({ mqtt, events, eventPace: QUICK_PACE });
}

interface TestBroker {
  readonly port: number;
  readonly url: string;
  readonly kill: () => Promise<void>;
  readonly start: () => Promise<void>;
}

/** What it acknowledges it has written to the connections of those who listen: it holds nothing back. */
const realMosquitto = () =>
  mosquitto(['allow_anonymous true', 'max_inflight_messages 0', 'max_queued_messages 0']);

async function inProcessAedes(): Promise<TestBroker> {
  const port = await getPort();
  let stop = async () => {};
  const start = async () => {
    const aedes = await Aedes.createBroker();
    const sockets = new Set<Socket>();
    const server: Server = createServer(socket => {
      sockets.add(socket);
      aedes.handle(socket);
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    stop = async () => {
      const closed = once(server, 'close');
      server.close();
      const [subscriber, ...others] = sockets;
      for (const socket of others) socket.destroy();
      // Its PUBACK precedes the delivery to subscribers by a few turns of the event loop.
      for (let turn = 0; turn < 10; turn++) await new Promise(resolve => setImmediate(resolve));
      subscriber?.destroy();
      await closed;
      await new Promise<void>(resolve => aedes.close(() => resolve()));
    };
  };
  await start();
  onTestFinished(() => stop());
  return { port, url: `mqtt://127.0.0.1:${port}`, start, kill: () => stop() };
}

/** All events that a broker passes on over all its lives: before it lets the daemon in, somebody listens. */
async function audience(broker: TestBroker, proxy: TestProxy) {
  const received: number[] = [];
  const listen = async () => {
    const { mqtt } = await client(broker.url);
    mqtt.on('message', (_topic, payload) => received.push(numberOf(payload.toString())));
    await mqtt.subscribeAsync('surf/event', { qos: 0 });
  };
  await listen();
  return {
    received,
    restart: async () => {
      proxy.shut();
      await broker.kill();
      await broker.start();
      await listen();
      proxy.open();
    },
  };
}

describe.each([
  ['Mosquitto', realMosquitto, hasMosquitto],
  ['aedes', inProcessAedes, true],
])('with %s', (_name, newBroker, isThere) => {
  it.skipIf(!isThere)(
    `killed ${RESTARTS} times while ${EVENTS} events are produced: none lost, none out of order`,
    async () => {
      const random = createRandom(5);
      const broker = await newBroker();
      // So that an event is under way at most of the kills.
      const proxy = await proxyTo(broker.port, { answersAfterMs: 2 });
      const { received, restart } = await audience(broker, proxy);
      const messaging = await startDurable(proxy.url);
      await until(() => messaging.stats.connected, 'connected');
      const produce = async () => {
        for (const n of range(EVENTS)) {
          messaging.emit(sessionEvent(n));
          if (n % 3 === 0) await delay(random.between(0, 10));
        }
      };
      const kill = async () => {
        for (const _ of range(RESTARTS)) {
          await delay(random.between(0, (EVENTS * 3) / RESTARTS));
          await restart();
        }
      };
      await Promise.all([produce(), kill()]);
      while (messaging.stats.events > 0) await delay(10);
      await until(() => received.at(-1) === EVENTS - 1, 'the last event');
      const { once: heard, repeated } = repeats(received);
      expect(heard).toEqual(range(EVENTS));
      expect(repeated).toBeLessThanOrEqual(RESTARTS);
      expect(messaging.stats).toMatchObject({ events: 0, droppedEvents: 0 });
      report({ restarts: RESTARTS, events: heard.length, repeated });
    },
    TIMEOUT,
  );
});

describe.skipIf(!hasMosquitto)('a publisher that is killed', () => {
  it(
    'loses nothing that was queued, and keeps the order',
    async () => {
      const random = createRandom(7);
      const kills = Math.floor(RESTARTS / 3);
      const broker = await mosquitto(['allow_anonymous true', 'max_queued_messages 0']);
      const path = join(await temporaryFolder(), 'outbox.db');
      const reader = await listener(broker.url, 'surf/event');
      const queued = new Set<number>();
      let next = 0;
      for (const _ of range(kills)) {
        const child = startPublisher([path, broker.url, String(next), '100000']);
        const some = random.between(1, 40);
        await until(() => child.soFar.length >= some, 'some events');
        await delay(random.between(0, 10));
        child.process.kill('SIGKILL');
        for (const n of await child.queued) queued.add(n);
        // One more may be on disk that could not be told.
        next = Math.max(-1, ...queued) + 2;
      }
      const last = startPublisher([path, broker.url, String(next), '1']);
      await last.queued;
      queued.add(next);
      await until(() => reader.received.some(({ text }) => numberOf(text) === next), 'the last event');
      const { once: heard, repeated } = repeats(reader.on('surf/event').map(numberOf));
      expect(queued.size).toBeGreaterThan(kills);
      expect(heard).toEqual(heard.toSorted((a, b) => a - b));
      expect(new Set(heard).size).toBe(heard.length);
      expect([...queued].filter(n => !heard.includes(n))).toEqual([]);
      // Written, but not told: one a kill.
      expect(heard.filter(n => !queued.has(n)).length).toBeLessThanOrEqual(kills);
      expect(repeated).toBeLessThanOrEqual(kills);
      report({ kills, queued: queued.size, repeated });
    },
    TIMEOUT,
  );
});

interface Publisher {
  readonly process: ChildProcess;
  readonly soFar: readonly number[];
  /** Complete once the process has ended. */
  readonly queued: Promise<readonly number[]>;
}

function startPublisher(args: readonly string[]): Publisher {
  const child = spawn(process.execPath, [program('publisher-child'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines = createInterface(child.stdout);
  const queued: number[] = [];
  lines.on('line', line => {
    const [, n] = /^queued (\d+)$/.exec(line) ?? [];
    if (n !== undefined) queued.push(Number(n));
  });
  return {
    process: child,
    soFar: queued,
    queued: once(lines, 'close').then(() => queued),
  };
}

describe('a connection that is half open', () => {
  it('is given up, and what it swallowed is sent over the next', async () => {
    const broker = await inProcessAedes();
    const proxy = await proxyTo(broker.port);
    const reader = await listener(broker.url, 'surf/event');
    const path = join(await temporaryFolder(), 'outbox.db');
    const events = new DiskEvents({ path, maxEvents: 1_000, clock, log: silent });
    const mqtt = { ...QUICK, url: proxy.url, ackTimeoutMs: 100, connectTimeoutMs: 200 };
    const messaging = await startMessaging({ mqtt, events, eventPace: QUICK_PACE });
    messaging.emit(sessionEvent(0));
    await until(() => reader.received.length === 1, 'the first event');
    for (const round of [1, 2, 3]) {
      proxy.stall();
      for (const n of range(10)) messaging.emit(sessionEvent(10 * round - 9 + n));
      await until(() => !messaging.stats.connected, 'the loss to be seen');
      expect(messaging.stats.events).toBeGreaterThanOrEqual(10);
      proxy.recover();
      await until(() => messaging.stats.events === 0, 'all acknowledged');
    }
    await until(() => reader.received.map(({ text }) => numberOf(text)).at(-1) === 30, 'the last event');
    const { once: heard, repeated } = repeats(reader.received.map(({ text }) => numberOf(text)));
    expect(heard).toEqual(range(31));
    expect(repeated).toBeLessThanOrEqual(3);
  });
});

describe('an outage of days', () => {
  it('keeps the newest events, counts the others over restarts, and does not grow', async () => {
    const time = fakeClock();
    const port = await getPort();
    const path = join(await temporaryFolder(), 'outbox.db');
    const maxEvents = 50;
    const day = 86_400_000;
    let emitted = 0;
    const start = async () => {
      const events = new DiskEvents({ path, maxEvents, clock: time, log: silent });
      const mqtt = { ...QUICK, url: `mqtt://127.0.0.1:${port}`, reconnectMinMs: day, reconnectMaxMs: day };
      return startMessaging({ mqtt, events, clock: time });
    };
    const states: number[] = [];
    let messaging = await start();
    for (const today of range(6)) {
      for (const _ of range(50)) {
        messaging.emit(sessionEvent(emitted++));
        messaging.set('activity/state', `state-${emitted}`);
        await time.advance(day / 50);
      }
      expect(messaging.stats).toMatchObject({
        connected: false,
        events: maxEvents,
        droppedEvents: emitted - maxEvents,
      });
      states.push(messaging.stats.states);
      if (today % 2 === 0) continue;
      await messaging.stop();
      messaging = await start();
    }
    await messaging.stop();
    expect(new Set(states).size).toBe(1);
    expect(statSync(path).size).toBeLessThan(maxEvents * 2_000);

    const broker = await inProcessAedes();
    const reader = await listener(broker.url);
    const late = await startDurable(broker.url, { path, maxEvents });
    await until(() => late.stats.events === 0, 'all acknowledged');
    await until(() => reader.on('surf/event').length >= maxEvents, 'the events');
    expect(reader.on('surf/event').map(numberOf)).toEqual(range(emitted).slice(-maxEvents));
    expect(late.stats.droppedEvents).toBe(emitted - maxEvents);
  });

  it('is not followed by a flood: events that waited go out at a pace, states at once', async () => {
    const port = await getPort();
    const messaging = await startMessaging({
      mqtt: { ...QUICK, url: `mqtt://127.0.0.1:${port}` },
      eventPace: { burst: 5, perSecond: 50 },
    });
    for (const n of range(30)) messaging.emit(sessionEvent(n));
    messaging.set('activity/state', 'surfing');
    const times: number[] = [];
    const aedes = await Aedes.createBroker();
    aedes.on('publish', ({ topic }) => {
      if (topic === 'surf/event') times.push(performance.now());
    });
    const server = createServer(aedes.handle);
    server.listen(port, '127.0.0.1');
    onTestFinished(() => {
      server.close();
      aedes.close();
    });
    await until(() => times.length === 30, 'all events');
    // Never more than the burst and what the time since allows.
    for (const [i, time] of times.entries()) {
      const before = times.filter(other => other <= time && other > time - 200).length;
      expect(before, `event ${i}`).toBeLessThanOrEqual(5 + 0.2 * 50 + 1);
    }
  });
});

describe('a command whose answer could not be sent', () => {
  it('is answered when it is repeated, and not run again', async () => {
    const broker = await inProcessAedes();
    const proxy = await proxyTo(broker.port);
    let runs = 0;
    const run = async () => {
      runs += 1;
      proxy.cut();
      await delay(50);
      return { runs };
    };
    const verbs = { label: defineVerb({ doc: 'labels', args: z.unknown(), run }) };
    const messaging = await startMessaging({ mqtt: { ...QUICK, url: proxy.url }, verbs });
    const asker = await listener(broker.url, 'surf/response/label');
    await until(() => messaging.stats.connected && messaging.stats.states === 0, 'connected');
    while (asker.received.length === 0) {
      await asker.mqtt.publishAsync('surf/command/label', '{"transaction":"t"}', { qos: 1 });
      await delay(100);
    }
    expect(runs).toBe(1);
    expect(messaging.stats.reconnects).toBe(1);
    expect(JSON.parse(asker.received[0]?.text ?? '')).toMatchObject({ data: { runs: 1 }, transaction: 't' });
  });
});
