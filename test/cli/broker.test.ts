/** What `surfwatch broker mosquitto` writes, in a real Mosquitto. */

import { pbkdf2Sync } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { brokerCommand } from '../../src/cli/broker.ts';
import { discoveryCommand } from '../../src/cli/discovery.ts';
import { fleetCommand } from '../../src/cli/fleet.ts';
import { statusCommand } from '../../src/cli/status.ts';
import { discoveryTopic } from '../../src/messaging/discovery/message.ts';
import { passwordHash } from '../../src/messaging/mosquitto.ts';
import { TOPICS } from '../../src/messaging/topics.ts';
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
import { daemonWith } from './daemon-support.ts';
import { runHere } from './support.ts';

const run = (...args: string[]) => runHere(brokerCommand(), ['mosquitto', ...args]);

interface Written {
  readonly users: readonly {
    readonly name: string;
    readonly role: string;
    readonly password: string | null;
  }[];
}

/** Runs the command, and gives the passwords it made. */
async function write(folder: string, ...args: string[]): Promise<Map<string, string>> {
  const { status, output, errors } = await run('--out', folder, '--json', ...args);
  expect([status, errors]).toEqual([0, '']);
  const { users } = JSON.parse(output) as Written;
  return new Map(users.map(({ name, password }) => [name, password ?? '']));
}

/** A Mosquitto with what was written, on a port of its own. */
async function serve(folder: string) {
  const lines = (await readFile(join(folder, 'surfwatch.conf'), 'utf8')).split('\n');
  return mosquitto(lines.filter(line => !line.startsWith('listener')));
}

const FLEET = ['--set', 'fleet=true', '--users', 'north:board,south:board,anna:reader,ops:operator'];

/** A topic of each entry of the table, of the board `north` or of one alone. */
const concrete = (base: string, name: string) => `${base}/${name.replaceAll(/<\w+>/g, 'x')}`;
const ALL = Object.entries(TOPICS).map(([name, { direction }]) => ({ name, direction }));
/** What shows the beach. */
const PICTURES = ['snapshot', 'response/<verb>'];

describe.skipIf(!hasMosquitto)('in Mosquitto', () => {
  test.each([
    ['a fleet', FLEET, 'surf/north', 'north'],
    ['one board', ['--users', 'pier:board,anna:reader,ops:operator'], 'surf', 'pier'],
  ])('each role may read and write what it should, of %s', async (_name, args, base, board) => {
    const folder = await temporaryFolder();
    const passwords = await write(folder, ...args);
    const { url } = await serve(folder);
    const as = (username: string) =>
      client(url, { username, password: passwords.get(username) ?? '', protocolVersion: 5 });
    const names = [...passwords.keys()];
    const clients = new Map(await Promise.all(names.map(async name => [name, await as(name)] as const)));
    for (const { mqtt } of clients.values()) await mqtt.subscribeAsync('#', { qos: 1 });

    const isOwn = (user: string) => user === board;
    for (const { name, direction } of ALL) {
      const topic = concrete(base, name);
      for (const [user, { mqtt }] of clients) {
        const may = await mqtt.publishAsync(topic, user, { qos: 1 }).then(
          () => true,
          () => false,
        );
        const should = isOwn(user) || (user === 'ops' && direction === 'in');
        expect([user, topic, may]).toEqual([user, topic, should]);
      }
    }
    // All may read it: when it is there, so is what came before.
    await clients.get(board)?.mqtt.publishAsync(concrete(base, 'state'), 'end', { qos: 1 });
    for (const [user, one] of clients) {
      await until(() => one.last(concrete(base, 'state')) === 'end', `the end for ${user}`);
      for (const { name, direction } of ALL) {
        const told = direction === 'out' && (user === 'ops' || !PICTURES.includes(name));
        const got = one.on(concrete(base, name)).includes(board);
        expect([user, name, got]).toEqual([user, name, isOwn(user) || told]);
      }
    }
  });

  test('the commands work with the login of the board', async () => {
    const folder = await temporaryFolder();
    const passwords = await write(folder, ...FLEET);
    const { url } = await serve(folder);
    const config = join(folder, 'board.json');
    const mqtt = { url, username: 'north', password: passwords.get('north') ?? '' };
    await writeFile(config, JSON.stringify({ site: 'north', fleet: true, mqtt }), { mode: 0o600 });
    const status = { state: { state: 'running' } };
    const { messaging } = await daemonWith(
      { status: () => status },
      { base: 'surf/north', mqtt: { ...QUICK, ...mqtt, clientId: 'north' } },
    );
    const south = { ...mqtt, username: 'south', password: passwords.get('south') ?? '' };
    const other = await startMessaging({
      base: 'surf/south',
      mqtt: { ...QUICK, ...south, clientId: 'south' },
    });
    for (const one of [messaging, other])
      await until(() => one.stats.connected && one.stats.states === 0, 'all sent');
    expect(messaging.alerts).toEqual([]);

    const told = await runHere(statusCommand(), ['-c', config, '--json']);
    expect([told.status, JSON.parse(told.output)]).toEqual([0, status]);
    const fleet = await runHere(fleetCommand(), ['status', '-c', config, '--json']);
    const { boards } = JSON.parse(fleet.output) as { boards: { base: string; online: boolean }[] };
    expect(boards.map(({ base, online }) => [base, online])).toEqual([
      ['surf/north', true],
      ['surf/south', true],
    ]);
    const board = await client(url, { username: 'north', password: mqtt.password });
    const topic = discoveryTopic('homeassistant', 'north');
    await board.mqtt.publishAsync(topic, '{"dev":{}}', { qos: 1, retain: true });
    const printed = await runHere(discoveryCommand(), ['print', '-c', config, '--json']);
    expect(JSON.parse(printed.output)).toEqual({ topic, payload: { dev: {} } });
    const removed = await runHere(discoveryCommand(), ['remove', '-c', config, '--json']);
    expect(JSON.parse(removed.output)).toEqual({ topic, removed: true });
  });

  test.skipIf(!has('openssl'))(
    'a wrong password is refused, and TLS is spoken where it was asked for',
    async () => {
      const folder = await temporaryFolder();
      const file = certificates('server');
      const passwords = await write(folder, '--tls', file('server.crt'), file('server.key'));
      const { port } = await serve(folder);
      const url = `mqtts://localhost:${port}`;
      const tls = { ca: await readFile(file('ca.crt')), username: 'reader' };
      await client(url, { ...tls, password: passwords.get('reader') ?? '' });
      await expect(client(url, { ...tls, password: 'wrong' })).rejects.toThrow();
      await expect(client(url, { ca: tls.ca })).rejects.toThrow();
    },
  );
});

test('a password is hashed as mosquitto_passwd does it', () => {
  const [, kind, iterations, salt = '', hash = ''] = passwordHash('sea').split('$');
  expect([kind, Buffer.from(hash, 'base64').length]).toEqual(['7', 64]);
  const again = pbkdf2Sync('sea', Buffer.from(salt, 'base64'), Number(iterations), 64, 'sha512');
  expect(again.toString('base64')).toBe(hash);
});

test('who is a user already keeps the password, who is named no more is no user', async () => {
  const folder = await temporaryFolder();
  await write(folder, '--users', 'pier:board,anna:reader');
  const path = join(folder, 'surfwatch.passwords');
  const lineOf = async (user: string) =>
    (await readFile(path, 'utf8')).split('\n').find(line => line.startsWith(`${user}:`));
  const before = await lineOf('anna');
  const passwords = await write(folder, '--users', 'anna:operator,ben:reader');
  expect(await lineOf('anna')).toBe(before);
  expect(passwords.get('anna')).toBe('');
  expect(passwords.get('ben')).toHaveLength(24);
  expect(await lineOf('pier')).toBeUndefined();
  // Others on the computer do not read it.
  expect((await stat(path)).mode & 0o007).toBe(0);
});

test.each([
  ['pier', 'needs one of the roles board, reader, operator'],
  ['pier:admin', 'needs one of the roles'],
  ['a b:reader', 'can be no user'],
  ['anna:reader,anna:operator', 'named twice'],
])('users "%s" are refused', async (users, why) => {
  const { status, errors } = await run('--out', await temporaryFolder(), '--users', users);
  expect(status).toBe(2);
  expect(errors).toContain('broker-files-refused');
  expect(errors).toContain(why);
});

test('in a fleet a board is named as a site, and certificates are there', async () => {
  const folder = await temporaryFolder();
  const named = await run('--out', folder, '--set', 'fleet=true', '--users', 'North_Pier:board');
  expect(named.errors).toContain('can be no site');
  const lone = await run('--out', folder, '--tls', '/nowhere/server.crt', '/nowhere/server.key');
  expect([lone.status, lone.errors.split(':')[0]]).toEqual([2, 'broker-files-refused']);
  expect((await run('--out', folder, '--tls', 'one.crt')).errors).toContain('a certificate and its key');
});
