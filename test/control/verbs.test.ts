import { describe, expect, it, test } from 'vitest';
import { CONTROL_EXAMPLES } from '../../scripts/docs/examples/control.ts';
import { RUNTIME_SETTINGS } from '../../src/control/runtime-settings.ts';
import { controlVerbs } from '../../src/control/verbs.ts';
import { responseSchema } from '../../src/messaging/payloads.ts';
import { openRequester } from '../../src/messaging/request.ts';
import {
  client,
  clock,
  hasMosquitto,
  listener,
  mosquitto,
  plainBroker,
  QUICK,
  startMessaging,
} from '../messaging/support.ts';
import { DEFAULTS } from '../support/defaults.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';
import { startControl } from './parts.ts';

/** A daemon that only has these verbs, at a broker that is there or one in this process; and who asks it. */
async function controlled(given?: string, stateDir?: string) {
  const url = given ?? (await plainBroker()).url;
  const verbs = controlVerbs(await startControl(stateDir));
  const messaging = await startMessaging({ verbs, mqtt: { ...QUICK, url } });
  const asking = await openRequester({ ...DEFAULTS.mqtt, url: messaging.address, base: 'surf', clock });
  const refused = (verb: string, args: Record<string, unknown>) =>
    asking.request(verb, args).then(
      () => expect.fail(`${verb} was carried out`),
      (error: { code: string; message: string }) => error,
    );
  return { messaging, asking, refused };
}

describe.each([
  // The embedded broker's, here without a process of its own.
  ['Aedes', false],
  ['Mosquitto', true],
])('at %s', (_, external) => {
  const here = it.skipIf(external && !hasMosquitto);
  const brokerUrl = async () => (external ? (await mosquitto()).url : undefined);

  here('a pause is answered with what holds, over a restart too', async () => {
    const [url, folder] = [await brokerUrl(), await temporaryFolder()];
    const { asking, messaging } = await controlled(url, folder);
    const before = Date.now();
    const paused = (await asking.request('pause', { for: '2h', reason: 'repairs' })) as Record<
      string,
      string
    >;
    expect(paused).toMatchObject({ paused: true, reason: 'repairs', kept: true });
    expect(Date.parse(paused.until ?? '') - Date.parse(paused.since ?? '')).toBe(7_200_000);
    expect(Date.parse(paused.since ?? '')).toBeGreaterThanOrEqual(before);
    await asking.close();
    await messaging.stop();

    const again = await controlled(url, folder);
    expect(await again.refused('capture', { jpeg: true })).toMatchObject({
      code: 'capture-paused',
      message: `the camera is paused until ${paused.until}`,
    });
    expect(await again.asking.request('pause', { until: '2999-06-01T18:00:00+02:00' })).toMatchObject({
      since: paused.since,
      until: '2999-06-01T16:00:00.000Z',
      reason: null,
    });
    const not = { paused: false, since: null, until: null, reason: null, kept: true };
    expect(await again.asking.request('resume')).toEqual(not);
    expect(await again.asking.request('resume')).toEqual(not);
    expect(await again.asking.request('capture', { jpeg: true, width: 64 })).toMatchObject({
      activity: 'surfing',
      width: 64,
      jpeg: expect.stringMatching(/^\/9j\//),
    });
  });

  here('options are changed all or none', async () => {
    const { asking, refused } = await controlled(await brokerUrl());
    expect(
      await asking.request('options', { set: { 'camera.interval': '5s', 'gates.frozenAfter': '20m' } }),
    ).toMatchObject({
      changed: ['camera.interval', 'gates.frozenAfter'],
      options: { 'camera.interval': { value: '5s', source: 'runtime' } },
    });
    const error = await refused('options', { set: { 'camera.interval': '6s', 'camera.intervall': '7s' } });
    expect(error.code).toBe('option-unknown');
    expect(await asking.request('options', { get: ['camera.interval'] })).toMatchObject({
      options: { 'camera.interval': { value: '5s' } },
      changed: [],
    });
    expect(Object.keys(((await asking.request('options')) as { options: object }).options).length).toBe(
      RUNTIME_SETTINGS.length,
    );
  });

  here('the picture is retained, the newest one, and removed', async () => {
    const { messaging } = await controlled(await brokerUrl());
    const watching = await listener(messaging.address, 'surf/snapshot');
    const picture = Buffer.from([0xff, 0xd8, 0xff, 0x00, 0xfe, 0x80, 0xff, 0xd9]);
    messaging.setSnapshot(picture);
    await until(() => watching.received.length === 1, 'the picture');
    const late = await client(messaging.address);
    await late.mqtt.subscribeAsync('surf/snapshot', { qos: 1 });
    await until(() => late.received.length === 1, 'the retained picture');
    const [first] = late.received;
    expect(first?.packet).toMatchObject({ payload: picture, qos: 0, retain: true });
    messaging.setSnapshot(null);
    await until(() => watching.received.length === 2, 'the removal');
    expect(watching.received[1]?.packet.payload).toHaveLength(0);
    const later = await client(messaging.address);
    await later.mqtt.subscribeAsync('surf/#', { qos: 1 });
    await until(() => later.last('surf/availability') !== undefined, 'what is retained');
    expect(later.on('surf/snapshot')).toEqual([]);
  });
});

test.each([
  ['pause', { for: '2h', until: '2999-01-01T00:00:00Z' }, /not both/],
  ['pause', { for: 'a while' }, /duration such as/],
  ['pause', { for: '400d' }, /366d at most/],
  ['pause', { for: 0 }, /for/],
  ['pause', { until: 'tomorrow' }, /until/],
  ['pause', { until: '2020-01-01T00:00:00Z' }, /is past/],
  ['pause', { reason: 'x'.repeat(201) }, /reason/],
  ['capture', { width: 1 }, /width/],
  ['capture', { jpeg: 'yes' }, /jpeg/],
  ['options', { set: [] }, /set/],
  ['options', { reset: 'all' }, /reset/],
])('%s %j is refused', async (verb, args, said) => {
  const { refused } = await controlled();
  const { code, message } = await refused(verb, args);
  expect(code).toBe('command-invalid');
  expect(message).toMatch(said);
});

test('the commands of the examples are carried out as they stand', async () => {
  const { messaging } = await controlled();
  const watching = await client(messaging.address);
  await watching.mqtt.subscribeAsync('surf/response/#', { qos: 1 });
  const commands = [...CONTROL_EXAMPLES.commands, { topic: 'command/resume', payload: {} }];
  for (const [n, { topic, payload }] of commands.entries()) {
    await watching.mqtt.publishAsync(`surf/${topic}`, JSON.stringify(payload), { qos: 1 });
    await until(() => watching.received.length > n, `the answer to ${topic}`);
    const response = responseSchema.parse(JSON.parse(watching.received[n]?.text ?? ''));
    // The example of a capture comes while the board is paused.
    const paused = topic === 'command/capture';
    expect(response).toMatchObject(paused ? { status: 'error', code: 'capture-paused' } : { status: 'ok' });
  }
});

test('a bare word pauses and resumes, as the switch of Home Assistant sends it', async () => {
  const { messaging } = await controlled();
  const watching = await client(messaging.address);
  await watching.mqtt.subscribeAsync('surf/response/#', { qos: 1 });
  for (const [word, paused] of [
    ['pause', true],
    ['resume', false],
  ] as const) {
    await watching.mqtt.publishAsync('surf/command', word, { qos: 1 });
    await until(() => watching.last(`surf/response/${word}`) !== undefined, word);
    expect(JSON.parse(watching.last(`surf/response/${word}`) ?? '')).toMatchObject({ data: { paused } });
  }
});
