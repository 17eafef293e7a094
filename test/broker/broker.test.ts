/** What the embedded broker lets clients do. */

import { once } from 'node:events';
import { connectAsync, type IClientOptions } from 'mqtt';
import { describe, expect, it } from 'vitest';
import { client, closed, listener } from '../messaging/support.ts';
import { fc } from '../support/fast-check.ts';
import { readableLog } from '../support/log.ts';
import { until } from '../support/until.ts';
import { ownClient, packet, rawSocket, startBroker, text } from './support.ts';

const login = (url: string, options: IClientOptions = {}) =>
  connectAsync(url, { reconnectPeriod: 0, ...options }, false).then(
    mqtt => {
      mqtt.end(true);
      return 'accepted';
    },
    (error: Error & { code?: number }) => error.code,
  );

describe('what a client publishes', () => {
  it("never replaces the daemon's activity", async () => {
    const { broker, url } = await startBroker();
    const own = await ownClient(broker);
    await own.mqtt.publishAsync('surf/activity', 'true', { qos: 1, retain: true });
    const stranger = await client(url);
    const gone = closed(stranger.mqtt);
    stranger.mqtt.publish('surf/activity', 'false', { qos: 1, retain: true });
    await gone;
    const reader = await listener(url);
    await own.mqtt.publishAsync('surf/end', '', { qos: 1 });
    await until(() => reader.last('surf/end') === '', 'the last message');
    expect(reader.on('surf/activity')).toEqual(['true']);
  });

  it('does not pass as a last will either', async () => {
    const { url } = await startBroker();
    const watching = await listener(url, '#');
    const will = { payload: Buffer.from('x'), qos: 1 as const, retain: true };
    for (const topic of ['surf/availability', 'elsewhere']) {
      const stranger = await client(url, { will: { topic, ...will } });
      stranger.mqtt.stream.destroy();
    }
    await until(() => watching.last('elsewhere') === 'x', 'the permitted will');
    expect(watching.on('surf/availability')).toEqual([]);
  });

  it('is refused where its last will is on no topic', async () => {
    const { url } = await startBroker();
    const watching = await listener(url, '#');
    for (const topic of ['#', 'surf/command/+', 'a/#/b', '', 'a\0b', 'x'.repeat(513)]) {
      const { socket } = await rawSocket(url);
      const answers: Buffer[] = [];
      socket.on('data', chunk => answers.push(chunk));
      const gone = once(socket, 'close');
      const flags = Buffer.from([4, 0b100110, 0, 60]);
      socket.write(packet(0x10, text('MQTT'), flags, text('ann'), text(topic), text('x')));
      await gone;
      expect(answers).toEqual([]);
    }
    await watching.mqtt.publishAsync('end', '', { qos: 1 });
    await until(() => watching.last('end') === '', 'the last message');
    const late = await listener(url, '#');
    await late.mqtt.publishAsync('end', '', { qos: 1 });
    await until(() => late.last('end') === '', 'the last message again');
    for (const { received } of [watching, late]) {
      expect(new Set(received.map(({ topic }) => topic))).toEqual(new Set(['end']));
    }
  });

  it('reaches the daemon as a command, and is not retained', async () => {
    const { broker, url } = await startBroker();
    const own = await ownClient(broker);
    await own.mqtt.subscribeAsync('surf/command/+', { qos: 1 });
    const stranger = await client(url);
    await stranger.mqtt.publishAsync('surf/command/status', '', { qos: 1, retain: true });
    await until(() => own.received.length === 1, 'the command');
    const late = await listener(url, 'surf/command/+');
    await stranger.mqtt.publishAsync('surf/command/status', 'second', { qos: 1 });
    await until(() => late.last('surf/command/status') === 'second', 'the second command');
    expect(late.received).toHaveLength(1);
  });

  it('is acknowledged only when its subscribers were sent it', async () => {
    const { broker, url } = await startBroker();
    const own = await ownClient(broker);
    const reader = await listener(url, 'surf/event');
    const order: string[] = [];
    reader.mqtt.on('message', () => order.push('received'));
    await own.mqtt.publishAsync('surf/event', 'x', { qos: 1 });
    // Killed with the acknowledgement under way: what it wrote arrives all the same.
    process.kill(broker.pid ?? 0, 'SIGKILL');
    await until(() => order.length === 1, 'the event');
  });
});

describe('a subscriber', () => {
  it('never gets an older retained value after a newer one', async () => {
    const { broker, url } = await startBroker();
    const own = await ownClient(broker);
    let value = 0;
    let isOver = false;
    const writing = (async () => {
      while (!isOver) {
        value += 1;
        await own.mqtt.publishAsync('surf/state', String(value), { qos: 1, retain: true });
      }
    })();
    for (let i = 0; i < 40; i++) {
      const reader = await listener(url, 'surf/state', { reconnectPeriod: 0 });
      const enough = value + 5;
      await until(() => Number(reader.last('surf/state') ?? 0) >= enough, 'newer values');
      const seen = reader.on('surf/state').map(Number);
      expect(seen).toEqual(seen.toSorted((a, b) => a - b));
      await reader.mqtt.endAsync();
    }
    isOver = true;
    await writing;
  });

  it('is told what is retained, and is given no pictures of others', async () => {
    const { broker, url } = await startBroker();
    const own = await ownClient(broker);
    await own.mqtt.subscribeAsync('surf/label/image/+', { qos: 1 });
    await own.mqtt.publishAsync('surf/state', 'running', { qos: 1, retain: true });
    const reader = await listener(url, '#');
    await until(() => reader.last('surf/state') === 'running', 'the state');
    const sender = await client(url);
    await sender.mqtt.publishAsync('surf/label/image/surfing', Buffer.alloc(300_000, 1), { qos: 1 });
    await until(() => own.received.length === 1, 'the picture');
    expect(own.received[0]?.payload).toHaveLength(300_000);
    await own.mqtt.publishAsync('surf/end', '', { qos: 1 });
    await until(() => reader.last('surf/end') === '', 'the last message');
    expect(reader.on('surf/label/image/surfing')).toEqual([]);
  });

  it('has a bounded number of subscriptions, and none that begins with $', async () => {
    const { url } = await startBroker();
    const { mqtt } = await client(url);
    const filters = Array.from({ length: 101 }, (_, i) => `topic/${i}`);
    await expect(mqtt.subscribeAsync(['$SYS/#'])).rejects.toThrow();
    await mqtt.subscribeAsync(filters.slice(0, 100));
    await expect(mqtt.subscribeAsync([filters[100] ?? ''])).rejects.toThrow();
    await mqtt.unsubscribeAsync(['topic/0']);
    await mqtt.subscribeAsync([filters[100] ?? '']);
  });
});

describe('a client', () => {
  it('cannot take the place of the daemon', async () => {
    const { broker, url } = await startBroker();
    const own = await ownClient(broker);
    expect(await login(url, { clientId: 'surfwatch-daemon' })).toBe(2);
    expect(await login(url, { clientId: 'x'.repeat(257) })).not.toBe('accepted');
    await own.mqtt.publishAsync('surf/state', 'x', { qos: 1 });
  });

  it('is one of a hundred at most', async () => {
    const { broker, url } = await startBroker();
    const clients = await Promise.all(Array.from({ length: 100 }, () => client(url)));
    expect(await login(url)).toBe(3);
    // The daemon is not one of them.
    const own = await ownClient(broker);
    await own.mqtt.publishAsync('surf/state', 'x', { qos: 1 });
    await clients[0]?.mqtt.endAsync();
    await expect.poll(() => login(url)).toBe('accepted');
  });

  it('that leaves an endless number of values has 200 of them kept', async () => {
    const { url } = await startBroker();
    const { mqtt } = await client(url);
    for (let i = 0; i < 210; i++) await mqtt.publishAsync(`left/${i}`, 'x', { qos: 1, retain: true });
    await mqtt.publishAsync('left/0', '', { qos: 1, retain: true });
    await mqtt.publishAsync('left/last', 'x', { qos: 1, retain: true });
    const reader = await listener(url, 'left/#');
    await until(() => reader.last('left/last') === 'x', 'the last value');
    await mqtt.publishAsync('left/end', '', { qos: 1 });
    await until(() => reader.last('left/end') === '', 'the end');
    expect(reader.received.length - 1).toBe(200);
  });
});

describe('bad input', () => {
  const CONNECT = packet(0x10, text('MQTT'), Buffer.from([4, 2, 0, 60]), text('xx'));

  it('does not end the broker', async () => {
    const { broker, url } = await startBroker();
    const { pid } = broker;
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 200 });
    await fc.assert(
      fc.asyncProperty(bytes, fc.boolean(), async (garbage, loggedIn) => {
        const { socket, isClosed } = await rawSocket(url);
        if (loggedIn) socket.write(CONNECT);
        socket.write(garbage);
        socket.end();
        await until(isClosed, 'the connection to be closed');
      }),
      { numRuns: 150 },
    );
    expect(await login(url)).toBe('accepted');
    expect(broker.pid).toBe(pid);
  });

  it('ends that connection alone', async () => {
    const { url } = await startBroker();
    const other = await client(url);
    const packets = {
      'a topic with a wildcard': Buffer.from([0x30, 4, 0, 2, 0x61, 0x23]),
      'an empty topic': Buffer.from([0x30, 2, 0, 0]),
      'a subscription to nothing': Buffer.from([0x82, 2, 0, 1]),
      'a malformed filter': Buffer.from([0x82, 7, 0, 1, 0, 2, 0x23, 0x61, 1]),
      'a second CONNECT': CONNECT,
      'a very deep topic': packet(0x30, text('/'.repeat(381))),
      'a topic that is too long': packet(0x30, text('x'.repeat(513))),
      'a length of five bytes': Buffer.from([0x30, 0x80, 0x80, 0x80, 0x80, 1]),
    };
    for (const [what, bytes] of Object.entries(packets)) {
      const { socket, isClosed } = await rawSocket(url);
      socket.write(CONNECT);
      socket.write(bytes);
      await until(isClosed, `the end of the connection with ${what}`);
    }
    expect(other.mqtt.connected).toBe(true);
  });

  it('is logged once a minute of each kind', async () => {
    const { log, lines } = readableLog();
    const { url } = await startBroker({}, log);
    for (let i = 0; i < 5; i++) {
      const stranger = await client(url);
      const gone = closed(stranger.mqtt);
      stranger.mqtt.publish('surf/activity', 'x');
      await gone;
    }
    expect(lines.filter(({ level }) => Number(level) >= 40)).toHaveLength(1);
  });
});
