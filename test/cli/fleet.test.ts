import { expect, test } from 'vitest';
import { fleetCommand } from '../../src/cli/fleet.ts';
import { daemonWith } from '../daemon/support.ts';
import { client, hasMosquitto, listener, mosquitto, QUICK, startMessaging } from '../messaging/support.ts';
import { until } from '../support/until.ts';
import { runHere } from './support.ts';

const run = (...args: string[]) => runHere(fleetCommand(), ['status', ...args]);

test('no board is an error with a remedy; for a script it is an empty list', async () => {
  const messaging = await startMessaging({ base: 'elsewhere' });
  const { status, errors } = await run('--url', messaging.address);
  expect([status, errors.split(':')[0]]).toEqual([1, 'fleet-absent']);
  const json = await run('--url', messaging.address, '--json');
  expect([json.status, JSON.parse(json.output)]).toEqual([1, { well: false, boards: [] }]);
});

test.skipIf(!hasMosquitto)('boards of one broker, each under a client id of its own', async () => {
  const { url } = await mosquitto();
  const watching = await listener(url);
  const on = ['camera.kind=simulator', 'fleet=true', `mqtt.url=${url}`];
  const daemons = await Promise.all(['north', 'south'].map(site => daemonWith([...on, `site=${site}`])));
  const running = (site: string) => watching.last(`surf/${site}/state`)?.includes('"running"') === true;
  await until(() => running('north') && running('south'), 'both run', 30_000);
  await until(() => watching.last('surf/north/activity/state') !== undefined, 'what goes on', 30_000);

  const well = await run('--url', url);
  expect(well).toMatchObject({ status: 0, errors: '' });
  expect(well.output).toMatch(/^site +online +state/);
  expect(well.output).toMatch(/^north +yes +running/m);
  expect(well.output).toMatch(/^south +yes +running/m);
  expect(well.output).toContain('2 boards, all well');

  await daemons[1]?.stop();
  const alone = await startMessaging({ mqtt: { ...QUICK, url, clientId: 'alone' } });
  alone.alert('disk-full', 'no space');
  await until(() => watching.last('surf/alert/disk-full') === 'no space', 'the alert');
  const unwell = await run('--url', url);
  expect(unwell.status).toBe(1);
  expect(unwell.output).toContain('surf  disk-full: no space');
  expect(unwell.output).toContain('south  offline');
  const { boards } = JSON.parse((await run('--url', url, '--json')).output);
  expect(boards.map((board: { base: string; online: boolean }) => [board.base, board.online])).toEqual([
    ['surf', true],
    ['surf/north', true],
    ['surf/south', false],
  ]);
  expect(watching.on('surf/north/availability')).toEqual(['online']);
});

test.skipIf(!hasMosquitto)('a broker that lets read nothing shows nothing', async () => {
  const { url } = await mosquitto(['allow_anonymous true', 'acl_file /dev/null']);
  await client(url);
  expect((await run('--url', url)).errors).toContain('fleet-absent');
});
