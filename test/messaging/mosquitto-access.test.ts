import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Aedes, type AedesOptions, type Client } from 'aedes';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openRequester } from '../../src/messaging/request.ts';
import { DEFAULTS } from '../support/defaults.ts';
import { readableLog } from '../support/log.ts';
import { temporaryFolderSync } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';
import { startLink, warnings } from './link-support.ts';
import {
  client,
  clock,
  has,
  hasMosquitto,
  listener,
  mosquitto,
  QUICK,
  sessionEvent,
  startMessaging,
} from './support.ts';

const canTest = hasMosquitto && has('mosquitto_passwd');

/** A Mosquitto with the users `board`, `reader` and `operator`, whose passwords are their names backwards. */
async function guarded(acl: readonly string[]) {
  const folder = temporaryFolderSync();
  const [passwords, rules] = [join(folder, 'passwords'), join(folder, 'acl')];
  const users = ['board', 'reader', 'operator'];
  writeFileSync(passwords, users.map(user => `${user}:${backwards(user)}\n`).join(''), { mode: 0o600 });
  execFileSync('mosquitto_passwd', ['-U', passwords], { env: { PATH: `${process.env.PATH}:/usr/sbin` } });
  writeFileSync(rules, `${acl.join('\n')}\n`, { mode: 0o600 });
  return mosquitto(['allow_anonymous false', `password_file ${passwords}`, `acl_file ${rules}`]);
}

const backwards = (user: string) => [...user].reverse().join('');
const login = (username: string) => ({ username, password: backwards(username) });
const as = (user: string, url: string) => client(url, { ...login(user), protocolVersion: 5 });

const ALL = ['user board', 'topic readwrite surf/#'];

describe.skipIf(!canTest)('a broker with users and rules of access', () => {
  it('lets in with the right password alone', async () => {
    const { url } = await guarded(ALL);
    const { log, lines } = readableLog();
    const wrong = await startLink({ url, username: 'board', password: 'wrong', clientId: 'wrong' }, { log });
    await until(() => warnings(lines).length > 0, 'the warning');
    expect(warnings(lines)[0]).toMatchObject({ code: 'mqtt-unauthorized' });
    expect(wrong.link.connected).toBe(false);
    const right = await startLink({ url, ...login('board') });
    await until(() => right.link.connected, 'connected');
  });

  it('that forbids topics leads to an alert that names them, and the others go on', async () => {
    const { url } = await guarded([
      'user board',
      'topic write surf/activity/#',
      'topic write surf/alert/#',
      'topic write surf/availability',
      'topic read surf/command/#',
      'user reader',
      'topic read surf/#',
    ]);
    const { log, lines } = readableLog();
    const messaging = await startMessaging({ mqtt: { ...QUICK, url, ...login('board') }, log });
    messaging.set('activity/state', 'surfing');
    messaging.set('camera/availability', 'online');
    messaging.emit(sessionEvent(1));
    const reader = await as('reader', url);
    await reader.mqtt.subscribeAsync('surf/#', { qos: 1 });
    const alert = () => reader.last('surf/alert/broker-forbids') ?? '';
    await until(() => alert().includes('surf/event'), 'the alert');
    expect(alert()).toMatch(/^the broker does not let the daemon publish on /);
    expect(alert()).toContain('surf/camera/availability');
    expect(alert()).not.toContain('surf/activity/state');
    expect(reader.last('surf/activity/state')).toBe('surfing');
    expect(warnings(lines)).toContainEqual(
      expect.objectContaining({
        code: 'mqtt-forbidden',
        remedy: expect.stringContaining('docs/brokers.md'),
      }),
    );
    expect(messaging.stats).toMatchObject({ connected: true, droppedEvents: 1 });
  });

  it('serves an operator, and tells a reader who commands that this is forbidden', async () => {
    const { url } = await guarded([
      ...ALL,
      'user reader',
      'topic read surf/#',
      'user operator',
      'topic read surf/#',
      'topic write surf/command/status',
    ]);
    const mqtt = { ...QUICK, url, ...login('board') };
    const messaging = await startMessaging({ mqtt });
    await until(() => messaging.stats.connected && messaging.stats.states === 0, 'connected');
    const ask = async (user: string, verb: string) => {
      const asker = await openRequester({ ...DEFAULTS.mqtt, url, base: 'surf', clock, ...login(user) });
      try {
        return await asker.request(verb, {}, { timeoutMs: 60_000 });
      } catch (error) {
        return error;
      } finally {
        await asker.close();
      }
    };
    expect(await ask('operator', 'status')).toEqual({ up: true });
    expect(await ask('operator', 'retrain')).toMatchObject({ code: 'mqtt-forbidden' });
    expect(await ask('reader', 'status')).toMatchObject({
      code: 'mqtt-forbidden',
      message: expect.stringContaining('surf/command/status'),
      remedy: expect.stringContaining('docs/brokers.md'),
    });
  });
});

/** Mosquitto grants each subscription and then sends nothing: other brokers say what they refuse. */
it('a subscription that is refused is an alert too, and it ends when it is granted', async () => {
  const refused = new Set(['surf/command/+']);
  const options: AedesOptions = {
    authorizeSubscribe: (_client, subscription, done) =>
      done(null, refused.has(subscription.topic) ? null : subscription),
  };
  const broker = await Aedes.createBroker(options);
  let daemon: Client | undefined;
  broker.on('clientReady', ready => {
    if (ready.id === 'surfwatch') daemon = ready;
  });
  const server = createServer(broker.handle).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    broker.close();
    server.close();
  });
  const address = server.address();
  const url = `mqtt://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  const reader = await listener(url, 'surf/alert/+');
  const { log, lines } = readableLog();
  await startMessaging({ mqtt: { ...QUICK, url }, log });
  const alert = () => reader.last('surf/alert/broker-forbids');
  await until(() => alert() !== undefined && alert() !== '', 'the alert');
  expect(alert()).toBe('the broker does not let the daemon subscribe to surf/command/+');
  expect(warnings(lines)[0]).toMatchObject({ code: 'mqtt-forbidden' });
  refused.clear();
  daemon?.close();
  await until(() => alert() === '', 'the end of the alert');
});
