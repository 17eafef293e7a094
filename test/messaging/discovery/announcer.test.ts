import { expect, it, test } from 'vitest';
import { EXAMPLES } from '../../../scripts/docs/examples/all.ts';
import {
  type AnnouncedBoard,
  Announcer,
  BIRTH_DELAY_MS,
  SETTLE_MS,
} from '../../../src/messaging/discovery/announcer.ts';
import type { DiscoveryOptions } from '../../../src/messaging/discovery/options.ts';
import { DEFAULTS } from '../../support/defaults.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { until } from '../../support/until.ts';
import { client, hasMosquitto, listener, mosquitto, QUICK, startMessaging } from '../support.ts';

const TOPIC = 'homeassistant/device/surfwatch_north-pier/config';
const STATUS = 'homeassistant/status';
const discovery: DiscoveryOptions = { ...DEFAULTS.discovery, enabled: true };
const [{ payload: info }] = EXAMPLES.info;
const board: AnnouncedBoard = { ...info, zones: [], heartbeatMs: 60_000 };

const keysOf = (text: string) => Object.keys(JSON.parse(text).cmps);
const componentsOf = (text: string): Record<string, unknown> => JSON.parse(text).cmps;

/** A Messaging with the embedded broker, and what is listened to there. */
async function announcing() {
  const clock = fakeClock();
  const messaging = await startMessaging({ discovery, clock });
  const watching = await listener(messaging.address, '#');
  return { clock, messaging, watching };
}

it('announces what runs, retained, and again when Home Assistant has started', async () => {
  const { clock, messaging, watching } = await announcing();
  messaging.announce(board);
  await until(() => watching.on(TOPIC).length === 1, 'the announcement');
  expect(keysOf(watching.last(TOPIC) ?? '')).toContain('present_kitesurfing');

  await watching.mqtt.publishAsync(STATUS, 'offline', { qos: 1 });
  await watching.mqtt.publishAsync(STATUS, 'online', { qos: 1 });
  await until(() => clock.sleeping > 1, 'the birth message');
  await clock.advance(BIRTH_DELAY_MS);
  await until(() => watching.on(TOPIC).length === 2, 'the second announcement');
  expect(watching.on(TOPIC)[1]).toBe(watching.on(TOPIC)[0]);

  const late = await listener(messaging.address, TOPIC);
  await until(() => late.on(TOPIC).length === 1, 'the retained announcement');
  expect(late.last(TOPIC)).toBe(watching.last(TOPIC));
});

it('removes the entity of an activity that the new head does not know', async () => {
  const { clock, messaging, watching } = await announcing();
  messaging.announce({ ...board, activities: [...board.activities, 'sup'] });
  await until(() => watching.on(TOPIC).length === 1, 'the announcement');
  messaging.announce(board);
  await until(() => watching.on(TOPIC).length === 2, 'the removal');
  expect(componentsOf(watching.last(TOPIC) ?? '').present_sup).toEqual({ p: 'binary_sensor' });
  await clock.advance(SETTLE_MS);
  await until(() => watching.on(TOPIC).length === 3, 'the message without it');
  expect(keysOf(watching.last(TOPIC) ?? '')).not.toContain('present_sup');
});

it('brings back the entity of an activity that was removed', async () => {
  const { messaging, watching } = await announcing();
  const more = { ...board, activities: [...board.activities, 'sup'] };
  for (const [n, one] of [more, board, more].entries()) {
    messaging.announce(one);
    await until(() => watching.on(TOPIC).length === n + 1, `announcement ${n}`);
  }
  expect(componentsOf(watching.last(TOPIC) ?? '').present_sup).toMatchObject({ name: 'Sup' });
});

it('says nothing, and listens to nothing, unless it is enabled', async () => {
  const messaging = await startMessaging({ discovery: { ...discovery, enabled: false } });
  const watching = await listener(messaging.address, '#');
  messaging.announce(board);
  messaging.set('info', info);
  await watching.mqtt.publishAsync(STATUS, 'online', { qos: 1 });
  await until(() => watching.last('surf/info') !== undefined && messaging.stats.states === 0, 'the rest');
  expect(watching.received.filter(({ topic }) => topic.startsWith('homeassistant/'))).toHaveLength(1);
});

/** An announcer alone, and what it sends. */
function alone() {
  const clock = fakeClock();
  const sent: string[] = [];
  const broker = { takes: true };
  const announcer = new Announcer({
    options: discovery,
    base: 'surf',
    verbs: () => ['retrain'],
    clock,
    random: () => 0.5,
    send: ({ payload }) => void sent.push(payload),
    isSent: () => broker.takes,
  });
  const status = (text: string, retained = false) =>
    announcer.listens[STATUS]?.({ topic: STATUS, payload: Buffer.from(text), retained });
  return { clock, sent, broker, announcer, status };
}

test('a removal that the broker has not taken yet stays in the message', async () => {
  const { clock, sent, broker, announcer } = alone();
  announcer.announce({ ...board, activities: ['surfing', 'sup'] });
  broker.takes = false;
  announcer.announce({ ...board, activities: ['surfing'] });
  await clock.advance(10 * SETTLE_MS);
  expect(sent).toHaveLength(2);
  expect(keysOf(sent[1] ?? '')).toContain('present_sup');
  broker.takes = true;
  await clock.advance(SETTLE_MS);
  expect(sent).toHaveLength(3);
  expect(keysOf(sent[2] ?? '')).not.toContain('present_sup');
});

test('only a live birth message is answered, after a delay, once for several', async () => {
  const { clock, sent, announcer, status } = alone();
  status('online');
  await clock.advance(BIRTH_DELAY_MS);
  expect(sent).toHaveLength(0);
  announcer.announce(board);
  await clock.advance(SETTLE_MS);
  expect(sent).toHaveLength(1);
  for (const [text, retained] of [
    ['offline', false],
    ['online', true],
    ['Online', false],
  ] as const)
    status(text, retained);
  await clock.advance(BIRTH_DELAY_MS);
  expect(sent).toHaveLength(1);
  status('online');
  status('online');
  await clock.advance(BIRTH_DELAY_MS / 2 - 1);
  expect(sent).toHaveLength(1);
  await clock.advance(1);
  expect(sent).toHaveLength(2);
});

test('nothing is sent after the end', async () => {
  const { clock, sent, announcer, status } = alone();
  announcer.announce(board);
  status('online');
  announcer.stop();
  await clock.advance(10 * SETTLE_MS);
  expect(sent).toHaveLength(1);
  expect(clock.sleeping).toBe(0);
});

it.skipIf(!hasMosquitto)('announces again to a broker that has lost what it retained', async () => {
  const broker = await mosquitto();
  const messaging = await startMessaging({ discovery, mqtt: { ...QUICK, url: broker.url } });
  messaging.announce(board);
  await until(() => messaging.stats.connected && messaging.stats.states === 0, 'all sent');
  await broker.kill();
  await broker.start();
  await until(() => messaging.stats.reconnects > 0 && messaging.stats.states === 0, 'all sent again');
  const late = await client(broker.url);
  await late.mqtt.subscribeAsync(TOPIC);
  await until(() => late.on(TOPIC).length === 1, 'the retained announcement');
});
