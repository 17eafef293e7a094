import { connect as connectTcp, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import getPort from 'get-port';
import { ulid } from 'ulid';
import { describe, expect, it, onTestFinished } from 'vitest';
import { MAX_QUEUED_EVENTS } from '../../src/messaging/options.ts';
import { eventSchema, problemSchema, responseSchema, stateSchema } from '../../src/messaging/payloads.ts';
import { readableLog } from '../support/log.ts';
import { until } from '../support/until.ts';
import {
  client,
  closed,
  fakeBroker,
  hasMosquitto,
  listener,
  mosquitto,
  QUICK,
  sessionEvent,
  startMessaging,
} from './support.ts';

const CONNACK = Buffer.from([0x20, 2, 0, 0]);
const sessions = (messages: readonly string[]) =>
  messages.map(text => {
    const event = eventSchema.parse(JSON.parse(text));
    return 'session' in event ? event.session.durationS : Number.NaN;
  });
/** Without what was delivered twice in a row, as may happen around a lost connection. */
const withoutRepeats = (numbers: readonly number[]) => numbers.filter((n, i) => n !== numbers[i - 1]);
const range = (n: number) => Array.from({ length: n }, (_, i) => i);

describe('with the embedded broker', () => {
  it('retains states and not events', async () => {
    const messaging = await startMessaging();
    messaging.set('activity/state', 'none');
    messaging.set('activity/state', 'surfing');
    messaging.set('camera/availability', 'online');
    messaging.emit(sessionEvent(1));
    await until(
      () => messaging.stats.connected && messaging.stats.states + messaging.stats.events === 0,
      'all sent',
    );
    const late = await listener(messaging.address);
    await until(() => late.received.length === 4, 'four retained values');
    expect(late.last('surf/activity/state')).toBe('surfing');
    expect(late.last('surf/camera/availability')).toBe('online');
    expect(late.last('surf/availability')).toBe('online');
    expect(late.received.every(({ packet }) => packet.retain)).toBe(true);
    messaging.emit(sessionEvent(2));
    await until(() => late.on('surf/event').length === 1, 'the later event');
    expect(sessions(late.on('surf/event'))).toEqual([2]);
  });

  it('raises and removes alerts', async () => {
    const messaging = await startMessaging();
    const watching = await listener(messaging.address, 'surf/alert/+');
    messaging.alert('camera-dark', 'too dark');
    await until(() => watching.last('surf/alert/camera-dark') === 'too dark', 'the alert');
    messaging.alert('camera-dark', null);
    await until(() => watching.last('surf/alert/camera-dark') === '', 'its removal');
    const late = await listener(messaging.address, 'surf/#');
    await until(() => late.last('surf/availability') === 'online', 'retained values');
    expect(late.on('surf/alert/camera-dark')).toEqual([]);
  });

  it('tells all alerts in one retained message, from the start on', async () => {
    const messaging = await startMessaging();
    const reader = await listener(messaging.address, 'surf/problem');
    const problem = () => problemSchema.parse(JSON.parse(reader.last('surf/problem') ?? '{}'));
    await until(() => reader.received.length === 1, 'the first');
    expect(problem()).toMatchObject({ problem: false, alerts: {} });
    messaging.alert('camera-dark', 'too dark');
    messaging.alert('camera-dark', 'too dark');
    messaging.alert('disk-full', 'no room');
    await until(() => reader.last('surf/problem')?.includes('disk-full') === true, 'both alerts');
    expect(problem()).toMatchObject({
      problem: true,
      alerts: { 'camera-dark': 'too dark', 'disk-full': 'no room' },
    });
    messaging.alert('camera-dark', null);
    messaging.alert('disk-full', null);
    await until(() => reader.last('surf/problem')?.includes('"problem":false') === true, 'the end');
  });

  it('says what is for the moment now or never', async () => {
    const riders = (n: number) => ({
      v: 1 as const,
      ts: new Date(n).toISOString(),
      frame: ulid(),
      riders: [],
    });
    const nowhere = await startMessaging({ mqtt: { ...QUICK, url: `mqtt://127.0.0.1:${await getPort()}` } });
    const before = nowhere.stats;
    nowhere.pass('riders', riders(0));
    expect(nowhere.stats).toEqual(before);

    const messaging = await startMessaging();
    const reader = await listener(messaging.address, 'surf/riders');
    await until(() => messaging.stats.connected, 'the connection');
    messaging.pass('riders', riders(1));
    await until(() => reader.received.length === 1, 'the riders');
    expect(reader.received[0]?.packet).toMatchObject({ retain: false, qos: 0 });
    const late = await listener(messaging.address);
    await until(() => late.last('surf/availability') === 'online', 'what is retained');
    expect(late.on('surf/riders')).toEqual([]);
  });

  it('tells when all is acknowledged', async () => {
    const messaging = await startMessaging();
    expect(await messaging.flush(30_000)).toBe(true);
    expect(messaging.stats).toMatchObject({ connected: true, states: 0, events: 0 });
    const nowhere = await startMessaging({ mqtt: { ...QUICK, url: `mqtt://127.0.0.1:${await getPort()}` } });
    expect(await nowhere.flush(50)).toBe(false);
  });

  it('uses a base of several levels', async () => {
    const messaging = await startMessaging({ base: 'surf/north' });
    messaging.set('activity/state', 'none');
    const reader = await listener(messaging.address);
    await until(() => reader.last('surf/north/activity/state') === 'none', 'the state');
    const stranger = await client(messaging.address);
    const gone = closed(stranger.mqtt);
    stranger.mqtt.publish('surf/north/activity/state', 'surfing', { retain: true });
    await gone;
  });

  it('answers commands', async () => {
    const messaging = await startMessaging();
    const asker = await listener(messaging.address, 'surf/response/+');
    await asker.mqtt.publishAsync('surf/command', '{"command":"status","transaction":"a"}', { qos: 1 });
    await until(() => asker.received.length === 1, 'the answer');
    const answer = responseSchema.parse(JSON.parse(asker.last('surf/response/status') ?? ''));
    expect(answer).toEqual({ v: 1, status: 'ok', data: { up: true }, transaction: 'a' });
    expect(asker.received[0]?.packet.retain).toBe(false);
  });

  it('ignores a retained command', async () => {
    const broker = await startMessaging({ base: 'other' });
    const asker = await listener(broker.address, 'surf/response/+');
    await asker.mqtt.publishAsync('surf/command', '{"command":"status","transaction":"kept"}', {
      qos: 1,
      retain: true,
    });
    await startMessaging({ mqtt: { ...QUICK, url: broker.address } });
    // Until it has subscribed nothing arrives.
    while (asker.received.length === 0) {
      await asker.mqtt.publishAsync('surf/command/status', '{"transaction":"live"}', { qos: 1 });
      await delay(10);
    }
    expect(asker.received.map(({ text }) => JSON.parse(text).transaction)).not.toContain('kept');
  });

  it('survives a flood of commands, and answers the next one', async () => {
    const messaging = await startMessaging();
    const asker = await listener(messaging.address, 'surf/response/+');
    const payloads = ['status', '{', '', 'nonsense', '{"command":"status","transaction":1}'];
    for (const i of range(3_000)) {
      asker.mqtt.publish('surf/command', payloads[i % payloads.length] ?? '', { qos: 0 });
    }
    await asker.mqtt.publishAsync('surf/command', 'status', { qos: 1 });
    const mine = () => asker.received.some(({ text }) => text.includes('"last"'));
    while (!mine()) {
      await asker.mqtt.publishAsync('surf/command/status', '{"transaction":"last"}', { qos: 1 });
      await delay(20);
    }
    messaging.set('activity/state', 'surfing');
    await until(() => messaging.stats.states === 0, 'the state');
  });

  it('says stopping and offline before it stops', async () => {
    const messaging = await startMessaging();
    const reader = await listener(messaging.address);
    await until(() => messaging.stats.connected, 'connected');
    messaging.emit(sessionEvent(1));
    await messaging.stop();
    await until(() => reader.last('surf/availability') === 'offline', 'offline');
    expect(stateSchema.parse(JSON.parse(reader.last('surf/state') ?? '')).state).toBe('stopping');
    expect(sessions(reader.on('surf/event'))).toEqual([1]);
  });

  it('says that the port of the embedded broker is taken', async () => {
    const port = Number(new URL((await startMessaging()).address).port);
    await expect(startMessaging({ broker: { port } })).rejects.toMatchObject({ code: 'broker-port-taken' });
  });
});

describe.skipIf(!hasMosquitto)('with Mosquitto', () => {
  it('has the last will sent when the connection is cut', async () => {
    const broker = await mosquitto();
    const sockets = new Set<Socket>();
    const url = await throughProxy(broker.port, sockets);
    const reader = await listener(broker.url, 'surf/availability');
    // Long pauses: it must not be back before the test has looked.
    const messaging = await startMessaging({
      mqtt: { ...QUICK, url, reconnectMinMs: 60_000, reconnectMaxMs: 60_000 },
    });
    await until(() => reader.last('surf/availability') === 'online', 'online');
    for (const socket of sockets) socket.destroy();
    await until(() => reader.last('surf/availability') === 'offline', 'offline');
    expect(messaging.stats.connected).toBe(false);
    const late = await listener(broker.url, 'surf/availability');
    await until(() => late.last('surf/availability') === 'offline', 'the retained will');
  });

  it('publishes its states anew at a broker killed with all it retained', async () => {
    const broker = await mosquitto();
    const messaging = await startMessaging({ mqtt: { ...QUICK, url: broker.url } });
    messaging.set('activity/state', 'surfing');
    messaging.set('camera/availability', 'online');
    await until(() => messaging.stats.connected && messaging.stats.states === 0, 'all acknowledged');
    for (const restart of [1, 2]) {
      await broker.kill();
      messaging.set('camera/availability', 'offline');
      await broker.start();
      await until(() => messaging.stats.reconnects === restart, 'connected again');
      const reader = await listener(broker.url);
      // One that is published while the reader subscribes may come twice: it is not their number that counts.
      await until(
        () =>
          reader.last('surf/activity/state') === 'surfing' &&
          reader.last('surf/camera/availability') === 'offline' &&
          reader.last('surf/availability') === 'online',
        'the states',
      );
    }
  });

  it('delivers all events in order while the connection is cut again and again', async () => {
    const broker = await mosquitto();
    const sockets = new Set<Socket>();
    const url = await throughProxy(broker.port, sockets);
    const reader = await listener(broker.url);
    const mqtt = { ...QUICK, url, reconnectMinMs: 1, reconnectMaxMs: 5 };
    const messaging = await startMessaging({ mqtt, eventPace: { burst: 20, perSecond: 1_000 } });
    for (const i of range(400)) {
      messaging.emit(sessionEvent(i));
      messaging.set('activity/state', `state-${i}`);
      if (i % 8 === 0) await delay(2);
      if (i % 40 === 39) for (const socket of sockets) socket.destroy();
    }
    await until(() => messaging.stats.events === 0 && messaging.stats.states === 0, 'all acknowledged');
    await until(() => reader.last('surf/activity/state') === 'state-399', 'the newest state');
    await until(() => reader.last('surf/availability') === 'online', 'online');
    expect(withoutRepeats(sessions(reader.on('surf/event')))).toEqual(range(400));
    expect(messaging.stats.droppedEvents).toBe(0);
    expect(messaging.stats.reconnects).toBeGreaterThan(0);
  });

  it('delivers all events in order over restarts of a broker that keeps sessions', async () => {
    const broker = await mosquitto(['allow_anonymous true', 'persistence true', 'max_queued_messages 0']);
    const messaging = await startMessaging({ mqtt: { ...QUICK, url: broker.url } });
    const reader = await listener(broker.url, 'surf/event', { clientId: 'reader', clean: false });
    const produce = async () => {
      for (const i of range(200)) {
        messaging.emit(sessionEvent(i));
        if (i % 4 === 0) await delay(5);
      }
    };
    const restart = async () => {
      for (let i = 0; i < 3; i++) {
        await delay(30);
        // An orderly end: what it has acknowledged it writes to disk.
        await broker.kill('SIGTERM');
        await broker.start();
      }
    };
    await Promise.all([produce(), restart()]);
    await until(() => messaging.stats.events === 0, 'all acknowledged');
    await until(() => sessions(reader.on('surf/event')).at(-1) === 199, 'the last event');
    expect([...new Set(sessions(reader.on('surf/event')))]).toEqual(range(200));
  });

  it('gives up a frozen broker, and goes on where it was when that wakes', async () => {
    const broker = await mosquitto();
    const timeouts = { ackTimeoutMs: 100, connectTimeoutMs: 200 };
    const messaging = await startMessaging({ mqtt: { ...QUICK, ...timeouts, url: broker.url } });
    const reader = await listener(broker.url);
    messaging.emit(sessionEvent(0));
    await until(() => reader.on('surf/event').length === 1, 'the first event');
    broker.freeze();
    for (const i of range(50)) messaging.emit(sessionEvent(1 + i));
    messaging.set('activity/state', 'kitesurfing');
    await until(() => !messaging.stats.connected, 'the loss to be seen');
    broker.thaw();
    await until(() => messaging.stats.events === 0 && messaging.stats.states === 0, 'all acknowledged');
    await until(() => sessions(reader.on('surf/event')).at(-1) === 50, 'the last event');
    expect(withoutRepeats(sessions(reader.on('surf/event')))).toEqual(range(51));
    await until(() => reader.last('surf/activity/state') === 'kitesurfing', 'the state');
    // The will of the half-open connection comes before the new one says online.
    await until(() => reader.last('surf/availability') === 'online', 'online');
  });

  it('starts while the broker is down', async () => {
    const port = await getPort();
    const { log, lines } = readableLog();
    const messaging = await startMessaging({ mqtt: { ...QUICK, url: `mqtt://127.0.0.1:${port}` }, log });
    messaging.set('activity/state', 'surfing');
    messaging.emit(sessionEvent(0));
    const warnings = () => lines.filter(({ code }) => code === 'mqtt-unreachable').length;
    await until(() => warnings() > 0, 'the warning');
    expect(messaging.stats).toMatchObject({ connected: false, events: 1 });
    const broker = await mosquitto(undefined, port);
    const reader = await listener(broker.url);
    await until(() => reader.last('surf/activity/state') === 'surfing', 'the state');
    await until(() => messaging.stats.events === 0, 'the event');
    expect(warnings()).toBe(1);
  });

  it('drops the oldest events of a long outage and counts them', async () => {
    const port = await getPort();
    const messaging = await startMessaging({
      mqtt: { ...QUICK, url: `mqtt://127.0.0.1:${port}` },
    });
    for (const i of range(MAX_QUEUED_EVENTS + 15)) messaging.emit(sessionEvent(i));
    expect(messaging.stats).toMatchObject({ events: MAX_QUEUED_EVENTS, droppedEvents: 15 });
  });

  it.each([4, 5] as const)('answers a client of MQTT version %d', async protocolVersion => {
    const broker = await mosquitto();
    const messaging = await startMessaging({ mqtt: { ...QUICK, url: broker.url } });
    await until(() => messaging.stats.connected && messaging.stats.states === 0, 'connected');
    const topic = protocolVersion === 5 ? 'answers/7' : 'surf/response/status';
    const asker = await listener(broker.url, topic, { protocolVersion });
    const properties = { responseTopic: topic, correlationData: Buffer.from('seven') };
    while (asker.received.length === 0) {
      await asker.mqtt.publishAsync('surf/command', 'status', {
        qos: 1,
        ...(protocolVersion === 5 && { properties }),
      });
      await delay(10);
    }
    expect(JSON.parse(asker.received[0]?.text ?? '')).toMatchObject({ status: 'ok', data: { up: true } });
    if (protocolVersion === 5) {
      expect(asker.received[0]?.packet.properties?.correlationData?.toString()).toBe('seven');
    }
  });

  it('does not stay behind with a message the broker refuses', async () => {
    const broker = await mosquitto(['allow_anonymous true', 'acl_file /dev/null']);
    const { log, lines } = readableLog();
    const messaging = await startMessaging({ mqtt: { ...QUICK, url: broker.url }, log });
    for (const i of range(5)) messaging.emit(sessionEvent(i));
    await until(() => messaging.stats.connected && messaging.stats.events === 0, 'the events to be given up');
    expect(messaging.stats.droppedEvents).toBe(5);
    expect(lines.some(({ code }) => code === 'mqtt-forbidden')).toBe(true);
  });
});

/** A TCP proxy whose connections can be cut as a network cuts them. */
async function throughProxy(port: number, sockets: Set<Socket>): Promise<string> {
  const { url } = await fakeBroker(socket => {
    const upstream = connectTcp(port, '127.0.0.1');
    upstream.on('error', () => undefined);
    socket.on('close', () => upstream.destroy());
    sockets.add(socket);
    socket.pipe(upstream).pipe(socket);
  });
  return url;
}

describe('stop', () => {
  const states = {
    'the broker down': async () => `mqtt://127.0.0.1:${await getPort()}`,
    'an address that does not exist': async () => 'mqtt://surfwatch.invalid',
    'a broker that says nothing': async () => (await fakeBroker(() => undefined)).url,
    'a broker that hangs once connected': async () =>
      (await fakeBroker(socket => void socket.once('data', () => socket.write(CONNACK)))).url,
    'a broker that does not even read': async () =>
      (
        await fakeBroker(socket => {
          socket.once('data', () => {
            socket.write(CONNACK);
            socket.pause();
          });
        })
      ).url,
    'a broker that refuses the login': async () =>
      (await fakeBroker(socket => void socket.once('data', () => socket.end(Buffer.from([0x20, 2, 0, 5])))))
        .url,
    'a broker that hangs up at once': async () => (await fakeBroker(socket => void socket.end())).url,
    'a broker that floods': async () => (await fakeBroker(flood)).url,
    'the embedded broker': async () => '',
  };

  it.each(Object.entries(states))('does not hang with %s', async (_what, address) => {
    const url = await address();
    const messaging = await startMessaging({ mqtt: { ...QUICK, url, protocolVersion: '4' } });
    for (const i of range(100)) messaging.emit(sessionEvent(i));
    await delay(150);
    const begin = performance.now();
    await messaging.stop();
    // It gives up after two; a busy machine takes longer over what is left to do.
    expect(performance.now() - begin).toBeLessThan(15_000);
    expect(messaging.stats.connected).toBe(false);
  });

  it('may come at once after the start, twice, and without one', async () => {
    const messaging = await startMessaging();
    await Promise.all([messaging.stop(), messaging.stop()]);
  });

  it('warns of events that nobody took', async () => {
    const { log, lines } = readableLog();
    const messaging = await startMessaging({
      mqtt: { ...QUICK, url: `mqtt://127.0.0.1:${await getPort()}` },
      log,
    });
    messaging.emit(sessionEvent(0));
    await messaging.stop();
    expect(lines).toContainEqual(expect.objectContaining({ level: 40, events: 1 }));
  });
});

/** Sends commands as fast as the socket takes them. */
function flood(socket: Socket): void {
  const topic = Buffer.from('surf/command');
  const command = Buffer.from('status');
  const length = 2 + topic.length + command.length;
  const packet = Buffer.concat([Buffer.from([0x30, length, 0, topic.length]), topic, command]);
  const many = Buffer.concat(range(500).map(() => packet));
  const more = () => {
    while (!socket.destroyed && socket.write(many));
  };
  socket.once('data', () => {
    socket.write(CONNACK);
    socket.on('drain', more);
    more();
    socket.resume();
  });
  onTestFinished(() => void socket.destroy());
}
