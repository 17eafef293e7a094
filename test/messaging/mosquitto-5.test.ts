import { once } from 'node:events';
import { connect as connectTcp, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import * as z from 'zod';
import { topicAliases } from '../../src/messaging/connection.ts';
import { openRequester } from '../../src/messaging/request.ts';
import { defineVerb } from '../../src/messaging/verbs.ts';
import { DEFAULTS } from '../support/defaults.ts';
import { readableLog } from '../support/log.ts';
import { until } from '../support/until.ts';
import { startLink, warnings } from './link-support.ts';
import { clock, hasMosquitto, listener, mosquitto, QUICK, sessionEvent, startMessaging } from './support.ts';

/** A TCP port that passes on to the broker and notes what is sent to it. */
async function tapped(port: number) {
  const sent: Buffer[] = [];
  const server = createServer(socket => {
    const upstream = connectTcp(port, '127.0.0.1');
    for (const end of [socket, upstream]) end.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => sent.push(chunk));
    socket.pipe(upstream).pipe(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  const own = typeof address === 'object' && address ? address.port : 0;
  return { url: `mqtt://127.0.0.1:${own}`, sent: () => Buffer.concat(sent).toString('latin1') };
}

const state = (topic: string, payload: string) => ({ topic, payload, qos: 1, retain: true }) as const;
const count = (text: string, part: string) => text.split(part).length - 1;

describe('topicAliases', () => {
  it('gives each topic one at its second sending, as many as the broker takes', () => {
    const aliasOf = topicAliases(2);
    const sent = ['a', 'b', 'a', 'a', 'c', 'c', 'b', 'd', 'd'].map(aliasOf);
    expect(sent).toEqual([undefined, undefined, 1, undefined, undefined, 2, undefined, undefined, undefined]);
  });

  it('gives none where the broker takes none, and holds no more than a few', () => {
    const none = topicAliases(0);
    expect(['a', 'a', 'a'].map(none)).toEqual([undefined, undefined, undefined]);
    const many = topicAliases(65_535);
    const given = Array.from({ length: 500 }, (_, n) => `topic/${n}`).flatMap(one => [many(one), many(one)]);
    expect(given.filter(alias => alias !== undefined)).toEqual(Array.from({ length: 32 }, (_, n) => n + 1));
  });
});

describe.skipIf(!hasMosquitto)('MQTT 5', () => {
  it('names a topic that is sent often by its alias', async () => {
    const broker = await mosquitto(['allow_anonymous true', 'max_topic_alias 1']);
    const { url, sent } = await tapped(broker.port);
    const reader = await listener(broker.url, 'surf/#', { protocolVersion: 5 });
    const { link } = await startLink({ url });
    await until(() => link.connected, 'connected');
    const payloads = ['1', '2', '3', '4', '5'];
    for (const payload of payloads) {
      await link.publish(state('surf/zone/north/activity', payload));
      await link.publish(state('surf/zone/south/activity', payload));
    }
    await until(() => reader.received.length === 10, 'all of them');
    expect(reader.on('surf/zone/north/activity')).toEqual(payloads);
    expect(reader.on('surf/zone/south/activity')).toEqual(payloads);
    // The broker takes one alias: the first topic has it.
    expect([count(sent(), 'zone/north'), count(sent(), 'zone/south')]).toEqual([2, 5]);
  });

  it('refuses by itself what is larger than the broker takes, and stays connected', async () => {
    const { url } = await mosquitto(['allow_anonymous true', 'max_packet_size 500']);
    const { link, seen } = await startLink({ url });
    await until(() => link.connected, 'connected');
    await expect(link.publish(state('surf/info', 'x'.repeat(600)))).rejects.toMatchObject({
      code: 'mqtt-refused',
      message: expect.stringContaining('500'),
    });
    await link.publish(state('surf/info', 'x'.repeat(400)));
    expect(seen).toEqual({ connected: 1, disconnected: 0 });
  });

  it('guesses why it is thrown out again and again: another board has its id', async () => {
    const { url } = await mosquitto();
    const { log, lines } = readableLog();
    await startLink({ url, clientId: 'twin' }, { log });
    await startLink({ url, clientId: 'twin' });
    const told = () => warnings(lines).filter(({ code }) => code === 'mqtt-id-taken');
    await until(() => told().length > 0, 'the warning');
    expect(told()[0]).toMatchObject({
      msg: expect.stringContaining('"twin"'),
      remedy: expect.stringContaining('mqtt.clientId'),
    });
  });

  it('bounds how long a command of the command line may wait', async () => {
    const { url } = await mosquitto();
    const watching = await listener(url, 'surf/command/#', { protocolVersion: 5 });
    const asker = await openRequester({ ...DEFAULTS.mqtt, url, base: 'surf', clock });
    onTestFinished(() => asker.close());
    await asker.request('retrain', {}, { timeoutMs: 300 }).catch(() => undefined);
    expect(watching.received[0]?.packet.properties).toMatchObject({
      messageExpiryInterval: 1,
      responseTopic: 'surf/response/retrain',
    });
  });
});

describe.skipIf(!hasMosquitto)('sessions and shared subscriptions', () => {
  const counted = () => {
    let runs = 0;
    const run = defineVerb({ doc: 'Counts.', args: z.object({}), run: () => ({ runs: ++runs }) });
    return { verbs: { run }, runs: () => runs };
  };

  it('a command that was sent while the daemon was away is not run when it is back', async () => {
    const { url } = await mosquitto();
    const { verbs, runs } = counted();
    const sender = await listener(url, 'surf/response/#');
    const first = await startMessaging({ mqtt: { ...QUICK, url }, verbs });
    await until(() => first.stats.connected && first.stats.states === 0, 'connected');
    await first.stop();
    await sender.mqtt.publishAsync('surf/command/run', '{"transaction":"while away"}', { qos: 1 });
    const second = await startMessaging({ mqtt: { ...QUICK, url }, verbs });
    await until(() => second.stats.connected && second.stats.states === 0, 'connected again');
    await sender.mqtt.publishAsync('surf/command/run', '{"transaction":"now"}', { qos: 1 });
    await until(() => sender.on('surf/response/run').length > 0, 'the answer');
    expect(JSON.parse(sender.last('surf/response/run') ?? '')).toMatchObject({ transaction: 'now' });
    expect(runs()).toBe(1);
  });

  it('two subscribers that share a subscription get each event once between them', async () => {
    const { url } = await mosquitto();
    const shared = '$share/loggers/surf/event';
    const pair = await Promise.all(
      (['a', 'b'] as const).map(clientId => listener(url, shared, { clientId, protocolVersion: 5 })),
    );
    const messaging = await startMessaging({ mqtt: { ...QUICK, url } });
    const events = Array.from({ length: 20 }, (_, n) => sessionEvent(n));
    for (const event of events) messaging.emit(event);
    const received = () => pair.flatMap(({ received: messages }) => messages.map(({ text }) => text));
    await until(() => received().length >= events.length, 'all events');
    await delay(50);
    expect(received().sort()).toEqual(events.map(event => JSON.stringify(event)).sort());
    expect(pair.every(({ received: messages }) => messages.length > 0)).toBe(true);
  });

  it('a subscriber with a session gets the events of its absence, and then commands', async () => {
    const { url } = await mosquitto();
    const { verbs } = counted();
    const session = {
      clientId: 'logger',
      clean: false,
      protocolVersion: 5,
      properties: { sessionExpiryInterval: 3_600 },
    } as const;
    const before = await listener(url, 'surf/event', session);
    await before.mqtt.subscribeAsync('surf/response/#', { qos: 1 });
    await before.mqtt.endAsync();
    const messaging = await startMessaging({ mqtt: { ...QUICK, url }, verbs });
    const events = Array.from({ length: 5 }, (_, n) => sessionEvent(n));
    for (const event of events) messaging.emit(event);
    await until(() => messaging.stats.events === 0 && messaging.stats.connected, 'all are with the broker');
    const after = await listener(url, 'surf/none', session);
    await until(() => after.on('surf/event').length === events.length, 'the events');
    expect(after.on('surf/event')).toEqual(events.map(event => JSON.stringify(event)));
    await after.mqtt.publishAsync('surf/command/run', '{"transaction":1}', { qos: 1 });
    await until(() => after.last('surf/response/run') !== undefined, 'the answer');
    expect(JSON.parse(after.last('surf/response/run') ?? '')).toMatchObject({ status: 'ok' });
  });
});
