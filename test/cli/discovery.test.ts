import { expect, it } from 'vitest';
import { EXAMPLES } from '../../scripts/docs/examples/all.ts';
import { discoveryCommand } from '../../src/cli/discovery.ts';
import type { DiscoveryOptions } from '../../src/messaging/discovery/options.ts';
import { client, listener, startMessaging } from '../messaging/support.ts';
import { DEFAULTS } from '../support/defaults.ts';
import { until } from '../support/until.ts';
import { runHere } from './support.ts';

const TOPIC = 'homeassistant/device/surfwatch_north-pier/config';
const discovery: DiscoveryOptions = { ...DEFAULTS.discovery, enabled: true };
const [{ payload: info }] = EXAMPLES.info;

async function announced() {
  const messaging = await startMessaging({ discovery });
  messaging.set('info', info);
  messaging.announce({ ...info, zones: [], heartbeatMs: 60_000 });
  await until(() => messaging.stats.connected && messaging.stats.states === 0, 'all sent');
  const run = (...args: string[]) =>
    runHere(discoveryCommand(), [...args, '--url', messaging.address, '--site', 'north-pier']);
  return { messaging, run };
}

it('prints what was announced', async () => {
  const { run } = await announced();
  const { output, status } = await run('print');
  expect(status).toBe(0);
  const [topic, ...lines] = output.split('\n');
  expect(topic).toBe(TOPIC);
  expect(JSON.parse(lines.join('\n')).dev.name).toBe('Surfwatch north-pier');
  const json = JSON.parse((await run('print', '--json')).output);
  expect(json).toMatchObject({ topic: TOPIC, payload: { o: { name: 'surfwatch' } } });
});

it('removes it: who comes later finds nothing', async () => {
  const { messaging, run } = await announced();
  const watching = await listener(messaging.address, TOPIC);
  await until(() => watching.on(TOPIC).length === 1, 'the announcement');
  expect(await run('remove')).toMatchObject({ status: 0, output: `removed ${TOPIC}\n`, errors: '' });
  await until(() => watching.last(TOPIC) === '', 'the removal');
  const late = await client(messaging.address);
  await late.mqtt.subscribeAsync([TOPIC, 'surf/info']);
  await until(() => late.last('surf/info') !== undefined, 'what else is retained');
  expect(late.on(TOPIC)).toEqual([]);
});

it('says where nothing was announced', async () => {
  const messaging = await startMessaging();
  const args = ['--url', messaging.address, '--timeout', '200ms'];
  const { status, errors } = await runHere(discoveryCommand(), ['print', ...args]);
  expect(status).toBe(1);
  expect(errors).toContain('nothing on homeassistant/device/surfwatch_beach/config at');
  const removal = await runHere(discoveryCommand(), [
    'remove',
    ...args,
    '--set',
    'discovery.prefix=ha',
    '--json',
  ]);
  expect(JSON.parse(removal.output)).toEqual({ topic: 'ha/device/surfwatch_beach/config', removed: false });
});

it('warns that a running daemon announces it again', async () => {
  const { messaging } = await announced();
  const { errors } = await runHere(discoveryCommand(), [
    ...['remove', '--url', messaging.address, '--timeout', '200ms'],
    ...['--set', 'discovery.enabled=true', '--set', 'site=north-pier'],
  ]);
  expect(errors).toContain('announces it again');
});
