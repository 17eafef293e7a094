import { once } from 'node:events';
import { connect as connectTcp, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { connectAsync, type IClientOptions } from 'mqtt';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isLoopback } from '../../src/messaging/access.ts';
import { EmbeddedBroker } from '../../src/messaging/broker.ts';
import type { BrokerOptions } from '../../src/messaging/options.ts';
import { fc } from '../support/fast-check.ts';
import { readableLog, silent } from '../support/log.ts';
import { until } from '../support/until.ts';
import { BROKER, client, clock, closed, listener } from './support.ts';

function newBroker(options: Partial<BrokerOptions> = {}, log = silent): EmbeddedBroker {
  const broker = new EmbeddedBroker({ options: { ...BROKER, ...options }, base: 'surf', clock, log });
  onTestFinished(() => broker.stop());
  return broker;
}

async function startBroker(options: Partial<BrokerOptions> = {}) {
  const broker = newBroker(options);
  await broker.start();
  return { broker, url: `mqtt://127.0.0.1:${broker.address.port}` };
}

async function rawSocket(url: string) {
  const socket = connectTcp(Number(new URL(url).port), '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => undefined);
  let ended = false;
  socket.once('close', () => {
    ended = true;
  });
  socket.resume();
  await once(socket, 'connect');
  return { socket, isClosed: () => ended };
}

/** CONNECT of MQTT 3.1.1 with a retained last will, as no library would send it. */
function connectWithWill(topic: string): Buffer {
  const text = (value: string) => {
    const bytes = Buffer.from(value);
    return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]);
  };
  const body = Buffer.concat([
    text('MQTT'),
    Buffer.from([4, 0b100110, 0, 60]),
    text('ann'),
    text(topic),
    text('x'),
  ]);
  const length = body.length < 128 ? [body.length] : [(body.length & 127) | 128, body.length >> 7];
  return Buffer.concat([Buffer.from([0x10, ...length]), body]);
}

async function takenPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

const login = (url: string, options: IClientOptions = {}) =>
  connectAsync(url, { reconnectPeriod: 0, ...options }, false).then(
    mqtt => {
      mqtt.end(true);
      return 'accepted';
    },
    (error: Error & { code?: number }) => error.code,
  );

describe('address', () => {
  it.each(['0.0.0.0', '::', '192.168.1.5', 'surf.local'])(
    '%s needs a user, and TLS unless told otherwise',
    async host => {
      await expect(newBroker({ host }).start()).rejects.toMatchObject({ code: 'broker-open-refused' });
      await expect(newBroker({ host, username: 'a' }).start()).rejects.toMatchObject({
        code: 'broker-open-refused',
      });
      await expect(newBroker({ host, username: 'a', password: '' }).start()).rejects.toMatchObject({
        code: 'broker-open-refused',
      });
      await expect(newBroker({ host, username: 'a', password: 'b' }).start()).rejects.toMatchObject({
        code: 'broker-open-refused',
        message: expect.stringContaining('broker.allowPlaintext'),
      });
    },
  );

  it('may be open to others with both', async () => {
    const { broker } = await startBroker({
      host: '0.0.0.0',
      username: 'a',
      password: 'b',
      allowPlaintext: true,
    });
    expect(broker.address.port).toBeGreaterThan(0);
  });

  it('is loopback for 127.0.0.0/8, ::1 and localhost', () => {
    expect(['127.0.0.1', '127.9.9.9', '::1', 'localhost'].map(isLoopback)).toEqual([true, true, true, true]);
    expect(['128.0.0.1', '::', '::2', '', 'localhost.example'].some(isLoopback)).toBe(false);
  });

  it('says that the port is taken', async () => {
    const port = await takenPort();
    await expect(newBroker({ port }).start()).rejects.toMatchObject({
      code: 'broker-port-taken',
      message: expect.stringContaining(String(port)),
    });
  });

  it('takes the next free port where that is permitted', async () => {
    const port = await takenPort();
    const { broker, url } = await startBroker({ port, portFallback: true });
    expect(broker.address.port).not.toBe(port);
    expect(await login(url)).toBe('accepted');
  });

  it('says that the address is not one of this computer', async () => {
    const options = { host: '192.0.2.1', username: 'a', password: 'b', allowPlaintext: true };
    await expect(newBroker(options).start()).rejects.toMatchObject({ code: 'broker-listen-failed' });
  });
});

describe('login', () => {
  it('is not needed where none is set', async () => {
    const { url } = await startBroker();
    expect(await login(url)).toBe('accepted');
  });

  it('is needed by all where one is set', async () => {
    const { url } = await startBroker({ username: 'reader', password: 'sea' });
    expect(await login(url)).toBe(4);
    expect(await login(url, { username: 'reader' })).toBe(4);
    expect(await login(url, { username: 'reader', password: 'seas' })).toBe(4);
    expect(await login(url, { username: 'Reader', password: 'sea' })).toBe(4);
    expect(await login(url, { username: 'reader', password: 'sea' })).toBe('accepted');
  });

  it("can not take the place of the daemon's own client", async () => {
    const { broker, url } = await startBroker();
    const own = await client(url, broker.own);
    expect(await login(url, { clientId: broker.own.clientId })).toBe(4);
    expect(own.mqtt.connected).toBe(true);
  });
});

describe('what a stranger publishes', () => {
  it("never replaces the daemon's activity", async () => {
    const { broker, url } = await startBroker();
    const own = await client(url, broker.own);
    await own.mqtt.publishAsync('surf/activity', 'true', { qos: 1, retain: true });
    const stranger = await client(url, { clientId: 'surfwatch' });
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

  it.each(['#', 'surf/command/+', 'a/#/b', '', 'a\0b', 'x'.repeat(513)])(
    'is refused where its last will is on the topic %j',
    async topic => {
      const { url } = await startBroker();
      const watching = await listener(url, '#');
      const { socket } = await rawSocket(url);
      const answers: Buffer[] = [];
      socket.on('data', chunk => answers.push(chunk));
      const gone = once(socket, 'close');
      socket.write(connectWithWill(topic));
      await Promise.race([gone, until(() => answers.length > 0, 'an answer')]);
      // Where it was let in, its will is due now.
      socket.destroy();
      await watching.mqtt.publishAsync('end', '', { qos: 1 });
      await until(() => watching.last('end') === '', 'the last message');
      const late = await listener(url, '#');
      await late.mqtt.publishAsync('end', '', { qos: 1 });
      await until(() => late.last('end') === '', 'the last message again');
      expect(Buffer.concat(answers).toString('hex')).not.toMatch(/^2002..00/);
      for (const { received } of [watching, late]) {
        expect(new Set(received.map(message => message.topic))).toEqual(new Set(['end']));
      }
    },
  );

  it('reaches the daemon as a command', async () => {
    const { broker, url } = await startBroker();
    const own = await client(url, broker.own);
    await own.mqtt.subscribeAsync('surf/command/+', { qos: 1 });
    const stranger = await client(url);
    await stranger.mqtt.publishAsync('surf/command/status', '', { qos: 1 });
    await until(() => own.received.length === 1, 'the command');
  });
});

describe('limits', () => {
  it('ends the connection of a packet that is too large, and no other', async () => {
    const { url } = await startBroker({ maxPacketBytes: 2_000 });
    const other = await listener(url, 'x');
    const large = await client(url);
    const gone = closed(large.mqtt);
    large.mqtt.publish('x', Buffer.alloc(3_000));
    await gone;
    const small = await client(url);
    await small.mqtt.publishAsync('x', Buffer.alloc(1_000, 'a'), { qos: 1 });
    await until(() => other.received.length === 1, 'the permitted message');
    expect(other.last('x')).toHaveLength(1_000);
  });

  it('refuses more clients than permitted, but not the daemon', async () => {
    const { broker, url } = await startBroker({ maxConnections: 2 });
    await client(url, broker.own);
    const first = await client(url);
    await client(url);
    expect(await login(url)).toBe(3);
    expect(await login(url, broker.own)).toBe('accepted');
    await first.mqtt.endAsync();
    await until(() => !first.mqtt.connected, 'one gone');
    for (let i = 0; i < 50 && (await login(url)) !== 'accepted'; i++) await delay(20);
    expect(await login(url)).toBe('accepted');
  });

  it('ends a connection that says nothing', async () => {
    const { url } = await startBroker({ connectTimeoutMs: 50 });
    const { isClosed } = await rawSocket(url);
    await until(isClosed, 'the connection to be closed');
  });
});

describe('bad input', () => {
  const CONNECT = Buffer.from([0x10, 14, 0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 2, 0, 60, 0, 2, 0x78, 0x78]);

  it('does not end the broker', async () => {
    const { url } = await startBroker();
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
  });

  it.each([
    ['a topic with a wildcard', Buffer.from([0x30, 4, 0, 2, 0x61, 0x23])],
    ['an empty topic', Buffer.from([0x30, 2, 0, 0])],
    ['a subscription to nothing', Buffer.from([0x82, 2, 0, 1])],
    ['a malformed filter', Buffer.from([0x82, 7, 0, 1, 0, 2, 0x23, 0x61, 1])],
    ['a second CONNECT', CONNECT],
    ['a very deep topic', Buffer.from([0x30, 0xff, 2, 1, 0x7d, ...Buffer.alloc(381, '/')])],
  ])('with %s ends that connection alone', async (_what, packet) => {
    const { url } = await startBroker();
    const other = await client(url);
    const { socket, isClosed } = await rawSocket(url);
    socket.write(CONNECT);
    socket.write(packet);
    await until(isClosed, 'the connection to be closed');
    expect(other.mqtt.connected).toBe(true);
    expect(await login(url)).toBe('accepted');
  });

  it('in a flood leaves the daemon able to publish', async () => {
    const { broker, url } = await startBroker();
    const own = await client(url, broker.own);
    const flooding = await Promise.all([1, 2, 3].map(() => client(url)));
    for (const { mqtt } of flooding) {
      for (let i = 0; i < 3_000; i++) mqtt.publish(`noise/${i % 10}`, Buffer.alloc(200), { qos: 0 });
    }
    await own.mqtt.publishAsync('surf/activity', 'x', { qos: 1, retain: true });
    const reader = await listener(url);
    await until(() => reader.last('surf/activity') === 'x', 'the activity');
  });

  it('is not logged once for each', async () => {
    const { log, lines } = readableLog();
    const broker = newBroker({}, log);
    await broker.start();
    const url = `mqtt://127.0.0.1:${broker.address.port}`;
    for (let i = 0; i < 5; i++) {
      const stranger = await client(url);
      const gone = closed(stranger.mqtt);
      stranger.mqtt.publish('surf/activity', 'x');
      await gone;
    }
    expect(lines.filter(({ level }) => Number(level) >= 40)).toHaveLength(1);
  });
});

describe('stop', () => {
  it('ends every connection, also one that is not logged in, and frees the port', async () => {
    const { broker, url } = await startBroker();
    const { mqtt } = await client(url);
    const { isClosed } = await rawSocket(url);
    await broker.stop();
    await until(() => !mqtt.connected && isClosed(), 'both to be closed');
    const again = newBroker({ port: Number(new URL(url).port) });
    await again.start();
  });

  it('may come twice, and before a start', async () => {
    const broker = newBroker();
    await broker.stop();
    await broker.start();
    await Promise.all([broker.stop(), broker.stop()]);
  });
});
