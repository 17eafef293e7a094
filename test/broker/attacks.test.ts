/** What strangers on this computer could do to the embedded broker, and what then still works: the daemon's messages. */

import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { client, clock, listener } from '../messaging/support.ts';
import { until } from '../support/until.ts';
import { header, ownClient, packet, rawClient, rawSocket, startBroker, text } from './support.ts';

/** The daemon publishes until the test is over; counts what was acknowledged. */
async function publishing(broker: Parameters<typeof ownClient>[0]) {
  const { mqtt } = await ownClient(broker);
  const figures = { count: 0 };
  let isOver = false;
  const running = (async () => {
    while (!isOver) {
      await mqtt.publishAsync('surf/state', String(figures.count), { qos: 1, retain: true });
      figures.count += 1;
      await delay(1);
    }
  })();
  onTestFinished(() => {
    isOver = true;
    running.catch(() => undefined);
  });
  return figures;
}

async function goesOn(figures: { readonly count: number }): Promise<void> {
  const before = figures.count;
  await until(() => figures.count >= before + 5, 'five more messages');
}

it('survives a subscriber of all that leaves while hundreds of messages wait for it', async () => {
  const { broker, url } = await startBroker();
  const { pid } = broker;
  const figures = await publishing(broker);
  for (let round = 0; round < 3; round++) {
    const all = await client(url);
    await all.mqtt.subscribeAsync('#');
    const senders = await Promise.all(Array.from({ length: 16 }, (_, i) => rawClient(url, `sender-${i}`)));
    const burst = Buffer.concat(
      Array.from({ length: 200 }, () => packet(0x30, text('noise'), Buffer.from('x'))),
    );
    for (const { socket } of senders) socket.write(burst);
    await delay(30 * round);
    all.mqtt.stream.destroy();
    await goesOn(figures);
    for (const { socket } of senders) socket.destroy();
  }
  expect(broker.pid).toBe(pid);
});

it('serves the daemon while messages are multiplied by overlapping filters', async () => {
  const { broker, url } = await startBroker();
  const figures = await publishing(broker);
  const filters = Array.from({ length: 100 }, (_, i) =>
    Array.from({ length: 7 }, (_, bit) => ((i >> bit) & 1 ? '+' : 'x')).join('/'),
  );
  await Promise.all(
    Array.from({ length: 40 }, async () => {
      const { mqtt } = await client(url);
      await mqtt.subscribeAsync(filters);
    }),
  );
  const senders = await Promise.all(Array.from({ length: 8 }, (_, i) => rawClient(url, `sender-${i}`)));
  const burst = Buffer.concat(
    Array.from({ length: 200 }, () => packet(0x30, text('x/x/x/x/x/x/x'), Buffer.from('x'))),
  );
  for (const { socket } of senders) socket.write(burst);
  await goesOn(figures);
});

it('reads no more than a few KB of a client that has not logged in', async () => {
  const { broker, url } = await startBroker();
  const { pid } = broker;
  const smallPackets = Buffer.concat(Array.from({ length: 5_000 }, () => Buffer.from([0xc0, 0])));
  const begun = [0x10, 0x82, 0xa2, 0x30].map(type => [header(type, 16_000_000), Buffer.alloc(60_000, 'x')]);
  for (const bytes of [...begun, [smallPackets]]) {
    // Without a login they would end too, by and by: this one first.
    const silentOne = await rawSocket(url);
    const { socket, isClosed } = await rawSocket(url);
    for (const part of bytes) socket.write(part);
    await until(isClosed, `the end of a connection that began with ${bytes[0]?.[0]?.toString(16)}`);
    expect(silentOne.isClosed()).toBe(false);
  }
  await client(url);
  expect(broker.pid).toBe(pid);
});

it('takes no large packets but pictures', async () => {
  const { url } = await startBroker();
  const large = {
    SUBSCRIBE: header(0x82, 16_000_000),
    UNSUBSCRIBE: header(0xa2, 16_000_000),
    PUBLISH: Buffer.concat([header(0x30, 200_000), text('noise'), Buffer.alloc(1_000)]),
    'PUBLISH of a command': Buffer.concat([header(0x30, 200_000), text('surf/command'), Buffer.alloc(1_000)]),
    'a picture of 20 MB': Buffer.concat([header(0x30, 20_000_000), text('surf/label/image/surfing')]),
    'a topic of 60 KB': Buffer.concat([
      header(0x30, 200_000),
      Buffer.from([0xff, 0xff]),
      Buffer.alloc(60_000),
    ]),
  };
  for (const [what, bytes] of Object.entries(large)) {
    const { socket, isClosed } = await rawClient(url, 'large');
    socket.write(bytes);
    await until(isClosed, `the end of the connection with ${what}`);
  }
  const { socket, isClosed } = await rawClient(url, 'many');
  socket.write(Buffer.concat(Array.from({ length: 5_000 }, () => Buffer.from([0xc0, 0]))));
  await until(isClosed, 'the end of the connection with thousands of small packets');
});

it('takes pictures while others begin some that never end', async () => {
  const { broker, url } = await startBroker();
  const own = await ownClient(broker);
  await own.mqtt.subscribeAsync('surf/label/image/+', { qos: 1 });
  const begun = Buffer.concat([header(0x30, 9_000_000), text('surf/label/image/surfing')]);
  const stalled = await Promise.all(Array.from({ length: 20 }, (_, i) => rawClient(url, `stalled-${i}`)));
  // A picture that does not come ends too, but long after a client that does not log in.
  const silentOne = await rawSocket(url);
  for (const { socket } of stalled) socket.write(begun);
  await until(() => stalled.filter(({ isClosed }) => isClosed()).length >= 16, 'the end of all but four');
  expect(silentOne.isClosed()).toBe(false);
  const honest = await client(url);
  for (let i = 1; i <= 3; i++) {
    await honest.mqtt.publishAsync('surf/label/image/surfing', Buffer.alloc(2_000_000, i), { qos: 1 });
    await until(() => own.received.length === i, 'the picture');
  }
  expect(own.received.map(({ payload }) => payload.length)).toEqual([2_000_000, 2_000_000, 2_000_000]);
});

it('lets the daemon in while strangers hold all connections there are', async () => {
  const { broker, url } = await startBroker();
  const strangers = await Promise.all(Array.from({ length: 150 }, () => rawSocket(url)));
  const { mqtt } = await ownClient(broker);
  await mqtt.publishAsync('surf/state', 'x', { qos: 1 });
  // One that does log in takes the place of the oldest that does not.
  await client(url);
  expect(strangers.some(({ isClosed }) => isClosed())).toBe(true);
});

it('ends subscribers that take nothing, and no other waits for them', async () => {
  const { broker, url } = await startBroker();
  const { mqtt } = await ownClient(broker);
  const stuck = await rawClient(url, 'stuck');
  const granted = once(stuck.socket, 'data');
  stuck.socket.write(packet(0x82, Buffer.from([0, 1]), text('surf/#'), Buffer.from([1])));
  await granted;
  stuck.socket.pause();
  const reader = await listener(url, 'surf/#');
  const large = Buffer.alloc(500_000, 'x');
  for (let i = 0; i < 40; i++) await mqtt.publishAsync(`surf/response/${i}`, large, { qos: 1 });
  await until(() => reader.received.length === 40, 'all that was sent');
  stuck.socket.resume();
  await until(stuck.isClosed, 'the end of the connection that took nothing');
});

it('hands the daemon commands at its pace, however fast they are sent', async () => {
  const { broker, url } = await startBroker();
  const own = await ownClient(broker);
  await own.mqtt.subscribeAsync('surf/command', { qos: 0 });
  const began = clock.monotonic();
  const senders = await Promise.all(Array.from({ length: 3 }, (_, i) => rawClient(url, `sender-${i}`)));
  const burst = Buffer.concat(
    Array.from({ length: 100 }, () => packet(0x30, text('surf/command'), Buffer.from('x'))),
  );
  for (const { socket } of senders) socket.write(burst);
  await until(() => own.received.length === 300, 'all commands');
  // 20 at once, then 100 a second.
  expect(clock.monotonic() - began).toBeGreaterThan(2_500);
});

it('waits no more than seconds for a login', async () => {
  const { url } = await startBroker();
  const { socket, isClosed } = await rawSocket(url);
  socket.write(Buffer.from([0x10, 20, 0]));
  await until(isClosed, 'the end of the connection');
});
