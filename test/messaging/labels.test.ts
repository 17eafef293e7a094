import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { learningVerbs, pictureLabeller } from '../../src/learning/board/verbs.ts';
import type { Message } from '../../src/messaging/connection-options.ts';
import { incomingOf } from '../../src/messaging/incoming.ts';
import { type Response, responseSchema } from '../../src/messaging/payloads.ts';
import { CommandRegistry, type PictureLabeller } from '../../src/messaging/verbs.ts';
import { frame, picture, startLabels } from '../learning/labels/support.ts';
import { readableLog, silent } from '../support/log.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';
import {
  client,
  clock,
  closed,
  type Given,
  hasMosquitto,
  listener,
  mosquitto,
  QUICK,
  registryOf,
  startMessaging,
} from './support.ts';

const MISSING = '01JZZZZZZZ0000000000000000';
const nothing = () => ({});
const verbsFor = (labels: Awaited<ReturnType<typeof startLabels>>['labels']) =>
  learningVerbs({
    labels,
    retrain: () => ({ job: MISSING }),
    cancel: nothing,
    rollback: nothing,
    models: nothing,
    approve: nothing,
    reject: nothing,
    overlay: nothing,
    next: nothing,
    explain: nothing,
    frame: nothing,
  });

/** A daemon's messaging and labels, and somebody who talks to it. */
async function start(setup: Given = {}, protocolVersion: 4 | 5 = 4) {
  const parts = await startLabels();
  const messaging = await startMessaging({ verbs: verbsFor(parts.labels), pictures: parts.labels, ...setup });
  await until(() => messaging.stats.connected, 'connected');
  const { mqtt, received } = await listener(messaging.address, 'surf/response/#', { protocolVersion });
  const say = async (topic: string, payload: string | Buffer): Promise<Response> => {
    const before = received.length;
    await mqtt.publishAsync(`surf/${topic}`, payload, { qos: 1 });
    await until(() => received.length > before, `answer on ${topic}`);
    return responseSchema.parse(JSON.parse(received[before]?.text ?? ''));
  };
  return { ...parts, messaging, mqtt, received, say };
}

type Started = Awaited<ReturnType<typeof start>>;

/** Every way of saying it, with the same effect and the same refusals. */
async function talk({ archive, recent, received, say }: Started): Promise<void> {
  const [kept, seen] = [frame(undefined, 1), frame(undefined, 200)];
  await archive.add(kept);
  recent.add(seen);

  const said = JSON.stringify({ frame: seen.id, labels: ['Surfing'], by: 'ana', transaction: 't1' });
  const answer = {
    v: 1,
    status: 'ok',
    transaction: 't1',
    data: {
      labelled: [{ frame: seen.id, labels: ['surfing'] }],
      counts: expect.objectContaining({ surfing: 1 }),
    },
  };
  expect(await say('label', said)).toEqual(answer);
  expect(await say('command/label', said)).toEqual(answer);
  expect(received.at(-1)?.topic).toBe('surf/response/label');
  expect(archive.log(10)).toHaveLength(1);
  expect(archive.labelOf(seen.id)).toMatchObject({ labels: ['surfing'], by: 'ana', way: 'mqtt' });

  expect(await say('label', JSON.stringify({ frames: [kept.id, seen.id], labels: [] }))).toMatchObject({
    status: 'ok',
  });
  expect(await say('label', JSON.stringify({ frame: seen.id, undo: true }))).toMatchObject({
    data: { frame: seen.id, labels: ['surfing'] },
  });

  const jpeg = await picture();
  const image = await say('label/image/surfing,kitesurfing', jpeg);
  expect(image).toMatchObject({ status: 'ok', data: { labels: ['kitesurfing', 'surfing'] } });
  expect(await say('label/image/kitesurfing,surfing', jpeg)).toEqual(image);
  expect(archive.counts()).toMatchObject({ frames: 3, labelled: 3, labels: { none: 1, surfing: 2 } });

  const refusals: [string, string | Buffer, string][] = [
    ['label', JSON.stringify({ frame: MISSING, labels: ['surfing'] }), 'label-frame-unknown'],
    ['label', JSON.stringify({ frame: kept.id, labels: ['surfin'] }), 'label-activity-unknown'],
    ['label', JSON.stringify({ frame: kept.id, labels: ['none', 'surfing'] }), 'label-malformed'],
    ['label', JSON.stringify({ frame: kept.id }), 'command-invalid'],
    ['label', JSON.stringify({ frame: '../etc', labels: [] }), 'command-invalid'],
    ['label', JSON.stringify({ labels: ['surfing'] }), 'command-invalid'],
    ['label', JSON.stringify({ frame: kept.id, undo: true, labels: [] }), 'command-invalid'],
    [
      'label',
      JSON.stringify({ frame: kept.id, labels: [], rectangle: { x: 0.5, y: 0, w: 0.6, h: 1 } }),
      'command-invalid',
    ],
    ['label', '{"frame":', 'command-malformed'],
    ['label', jpeg, 'command-malformed'],
    ['label/image/surfing', 'no picture', 'label-not-an-image'],
    ['label/image/surfing', '', 'label-not-an-image'],
    ['label/image/surfin', jpeg, 'label-activity-unknown'],
    ['label/image/', jpeg, 'label-malformed'],
    ['label/image/none,surfing', jpeg, 'label-malformed'],
    ['label/image/surfing', Buffer.alloc(10_000_001), 'label-image-too-large'],
  ];
  for (const [topic, payload, code] of refusals) {
    expect([topic, await say(topic, payload)]).toEqual([topic, expect.objectContaining({ code })]);
    expect(received.at(-1)?.topic).toBe('surf/response/label');
  }
  expect(archive.log(10)).toHaveLength(5);
}

describe('labels over the embedded broker', () => {
  it('are taken on all topics', async () => {
    await talk(await start());
  });

  it('a "+" in the topic of a picture ends the connection of who sends it, as MQTT has it', async () => {
    const { messaging } = await start();
    const stranger = await client(messaging.address);
    const gone = closed(stranger.mqtt);
    stranger.mqtt.publish('surf/label/image/surfing+kitesurfing', await picture());
    await gone;
    expect(messaging.stats.connected).toBe(true);
  });

  it('are not kept by the broker, even where that is asked', async () => {
    const { mqtt, received, messaging } = await start();
    const options = { qos: 1, retain: true } as const;
    await mqtt.publishAsync('surf/label', 'first', options);
    await until(() => received.length === 1, 'answered');
    const later = await listener(messaging.address, 'surf/label/#');
    await mqtt.publishAsync('surf/label', 'second', options);
    await until(() => later.received.length > 0, 'the next one arrives');
    expect(later.on('surf/label')).toEqual(['second']);
  });

  it('are answered where nothing can be learnt', async () => {
    const messaging = await startMessaging({ verbs: learningVerbs(null), pictures: pictureLabeller(null) });
    await until(() => messaging.stats.connected, 'connected');
    const { mqtt, on } = await listener(messaging.address, 'surf/response/#');
    const label = JSON.stringify({ frame: MISSING, labels: [] });
    await mqtt.publishAsync('surf/label', label, { qos: 1 });
    await mqtt.publishAsync('surf/label/image/surfing', await picture(), { qos: 1 });
    await until(() => on('surf/response/label').length === 2, 'both are answered');
    const codes = on('surf/response/label').map(text => JSON.parse(text).code);
    expect(codes).toEqual(['learning-off', 'learning-off']);
  });
});

describe.skipIf(!hasMosquitto)('labels over Mosquitto', () => {
  it.each(['4', '5'] as const)('are taken on all topics, with MQTT version %s', async protocolVersion => {
    const { url } = await mosquitto();
    await talk(await start({ mqtt: { ...QUICK, url, protocolVersion } }, protocolVersion === '4' ? 4 : 5));
  });

  it('are sent with its own tools', async () => {
    const { url, port } = await mosquitto();
    const { archive, received } = await start({ mqtt: { ...QUICK, url } });
    const file = join(await temporaryFolder(), 'photo.jpg');
    writeFileSync(file, await picture());
    const send = (topic: string) =>
      promisify(execFile)('mosquitto_pub', ['-p', `${port}`, '-q', '1', '-t', topic, '-f', file]);
    await send('surf/label/image/surfing,kitesurfing');
    await until(() => received.length === 1, 'answered');
    expect(archive.counts()).toMatchObject({ labels: { surfing: 1, kitesurfing: 1 } });
    await expect(send('surf/label/image/surfing+kitesurfing')).rejects.toThrow('Invalid publish topic');
  });

  it('that are retained are ignored', async () => {
    const { url } = await mosquitto();
    const early = await client(url);
    for (const topic of ['label', 'label/image/surfing', 'command']) {
      await early.mqtt.publishAsync(`surf/${topic}`, 'status', { qos: 1, retain: true });
    }
    const { received, say } = await start({ mqtt: { ...QUICK, url, protocolVersion: '4' } });
    expect(await say('command/models', '')).toMatchObject({ status: 'ok' });
    expect(received.map(({ topic }) => topic)).toEqual(['surf/response/models']);
  });
});

describe('incoming messages', () => {
  const routes = (pictures: PictureLabeller, log = silent) => {
    const answers: Message[] = [];
    const { onMessage } = incomingOf(
      { base: 'surf', commands: registryOf({}, pictures), clock, log },
      message => {
        answers.push(message);
      },
    );
    const give = (topic: string, payload: Buffer, retained = false) =>
      onMessage({ topic: `surf/${topic}`, payload, retained });
    return { give, answers, codes: () => answers.map(({ payload }) => JSON.parse(payload).code) };
  };

  it('that are retained are ignored, which is said once', async () => {
    const { log, lines } = readableLog();
    const labels = { labelImage: () => Promise.reject(new Error('not to be called')) };
    const { give, answers } = routes(labels, log);
    for (const topic of ['command', 'command/status', 'label', 'label/image/surfing']) {
      give(topic, Buffer.from('status'), true);
    }
    await new Promise(resolve => setImmediate(resolve));
    expect(answers).toEqual([]);
    expect(lines).toHaveLength(1);
  });

  it('pictures that come while the daemon starts are answered so', async () => {
    const answers: Message[] = [];
    const commands = new CommandRegistry();
    const { onMessage } = incomingOf({ base: 'surf', commands, clock, log: silent }, answer => {
      answers.push(answer);
    });
    onMessage({ topic: 'surf/label/image/surfing', payload: Buffer.alloc(10), retained: false });
    await until(() => answers.length === 1, 'an answer');
    expect(JSON.parse(answers[0]?.payload ?? '')).toMatchObject({ code: 'command-starting' });
  });

  it('pictures beyond what may wait are turned away, and later ones taken again', async () => {
    const waiting: (() => void)[] = [];
    const labels = {
      labelImage: () =>
        new Promise<{ frame: string; labels: string[] }>(resolve =>
          waiting.push(() => resolve({ frame: MISSING, labels: [] })),
        ),
    };
    const { give, answers, codes } = routes(labels);
    for (let n = 0; n < 6; n++) give('label/image/none', Buffer.alloc(9_000_000));
    await until(() => answers.length === 2, 'two are turned away: 45 MB');
    expect(codes()).toEqual(['command-busy', 'command-busy']);
    for (let n = 0; n < 20; n++) give('label/image/none', Buffer.alloc(10));
    await until(() => answers.length === 10, 'eight more are: 24 pictures');
    for (const done of waiting) done();
    await until(() => answers.length === 26, 'all are answered');
    give('label/image/none', Buffer.alloc(9_000_000));
    await until(() => waiting.length === 17, 'taken');
    waiting[16]?.();
    await until(() => answers.length === 27, 'answered');
    expect(codes().at(-1)).toBeUndefined();
  });
});
