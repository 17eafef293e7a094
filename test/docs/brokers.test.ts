import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  certificates,
  client,
  has,
  hasMosquitto,
  mosquitto,
  QUICK,
  startMessaging,
} from '../messaging/support.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';
import { blocks } from './pages.ts';

const BLOCKS = blocks('text').filter(({ page }) => page === 'docs/brokers.md');
const blockWith = (start: string) => BLOCKS.find(({ text }) => text.startsWith(start))?.text ?? '';
const USERS = ['north-pier', 'south', 'reader', 'labeller', 'operator'];

/** A Mosquitto as the page sets it up, each password being the name of its user. */
async function asDocumented() {
  const folder = await temporaryFolder();
  const file = certificates('server');
  const passwords = join(folder, 'passwords');
  writeFileSync(passwords, USERS.map(user => `${user}:${user}\n`).join(''), { mode: 0o600 });
  execFileSync('mosquitto_passwd', ['-U', passwords], { env: { PATH: `${process.env.PATH}:/usr/sbin` } });
  writeFileSync(join(folder, 'acl'), `${blockWith('# Boards')}\n`, { mode: 0o600 });
  const config = blockWith('listener 8883')
    .replaceAll('/etc/mosquitto/certs/server', file('server'))
    .replaceAll('/etc/mosquitto/', `${folder}/`)
    .split('\n')
    .slice(1);
  const { port } = await mosquitto(config);
  const tls = { ca: execFileSync('cat', [file('ca.crt')]), protocolVersion: 5 } as const;
  const url = `mqtts://localhost:${port}`;
  const as = (user: string) => client(url, { ...tls, username: user, password: user, clientId: user });
  return { url, caFile: file('ca.crt'), as };
}

const MAY: readonly [user: string, topic: string, may: boolean][] = [
  ['reader', 'surf/north-pier/command/status', false],
  ['reader', 'surf/north-pier/label', false],
  ['reader', 'surf/north-pier/activity', false],
  ['labeller', 'surf/north-pier/label', true],
  ['labeller', 'surf/north-pier/label/image/none', true],
  ['labeller', 'surf/north-pier/command/status', true],
  ['labeller', 'surf/north-pier/command/retrain', false],
  ['labeller', 'surf/north-pier/command', false],
  ['operator', 'surf/north-pier/command', true],
  ['operator', 'surf/north-pier/command/rollback', true],
  ['operator', 'surf/north-pier/label', true],
  ['operator', 'surf/north-pier/activity', false],
  ['south', 'surf/south/activity', true],
  ['south', 'surf/north-pier/activity', false],
  ['south', 'surf/north-pier/command', false],
];

test.skipIf(!hasMosquitto || !has('openssl') || !has('mosquitto_passwd'))(
  'the settings and rules for Mosquitto do what the page says',
  { timeout: 30_000 },
  async () => {
    const { url, caFile, as } = await asDocumented();
    const messaging = await startMessaging({
      base: 'surf/north-pier',
      mqtt: { ...QUICK, url, caFile, username: 'north-pier', password: 'north-pier' },
    });
    messaging.set('activity/state', 'surfing');
    await until(() => messaging.stats.connected && messaging.stats.states === 0, 'all sent');
    const clients = new Map(
      await Promise.all(USERS.slice(1).map(async user => [user, await as(user)] as const)),
    );
    for (const [user, topic, may] of MAY) {
      const publishing = clients.get(user)?.mqtt.publishAsync(topic, 'status', { qos: 1 });
      const outcome = await publishing?.then(
        () => true,
        () => false,
      );
      expect([user, topic, outcome]).toEqual([user, topic, may]);
    }
    const [reader, operator, south] = ['reader', 'operator', 'south'].map(user => clients.get(user));
    for (const one of [reader, operator, south]) await one?.mqtt.subscribeAsync('surf/#', { qos: 1 });
    await operator?.mqtt.publishAsync('surf/north-pier/command/status', '', { qos: 1 });
    await until(() => operator?.last('surf/north-pier/response/status') !== undefined, 'the answer');
    await until(() => reader?.last('surf/north-pier/activity/state') === 'surfing', 'the state');
    expect(reader?.last('surf/north-pier/alert/broker-forbids')).toBeUndefined();
    expect(reader?.last('surf/north-pier/response/status')).toBeUndefined();
    expect(south?.on('surf/north-pier/activity/state')).toEqual([]);
  },
);
