import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createWebSocketStream, WebSocketServer } from 'ws';
import { connectFault, disconnection, withoutCredentials } from '../../src/messaging/faults.ts';
import type { MqttOptions } from '../../src/messaging/options.ts';
import { fc } from '../support/fast-check.ts';
import { readableLog } from '../support/log.ts';
import { until } from '../support/until.ts';
import { activity, startLink, warnings } from './link-support.ts';
import {
  certificates,
  client,
  fakeBroker,
  has,
  hasMosquitto,
  listener,
  mosquitto,
  onlyLogin,
  plainBroker,
} from './support.ts';

describe('connectFault', () => {
  it('never shows a password', () => {
    expect(withoutCredentials('mqtts://me:secret@broker:8883/x')).toBe('mqtts://broker:8883/x');
    expect(connectFault(undefined, 'mqtt://me:secret@broker').message).not.toContain('secret');
    expect(withoutCredentials('nonsense://me:secret@')).not.toContain('secret');
  });
});

describe('what a broker says when it ends a connection', () => {
  it.each([
    [142, 'mqtt-id-taken', 'Session taken over'],
    [135, 'mqtt-unauthorized', 'Not authorized'],
    [139, 'mqtt-unreachable', 'Server shutting down'],
    [151, 'mqtt-refused', 'Quota exceeded'],
    [250, 'mqtt-refused', 'reason code 250'],
  ])('%i is %s', (reasonCode, code, words) => {
    const fault = connectFault(disconnection(reasonCode, undefined), 'mqtt://me:secret@broker');
    expect(fault).toMatchObject({ code, message: expect.stringContaining(words) });
  });

  it('is handed on in its own words too', () => {
    expect(disconnection(151, 'pay first').message).toContain('Quota exceeded, pay first');
  });
});

describe('against a broker of MQTT 3.1.1', () => {
  it('falls back to MQTT 3.1.1, publishes with an acknowledgement and receives', async () => {
    const { url } = await plainBroker();
    const reader = await listener(url);
    const { link, messages, seen } = await startLink({ url });
    await until(() => link.connected, 'connected');
    await link.publish(activity('x'));
    await until(() => reader.last('surf/activity') === 'x', 'the activity');
    await reader.mqtt.publishAsync('surf/command/status', 'now', { qos: 1 });
    await until(() => messages.length === 1, 'the command');
    expect(messages[0]).toMatchObject({
      topic: 'surf/command/status',
      payload: Buffer.from('now'),
      retained: false,
    });
    expect(seen).toEqual({ connected: 1, disconnected: 0 });
  });

  it('speaks WebSocket', async () => {
    const { port: brokerPort } = await plainBroker();
    // The broker has none of its own: a bridge to its TCP port. Debian's Mosquitto cannot listen to WebSocket.
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    onTestFinished(() => server.close());
    server.on('connection', socket => {
      const stream = createWebSocketStream(socket);
      stream.pipe(connectTcp(brokerPort, '127.0.0.1')).pipe(stream);
    });
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const { link } = await startLink({ url: `ws://127.0.0.1:${port}` });
    await until(() => link.connected, 'connected');
    await link.publish(activity('x'));
    await link.stop({ graceful: true, graceMs: 1_000 });
  });

  it('takes the login from the address too', async () => {
    const { url } = await plainBroker(onlyLogin('a b', 'p@ss'));
    const { link } = await startLink({ url: url.replace('//', '//a%20b:p%40ss@') });
    await until(() => link.connected, 'connected');
    expect(link.address).toBe(url);
  });

  it('says once that the login is refused, keeps trying, and gets in when it may', async () => {
    const { authenticate } = onlyLogin('a', 'right');
    let tries = 0;
    const { url, ...broker } = await plainBroker({
      authenticate: (...login) => {
        tries += 1;
        authenticate?.(...login);
      },
    });
    const { log, lines } = readableLog();
    const login = { url, username: 'a', password: 'wrong' };
    const { link } = await startLink(login, { log });
    await until(() => tries > 2, 'several tries');
    expect(warnings(lines)).toEqual([
      expect.objectContaining({
        code: 'mqtt-unauthorized',
        remedy: expect.stringContaining('mqtt.password'),
      }),
    ]);
    expect(link.connected).toBe(false);
    await broker.stop();
    await plainBroker(onlyLogin('a', 'wrong'), broker.port);
    await until(() => link.connected, 'connected');
  });

  it('refuses to publish while it is not connected', async () => {
    const { url, ...broker } = await plainBroker();
    const { link, seen } = await startLink({ url });
    await until(() => link.connected, 'connected');
    await broker.stop();
    await until(() => seen.disconnected === 1, 'the loss');
    await expect(link.publish(activity('x'))).rejects.toMatchObject({ code: 'mqtt-unreachable' });
  });
});

describe('against what is no good broker', () => {
  const CONNACK = Buffer.from([0x20, 2, 0, 0]);

  it('gives up on one that says nothing, and tries again', async () => {
    const { url, connections } = await fakeBroker(() => undefined);
    const { log, lines } = readableLog();
    await startLink({ url, connectTimeoutMs: 50 }, { log });
    await until(() => connections.size >= 3, 'three attempts');
    expect(warnings(lines)).toEqual([expect.objectContaining({ code: 'mqtt-unreachable' })]);
  });

  it('gives up on one that acknowledges nothing, though it is connected', async () => {
    const { url, connections } = await fakeBroker(socket => {
      socket.once('data', () => socket.write(CONNACK));
    });
    const { link, seen } = await startLink({ url, ackTimeoutMs: 50, protocolVersion: '4' });
    await until(() => link.connected, 'connected');
    link.publish(activity('x')).catch(() => undefined);
    await until(() => seen.disconnected >= 1 && connections.size >= 2, 'another attempt');
  });

  it('ends a connection that brings a packet too large to hold', async () => {
    const large = Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f]);
    const { url } = await fakeBroker(socket => {
      socket.once('data', () => socket.write(Buffer.concat([CONNACK, large])));
    });
    const { log, lines } = readableLog();
    await startLink({ url, protocolVersion: '4' }, { log });
    await until(() => warnings(lines).some(({ code }) => code === 'mqtt-refused'), 'the refusal');
  });

  it('survives any bytes', async () => {
    let sent = 0;
    const garbage = fc.sample(fc.uint8Array({ minLength: 1, maxLength: 100 }), 40);
    const { url } = await fakeBroker(socket => {
      const bytes = garbage[sent++];
      socket.once('data', () =>
        socket.end(Buffer.concat([sent % 2 ? CONNACK : Buffer.of(), bytes ?? CONNACK])),
      );
    });
    const { link } = await startLink({ url, reconnectMinMs: 1, reconnectMaxMs: 2 });
    await until(() => sent > garbage.length, 'all attempts');
    await link.stop({ graceful: true, graceMs: 100 });
  });

  it('tries the other version of MQTT on one that hangs up at the first', async () => {
    const versions: number[] = [];
    const { url } = await fakeBroker(socket => {
      socket.once('data', connect => {
        const version = connect[8] ?? 0;
        versions.push(version);
        if (version === 4) socket.write(CONNACK);
        else socket.end();
      });
    });
    const { link } = await startLink({ url });
    await until(() => link.connected, 'connected');
    expect(versions).toEqual([5, 4]);
  });

  it('refuses certificate files that cannot be used', async () => {
    const start = (options: Partial<MqttOptions>) => startLink(options);
    const code = 'mqtt-tls-invalid';
    await expect(start({ url: 'mqtts://x', caFile: '/no/such' })).rejects.toMatchObject({ code });
    await expect(start({ url: 'mqtts://x', certFile: '/etc/hosts' })).rejects.toMatchObject({ code });
    await expect(start({ url: 'mqtt://x', caFile: '/etc/hosts' })).rejects.toMatchObject({ code });
  });
});

describe.skipIf(!hasMosquitto)('against Mosquitto', () => {
  it('speaks MQTT 5, or 3.1.1 where told', async () => {
    const { url } = await mosquitto();
    const { log, lines } = readableLog();
    const five = await startLink({ url }, { log });
    const four = await startLink({ url, clientId: 'four', protocolVersion: '4' }, { log });
    await until(() => five.link.connected && four.link.connected, 'both connected');
    expect(lines.map(({ mqtt }) => mqtt).sort()).toEqual(['3.1.1', '5']);
    await Promise.all([five.link.publish(activity('5')), four.link.publish(activity('4'))]);
  });

  it('keeps to the number of messages in flight that the broker bears', async () => {
    const { url } = await mosquitto(['allow_anonymous true', 'max_inflight_messages 3']);
    const { link } = await startLink({ url });
    await until(() => link.connected, 'connected');
    expect(link.window).toBe(3);
  });

  it('says that a message is refused, and stays connected', async () => {
    const { url } = await mosquitto(['allow_anonymous true', 'acl_file /dev/null']);
    const { link } = await startLink({ url });
    await until(() => link.connected, 'connected');
    await expect(link.publish(activity('x'))).rejects.toMatchObject({ code: 'mqtt-forbidden' });
    expect(link.connected).toBe(true);
  });

  it('hands on the response topic and the correlation data of MQTT 5', async () => {
    const { url } = await mosquitto();
    const { link, messages } = await startLink({ url });
    await until(() => link.connected, 'connected');
    const asker = await client(url, { protocolVersion: 5 });
    const properties = { responseTopic: 'answers', correlationData: Buffer.from('c') };
    // The subscription may still be under way.
    while (messages.length === 0) {
      await asker.mqtt.publishAsync('surf/command', 'status', { qos: 1, properties });
      await delay(10);
    }
    expect(messages[0]).toMatchObject(properties);
  });

  describe.skipIf(!has('openssl'))('with TLS', () => {
    it('checks the certificate of the broker, and shows its own', async () => {
      const file = certificates();
      const { port } = await mosquitto([
        `cafile ${file('ca.crt')}`,
        `certfile ${file('server.crt')}`,
        `keyfile ${file('server.key')}`,
        'require_certificate true',
        'use_identity_as_username true',
      ]);
      const url = `mqtts://localhost:${port}`;
      const files = { caFile: file('ca.crt'), certFile: file('client.crt'), keyFile: file('client.key') };

      const good = await startLink({ url, ...files });
      await until(() => good.link.connected, 'connected');
      await good.link.publish(activity('x'));

      const { log, lines } = readableLog();
      const { certFile, keyFile } = files;
      const distrustful = await startLink({ url, certFile, keyFile, clientId: 'b' }, { log });
      await until(() => warnings(lines).length > 0, 'the warning');
      expect(warnings(lines)[0]).toMatchObject({ code: 'mqtt-tls-untrusted' });
      expect(distrustful.link.connected).toBe(false);

      const refused = readableLog();
      const unknown = await startLink({ url, caFile: files.caFile, clientId: 'c' }, { log: refused.log });
      await until(() => warnings(refused.lines).length > 0, 'the refusal');
      expect(unknown.link.connected).toBe(false);

      const careless = await startLink({ url, certFile, keyFile, clientId: 'd', rejectUnauthorized: false });
      await until(() => careless.link.connected, 'connected without a check');
    });

    it('uses renewed files at the next connection', async () => {
      const [file, other] = [certificates(), certificates()];
      const { port } = await mosquitto([
        'allow_anonymous true',
        `certfile ${file('server.crt')}`,
        `keyfile ${file('server.key')}`,
      ]);
      const caFile = other('ca.crt');
      const { log, lines } = readableLog();
      const { link } = await startLink({ url: `mqtts://localhost:${port}`, caFile }, { log });
      await until(() => warnings(lines).length > 0, 'the warning');
      expect(link.connected).toBe(false);
      writeFileSync(caFile, readFileSync(file('ca.crt')));
      await until(() => link.connected, 'connected');
    });
  });
});
