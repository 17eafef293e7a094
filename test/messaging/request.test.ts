import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import * as z from 'zod';
import { SurfwatchError } from '../../src/errors.ts';
import { openRequester, type RequesterOptions } from '../../src/messaging/request.ts';
import { defineVerb, type Verbs } from '../../src/messaging/verbs.ts';
import { DEFAULTS } from '../support/defaults.ts';
import { until } from '../support/until.ts';
import {
  client,
  clock,
  hasMosquitto,
  mosquitto,
  onlyLogin,
  plainBroker,
  QUICK,
  startMessaging,
} from './support.ts';

const ADD = defineVerb({
  doc: 'Adds.',
  args: z.object({ a: z.number(), b: z.number(), pauseMs: z.number().default(0) }),
  run: async ({ a, b, pauseMs }) => {
    await delay(pauseMs);
    return { sum: a + b };
  },
});

const VERBS: Verbs = {
  add: ADD,
  refuse: defineVerb({
    doc: 'Refuses.',
    args: z.object({}),
    run: () => {
      throw Object.assign(new SurfwatchError('image-too-large', 'far too large'), { code: 'newer-than-you' });
    },
  }),
  sleep: defineVerb({ doc: 'Never answers.', args: z.object({}), run: () => new Promise(() => undefined) }),
};

async function requester(options: Pick<RequesterOptions, 'url'> & Partial<RequesterOptions>) {
  const opened = await openRequester({ ...DEFAULTS.mqtt, base: 'surf', clock, ...options });
  onTestFinished(() => opened.close());
  return opened;
}

/** A daemon that has these verbs alone, at a broker in this process. */
async function started() {
  return startMessaging({ verbs: VERBS, mqtt: { ...QUICK, url: (await plainBroker()).url } });
}

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'no error',
    (error: unknown) => (error instanceof SurfwatchError ? error.code : error),
  );

test('a command is answered with its data, each by its own transaction', async () => {
  const daemon = await started();
  const asker = await requester({ url: daemon.address });
  const slow = asker.request('add', { a: 1, b: 2, pauseMs: 200 });
  const quick = asker.request('add', { a: 3, b: 4 });
  const first = await Promise.race([slow, quick]);
  expect(first).toEqual({ sum: 7 });
  expect(await slow).toEqual({ sum: 3 });
});

test('a command sent while the daemon starts is answered as soon as it listens', async () => {
  const { url } = await plainBroker();
  const asker = await requester({ url });
  const other = await client(url);
  await other.mqtt.subscribeAsync('surf/#');
  const answer = asker.request('add', { a: 1, b: 2 }, { timeoutMs: 240_000 });
  await until(() => other.on('surf/command/add').length > 0, 'the command at the broker');
  await startMessaging({ mqtt: { ...QUICK, url }, verbs: VERBS });
  expect(await answer).toEqual({ sum: 3 });
});

test('answers to others are not taken for one’s own', async () => {
  const daemon = await started();
  const [one, two] = await Promise.all([
    requester({ url: daemon.address }),
    requester({ url: daemon.address }),
  ]);
  const sums = await Promise.all(
    Array.from({ length: 10 }, (_, n) => (n % 2 === 0 ? one : two).request('add', { a: n, b: 0 })),
  );
  expect(sums).toEqual(Array.from({ length: 10 }, (_, n) => ({ sum: n })));
});

test('an error of the daemon has its code, its message and a remedy, also one that is not known here', async () => {
  const daemon = await started();
  const asker = await requester({ url: daemon.address });
  const error = await asker.request('ad').catch((fault: unknown) => fault);
  if (!(error instanceof SurfwatchError)) throw new Error('no error');
  expect(error.code).toBe('command-unknown');
  expect(error.message).toContain('did you mean "add"?');
  expect([error.remedy, error.exitStatus]).toEqual([expect.stringContaining('The message names'), 1]);

  const newer = await asker.request('refuse').catch((fault: unknown) => fault);
  if (!(newer instanceof SurfwatchError)) throw new Error('no error');
  expect([newer.code, newer.message, newer.exitStatus]).toEqual(['newer-than-you', 'far too large', 1]);
  expect(newer.remedy).toContain('another version');

  expect(await codeOf(asker.request('add', { a: 'x' }))).toBe('command-invalid');
});

test('no answer in time: what is known of the daemon is told', async () => {
  const daemon = await started();
  await until(() => daemon.stats.connected && daemon.stats.states === 0, 'the daemon’s own states');
  const asker = await requester({ url: daemon.address });
  await expect(asker.request('sleep', {}, { timeoutMs: 100 })).rejects.toThrow(
    `no answer on surf/response/sleep at ${daemon.address} within 0.1 s; surf/availability is "online"`,
  );
  const elsewhere = await requester({ url: daemon.address, base: 'pier' });
  await expect(elsewhere.request('add', { a: 1, b: 1 }, { timeoutMs: 100 })).rejects.toThrow(
    'nothing is known of a daemon there: pier/availability is empty',
  );
});

test('a daemon that is offline is not waited for', async () => {
  const { url } = await plainBroker();
  const daemon = await startMessaging({ verbs: VERBS, mqtt: { ...QUICK, url } });
  await until(() => daemon.stats.connected, 'the daemon at the broker');
  const asker = await requester({ url });
  expect(await asker.request('add', { a: 1, b: 1 })).toEqual({ sum: 2 });
  const waiting = asker.request('sleep', {}, { timeoutMs: 60_000 });
  const told = codeOf(waiting);
  await daemon.stop();
  expect(await told).toBe('daemon-silent');
  expect((await asker.gone).code).toBe('daemon-silent');

  const late = await requester({ url });
  await expect(late.request('add', { a: 1, b: 1 }, { timeoutMs: 60_000 })).rejects.toThrow('"offline"');
});

test('a broker that is not there, does not let in, or goes away', async () => {
  expect(await codeOf(requester({ url: 'mqtt://127.0.0.1:1' }))).toBe('mqtt-unreachable');

  const { url } = await plainBroker(onlyLogin('pier', 'right'));
  const login = { username: 'pier', password: 'right' };
  const locked = await startMessaging({ verbs: VERBS, mqtt: { ...QUICK, url, ...login } });
  await until(() => locked.stats.connected, 'the daemon at the broker');
  expect(await codeOf(requester({ url }))).toBe('mqtt-unauthorized');
  expect(await codeOf(requester({ url, username: 'pier', password: 'wrong' }))).toBe('mqtt-unauthorized');
  const asker = await requester({ url: url.replace('//', '//pier:right@') });
  expect(asker.address).toBe(url);
  expect(await asker.request('add', { a: 1, b: 1 })).toEqual({ sum: 2 });

  const waiting = codeOf(asker.request('sleep', {}, { timeoutMs: 60_000 }));
  await locked.stop();
  expect(['daemon-silent', 'mqtt-unreachable']).toContain(await waiting);
  expect(['daemon-silent', 'mqtt-unreachable']).toContain(await codeOf(asker.request('add')));
});

/** Answers pictures as the daemon does; the real one is tried in test/cli. */
async function answerPictures(
  url: string,
  answer: (topic: string, bytes: number) => object,
  marked: boolean,
) {
  const { mqtt } = await client(url, { protocolVersion: marked ? 5 : 4 });
  await mqtt.subscribeAsync('surf/label/image/+');
  mqtt.on('message', (topic, payload, packet) => {
    const { correlationData, responseTopic } = packet.properties ?? {};
    const body = JSON.stringify({ v: 1, ...answer(topic, payload.length) });
    const to = marked ? (responseTopic ?? '') : 'surf/response/label';
    mqtt.publish(to, body, marked && correlationData ? { properties: { correlationData } } : {});
  });
}

const labelled = (topic: string) => {
  const level = topic.split('/').at(-1) ?? '';
  return { status: 'ok', data: { frame: '01J', labels: level === 'none' ? [] : level.split(',') } };
};

test.skipIf(!hasMosquitto).each([true, false])(
  'a picture is sent with its labels, and its answer awaited (correlation data: %s)',
  async marked => {
    const { url } = await mosquitto();
    await answerPictures(url, labelled, marked);
    const asker = await requester({ url });
    const others = await client(url);
    await others.mqtt.publishAsync(
      'surf/response/label',
      JSON.stringify({ v: 1, status: 'ok', data: { frame: 'other', labels: ['sup'] } }),
    );
    const picture = Buffer.alloc(50_000, 7);
    expect(await asker.publishImage(['surfing', 'kitesurfing'], picture)).toEqual({
      frame: '01J',
      labels: ['surfing', 'kitesurfing'],
    });
    expect(await asker.publishImage([], picture)).toMatchObject({ labels: [] });
  },
);

test('what the broker hangs up on is named', async () => {
  // The embedded one has rules of its own.
  const daemon = await startMessaging({ verbs: VERBS });
  const asker = await requester({ url: daemon.address });
  await expect(asker.publishImage([], Buffer.alloc(17_000_000))).rejects.toThrow(
    /when surf\/label\/image\/none with 17000000 bytes was sent/,
  );
  const elsewhere = await requester({ url: daemon.address, base: 'surf/pier' });
  await expect(elsewhere.request('add', { a: 1, b: 1 })).rejects.toThrow(/it may not permit that topic/);
});

test.skipIf(!hasMosquitto)('training is watched: what it holds first, then what comes', async () => {
  const { url } = await mosquitto();
  const other = await client(url);
  const say = (update: object) =>
    other.mqtt.publishAsync('surf/training', JSON.stringify(update), { retain: true, qos: 1 });
  await say({ n: 1 });
  const asker = await requester({ url });
  const seen: unknown[] = [];
  await asker.watchTraining(update => seen.push(update));
  await until(() => seen.length === 1, 'the retained update');
  await other.mqtt.publishAsync('surf/training', 'no json');
  await say({ n: 2 });
  await until(() => seen.length === 2, 'the next update');
  expect(seen).toEqual([{ n: 1 }, { n: 2 }]);
});

test.skipIf(!hasMosquitto)('a broker with access rules says what may not be read', async () => {
  const { url } = await mosquitto(['allow_anonymous true', 'acl_file /dev/null']);
  const asker = await requester({ url });
  const code = await codeOf(asker.request('add', { a: 1, b: 1 }, { timeoutMs: 200 }));
  expect(['mqtt-forbidden', 'daemon-silent']).toContain(code);
});
