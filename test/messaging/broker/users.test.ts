/** Users at a real broker: who gets in, who is thrown out, and what they can do; TLS; also from another address. */
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync, connect as connectMqtt, type IClientOptions } from 'mqtt';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hashPassword } from '../../../src/messaging/broker/password.ts';
import type { Users } from '../../../src/messaging/broker/users-file.ts';
import { EmbeddedBroker, type EmbeddedBrokerSetup } from '../../../src/messaging/broker.ts';
import type { BrokerOptions } from '../../../src/messaging/options.ts';
import { ownLinkOptions } from '../../../src/messaging/own-link.ts';
import { silent } from '../../support/log.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { until } from '../../support/until.ts';
import { BROKER, certificates, client, clock, closed, listener, QUICK } from '../support.ts';

const HASHES = {
  reader: await hashPassword(Buffer.from('reader-secret')),
  labeller: await hashPassword(Buffer.from('labeller-secret')),
};

const USERS: Users = {
  rita: { role: 'reader', password: HASHES.reader, read: [], write: [] },
  lars: { role: 'labeller', password: HASHES.labeller, read: [], write: [] },
};
const RITA = { username: 'rita', password: 'reader-secret' };
const LARS = { username: 'lars', password: 'labeller-secret' };
const OPERATOR = { username: 'op', password: 'operator-secret' };

async function start(options: Partial<BrokerOptions> = {}, more: Partial<EmbeddedBrokerSetup> = {}) {
  const usersFile = join(await temporaryFolder(), 'users.json');
  writeFileSync(usersFile, JSON.stringify(USERS));
  const broker = new EmbeddedBroker({
    options: { ...BROKER, usersFile, ...OPERATOR, ...options },
    base: 'surf',
    lookEveryMs: 20,
    clock,
    log: silent,
    ...more,
  });
  onTestFinished(() => broker.stop());
  await broker.start();
  const { port, isEncrypted } = broker.address;
  return { broker, usersFile, url: `${isEncrypted ? 'mqtts' : 'mqtt'}://127.0.0.1:${port}` };
}

const login = (url: string, options: IClientOptions = {}) =>
  connectAsync(url, { reconnectPeriod: 0, connectTimeout: 15_000, ...options }, false).then(
    mqtt => {
      mqtt.end(true);
      return 'accepted';
    },
    (error: Error & { code?: number | string }) => error.code,
  );

describe('a login', () => {
  it('is one of the file, or the operator of the settings', async () => {
    const { url } = await start();
    expect(await login(url)).toBe(4);
    expect(await login(url, RITA)).toBe('accepted');
    expect(await login(url, OPERATOR)).toBe('accepted');
    expect(await login(url, { ...RITA, password: 'labeller-secret' })).toBe(4);
    expect(await login(url, { ...RITA, username: '__proto__' })).toBe(4);
    expect(await login(url, { username: 'rita' })).toBe(4);
  });

  it('ends with the user, or with other rights', async () => {
    const { url, usersFile } = await start();
    const rita = await client(url, RITA);
    const lars = await client(url, LARS);
    const gone = closed(rita.mqtt);
    writeFileSync(usersFile, JSON.stringify({ lars: USERS.lars }));
    await gone;
    expect(await login(url, RITA)).toBe(4);
    writeFileSync(usersFile, 'half a f');
    await clock.sleep(100);
    expect(lars.mqtt.connected).toBe(true);
    expect(await login(url, LARS)).toBe('accepted');
  });

  it("can not take another user's client id, connected or away", async () => {
    const { url } = await start();
    const rita = await listener(url, 'surf/event', {
      ...RITA,
      clientId: 'phone',
      clean: false,
      reconnectPeriod: 0,
    });
    expect(await login(url, { ...LARS, clientId: 'phone' })).toBe(2);
    expect(rita.mqtt.connected).toBe(true);
    await rita.mqtt.endAsync();
    expect(await login(url, { ...LARS, clientId: 'phone', clean: false })).toBe(2);
    expect(await login(url, { ...RITA, clientId: 'phone' })).toBe('accepted');
  });
});

describe('what users can do', () => {
  it('a wildcard gives a reader what it may read, retained or not, and no more', async () => {
    const { broker, url } = await start();
    const own = await client(url, broker.own);
    const say = (topic: string, retain = false) => own.mqtt.publishAsync(topic, topic, { qos: 1, retain });
    for (const topic of ['surf/activity', 'surf/response/frame', 'other/kept']) await say(topic, true);
    const rita = await listener(url, '#', RITA);
    const lars = await listener(url, '#', LARS);
    for (const topic of [
      'surf/event',
      'surf/response/retrain',
      'surf/response/status',
      'other/x',
      'surf/training',
    ]) {
      await say(topic);
    }
    const heard = ({ received }: typeof rita) => received.map(({ topic }) => topic).sort();
    await until(() => rita.last('surf/training') !== undefined, 'the last for the reader');
    await until(() => lars.last('surf/training') !== undefined, 'the last for the labeller');
    expect(heard(rita)).toEqual(['surf/activity', 'surf/event', 'surf/training']);
    expect(heard(lars)).toEqual([
      'surf/activity',
      'surf/event',
      'surf/response/frame',
      'surf/response/status',
      'surf/training',
    ]);
  });

  it('a subscription to what is forbidden alone is refused', async () => {
    const { url } = await start();
    const rita = await client(url, RITA);
    await expect(rita.mqtt.subscribeAsync('surf/command/#')).rejects.toThrow();
    expect(rita.mqtt.connected).toBe(true);
  });

  it('a forbidden command is answered to its sender, and does not reach the daemon', async () => {
    const { broker, url } = await start();
    const own = await client(url, broker.own);
    await own.mqtt.subscribeAsync(['surf/command', 'surf/command/+', 'surf/label'], { qos: 1 });
    const lars = await listener(url, 'surf/response/+', LARS);
    const rita = await listener(url, 'surf/#', RITA);
    await lars.mqtt.publishAsync('surf/command', '{"command":"retrain","transaction":"7"}', { qos: 1 });
    await lars.mqtt.publishAsync('surf/command/status', '', { qos: 1 });
    await rita.mqtt.publishAsync('surf/label', '{"frame":"x","labels":[]}', { qos: 1 });
    await until(() => own.received.length === 1 && lars.received.length === 1, 'the answer');
    expect(own.received.map(({ topic }) => topic)).toEqual(['surf/command/status']);
    expect(JSON.parse(lars.last('surf/response/retrain') ?? '')).toMatchObject({
      status: 'error',
      code: 'command-forbidden',
      transaction: '7',
    });
    await until(() => rita.last('surf/response/label') !== undefined, 'the answer to the reader');
    expect(lars.mqtt.connected && rita.mqtt.connected).toBe(true);
  });
});

describe('a session', () => {
  it('has what was published while its client was away, over a restart of the broker', async () => {
    const file = join(await temporaryFolder(), 'broker.db');
    const { broker, url, usersFile } = await start({}, { file });
    const asRita = { ...RITA, clientId: 'phone', clean: false, reconnectPeriod: 0 };
    const before = await listener(url, 'surf/#', asRita);
    await before.mqtt.endAsync();
    const own = await client(url, broker.own);
    for (const n of ['1', '2', '3']) await own.mqtt.publishAsync('surf/event', n, { qos: 1 });
    await own.mqtt.publishAsync('surf/availability', 'online', { qos: 1, retain: true });
    const op = await client(url, OPERATOR);
    await op.mqtt.publishAsync('lamp', 'on', { qos: 1, retain: true });
    await broker.stop();
    const again = await start({ usersFile }, { file });
    // What waits comes right behind the acceptance: it must be listened to before.
    const after = connectMqtt(again.url, asRita);
    onTestFinished(() => void after.end(true));
    const events: string[] = [];
    after.on('message', (topic, payload) => topic === 'surf/event' && events.push(payload.toString()));
    await until(() => events.length === 3, 'the events');
    expect(events).toEqual(['1', '2', '3']);
    const other = await listener(again.url, '#', OPERATOR);
    await until(() => other.last('lamp') === 'on', 'the retained message of the other client');
    expect(other.on('surf/availability')).toEqual([]);
  });
});

describe('limits', () => {
  it('are kept for subscriptions', async () => {
    const { url } = await start({ maxSubscriptions: 2 });
    const op = await client(url, OPERATOR);
    const granted = await op.mqtt.subscribeAsync(['a', 'b']);
    expect(granted.map(({ qos }) => qos)).toEqual([0, 0]);
    await expect(op.mqtt.subscribeAsync('c')).rejects.toThrow();
    await op.mqtt.unsubscribeAsync('a');
    await op.mqtt.subscribeAsync('c');
  });

  it('are kept for connections of one address', async () => {
    const { url } = await start({ maxConnectionsPerAddress: 1 });
    const first = await client(url, OPERATOR);
    expect(await login(url, OPERATOR)).not.toBe('accepted');
    expect(first.mqtt.connected).toBe(true);
  });

  it('slow down a client that is too fast, and lose nothing', async () => {
    const { url } = await start({ maxMessagesPerSecond: 50 });
    const slow = await listener(url, 'x', OPERATOR);
    const began = clock.monotonic();
    const op = await client(url, OPERATOR);
    for (let i = 0; i < 125; i++) op.mqtt.publish('x', String(i));
    await until(() => slow.received.length === 125, 'all of them');
    expect(clock.monotonic() - began).toBeGreaterThan(400);
    expect(slow.on('x')).toEqual(Array.from({ length: 125 }, (_, i) => String(i)));
  });

  it('cut off a client that takes nothing, and hold up no other', async () => {
    const { url } = await start({ maxQueuedBytes: 65_536, maxMessagesPerSecond: 10_000 });
    const stuck = await listener(url, 'big', { ...OPERATOR, clientId: 'stuck', reconnectPeriod: 0 });
    const other = await listener(url, 'small', OPERATOR);
    stuck.mqtt.stream.pause();
    const gone = closed(stuck.mqtt);
    const op = await client(url, OPERATOR);
    for (let i = 0; i < 400; i++) await op.mqtt.publishAsync('big', Buffer.alloc(60_000), { qos: 1 });
    await op.mqtt.publishAsync('small', 'x', { qos: 1 });
    await until(() => other.last('small') === 'x', 'the message to the other');
    stuck.mqtt.stream.resume();
    await gone;
  });
});

describe('TLS', () => {
  const path = (() => {
    const folder = mkdtempSync(join(tmpdir(), 'surfwatch-broker-tls-'));
    return { folder, at: (name: string) => join(folder, name) };
  })();

  it('is what the broker speaks then, also to the daemon itself by a way of its own', async () => {
    const pem = certificates();
    const files = { certFile: pem('server.crt'), keyFile: pem('server.key') };
    const { broker, url } = await start(files);
    const ca = readFileSync(pem('ca.crt'));
    expect(await login(url, { ...RITA, ca })).toBe('accepted');
    expect(await login(url.replace('mqtts', 'mqtt'), RITA)).not.toBe('accepted');
    const own = ownLinkOptions(QUICK, broker);
    expect(await login(String(own.url), { ...broker.own })).toBe('accepted');
    expect(await login(String(own.url), OPERATOR)).toBe(4);
  });

  it('asks for client certificates where an authority is set', async () => {
    const pem = certificates();
    const { url } = await start({
      certFile: pem('server.crt'),
      keyFile: pem('server.key'),
      caFile: pem('ca.crt'),
    });
    const ca = readFileSync(pem('ca.crt'));
    const identity = { cert: readFileSync(pem('client.crt')), key: readFileSync(pem('client.key')) };
    expect(await login(url, { ...RITA, ca, ...identity })).toBe('accepted');
    expect(await login(url, { ...RITA, ca })).not.toBe('accepted');
  });

  it('takes up a renewed certificate, and keeps the old one where the new can not be used', async () => {
    const [first, second] = [certificates(), certificates()];
    onTestFinished(() => rmSync(path.folder, { recursive: true, force: true }));
    const put = (from: (name: string) => string, names: readonly string[]) => {
      for (const name of names) copyFileSync(from(name), path.at(name));
    };
    put(first, ['server.crt', 'server.key']);
    const { url } = await start({ certFile: path.at('server.crt'), keyFile: path.at('server.key') });
    const with1 = { ...RITA, ca: readFileSync(first('ca.crt')) };
    const with2 = { ...RITA, ca: readFileSync(second('ca.crt')) };
    expect([await login(url, with1), await login(url, with2)][0]).toBe('accepted');
    put(second, ['server.crt']);
    await clock.sleep(100);
    expect(await login(url, with1)).toBe('accepted');
    put(second, ['server.key']);
    for (let i = 0; i < 100 && (await login(url, with2)) !== 'accepted'; i++) await clock.sleep(20);
    expect(await login(url, with2)).toBe('accepted');
    expect(await login(url, with1)).not.toBe('accepted');
  });

  it('is refused with a key of another certificate, or without its files', async () => {
    const [one, other] = [certificates(), certificates()];
    const files = { certFile: one('server.crt'), keyFile: other('server.key') };
    await expect(start(files)).rejects.toMatchObject({ code: 'broker-tls-invalid', exitStatus: 78 });
    await expect(start({ ...files, keyFile: '/none' })).rejects.toMatchObject({ code: 'broker-tls-invalid' });
  });
});

const elsewhere = Object.values(networkInterfaces())
  .flat()
  .find(found => found !== undefined && !found.internal && found.family === 'IPv4')?.address;
if (elsewhere === undefined) console.warn('no address but loopback: the test of strangers is skipped');

describe.skipIf(elsewhere === undefined)('from another address', () => {
  it('nothing is readable or writable without a login', async () => {
    const { broker } = await start({ host: elsewhere ?? '', allowPlaintext: true });
    const url = `mqtt://${elsewhere}:${broker.address.port}`;
    expect(await login(url)).toBe(4);
    expect(await login(url, { username: 'rita', password: '' })).toBe(4);
    expect(await login(url, { username: '', password: '' })).toBe(4);
    expect(await login(url, RITA)).toBe('accepted');
    const own = await client(url, broker.own);
    await own.mqtt.subscribeAsync('#');

    const socket = connect(broker.address.port, elsewhere ?? '');
    const heard: Buffer[] = [];
    socket.on('data', data => heard.push(data));
    const ended = new Promise(resolve => socket.once('close', resolve));
    // PUBLISH and SUBSCRIBE without, and after a refused, CONNECT.
    const connectPacket = Buffer.from([
      0x10, 14, 0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 2, 0, 60, 0, 2, 0x78, 0x78,
    ]);
    const publish = Buffer.from([0x30, 4, 0, 1, 0x78, 0x79]);
    const subscribe = Buffer.from([0x82, 6, 0, 1, 0, 1, 0x23, 0]);
    socket.write(Buffer.concat([connectPacket, publish, subscribe]));
    await ended;
    expect(Buffer.concat(heard)).toEqual(Buffer.from([0x20, 2, 0, 4]));
    expect(own.received).toEqual([]);
  });
});
