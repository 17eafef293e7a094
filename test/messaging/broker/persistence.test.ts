/** aedes's own tests of a store, and that what is kept outlives the process, within bounds. */
import assert from 'node:assert';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../src/base/clock.ts';
import { BrokerPersistence, type PersistenceSetup } from '../../../src/messaging/broker/persistence.ts';
import { BROKER_DEFAULTS } from '../../../src/messaging/options.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { silent } from '../../support/log.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const require = createRequire(import.meta.url);
const abstract = require('aedes-persistence/abstract.js') as (options: object) => void;

function persistence(setup: Partial<PersistenceSetup> = {}): BrokerPersistence {
  return new BrokerPersistence({
    options: BROKER_DEFAULTS,
    userOf: () => '',
    isUser: () => true,
    mayRead: () => true,
    isOwn: () => false,
    onRefused: () => undefined,
    clock: systemClock,
    log: silent,
    ...setup,
  });
}

type AbstractTest = (t: object) => Promise<void>;

/** Messages come as bytes here, and are kept as such. */
const NOT_OURS = ['add outgoing packet as a string and stream'];

describe.each(['memory', 'file'])("aedes's own tests, in %s", kind => {
  const tests: [string, AbstractTest][] = [];
  abstract({
    test: (name: string, run: AbstractTest) => tests.push([name, run]),
    testAsync: true,
    persistence: async () =>
      persistence(kind === 'file' ? { path: join(await temporaryFolder(), 'broker.db') } : {}),
  });
  it.each(tests.filter(([name]) => !NOT_OURS.includes(name)))('%s', async (_, run) => {
    await run({ assert, diagnostic: () => undefined, plan: () => undefined });
    expect.assertions(0);
  });
});

const aedes = { id: 'broker', counter: 0 } as never;
const message = (topic: string, payload: string, more: object = {}) =>
  ({
    cmd: 'publish',
    topic,
    payload: Buffer.from(payload),
    qos: 1,
    retain: false,
    dup: false,
    ...more,
  }) as never;
const client = (id: string) => ({ id }) as never;

async function opened(setup: Partial<PersistenceSetup> = {}): Promise<BrokerPersistence> {
  const store = persistence(setup);
  await store.setup(aedes);
  onTestFinished(() => store.destroy());
  return store;
}

async function streamed(store: BrokerPersistence, id: string): Promise<string[]> {
  const found: string[] = [];
  const stream = (
    store as unknown as { outgoingStream(client: object): AsyncIterable<{ payload: Buffer }> }
  ).outgoingStream({ id });
  for await (const packet of stream) found.push(String(packet.payload));
  return found;
}

describe('what is kept', () => {
  it('is there after the process was killed: sessions, what waits for them, and retained messages', async () => {
    const path = join(await temporaryFolder(), 'broker.db');
    const first = await opened({ path });
    await first.addSubscriptions(client('away'), [{ topic: 'surf/#', qos: 1 }]);
    await first.hold(message('surf/event', 'one'));
    await first.hold(message('surf/event', ''));
    await first.hold(message('elsewhere', 'two'));
    await first.storeRetained(message('lamp', 'on', { retain: true }));
    // Not closed: as after a SIGKILL, all that was promised is in the file.
    const second = await opened({ path });
    expect(await second.subscriptionsByClient({ id: 'away' })).toMatchObject([{ topic: 'surf/#', qos: 1 }]);
    expect(await streamed(second, 'away')).toEqual(['one', '']);
    const retained: unknown[] = [];
    for await (const one of (
      second as unknown as { createRetainedStream(p: string): AsyncIterable<object> }
    ).createRetainedStream('#')) {
      retained.push(one);
    }
    expect(retained).toMatchObject([{ topic: 'lamp', payload: Buffer.from('on'), retain: true }]);
  });

  it('has no room for endless filters, nor for more than may be, in one packet either', async () => {
    const store = await opened({ options: { ...BROKER_DEFAULTS, maxSubscriptions: 3 } });
    const filters = ['x'.repeat(60_000), 'a', 'b', 'c', 'd'].map(topic => ({ topic, qos: 1 as const }));
    await store.addSubscriptions(client('away'), filters);
    await store.addSubscriptions(client('away'), [{ topic: 'a', qos: 0 }]);
    const kept = await store.subscriptionsByClient({ id: 'away' });
    expect(kept.map(({ topic, qos }) => [topic, qos])).toEqual([
      ['a', 0],
      ['b', 1],
      ['c', 1],
    ]);
  });

  it("leaves out the daemon's own values, which it says anew", async () => {
    const path = join(await temporaryFolder(), 'broker.db');
    const first = await opened({ path });
    await first.storeRetained(message('surf/availability', 'online', { retain: true }));
    const own = await opened({ path, isOwn: topic => topic === 'surf/availability' });
    await own.storeRetained(message('surf/availability', 'online', { retain: true, qos: 1 }));
    const last = await opened({ path });
    const stream = (
      last as unknown as { createRetainedStream(p: string): AsyncIterable<object> }
    ).createRetainedStream('#');
    for await (const _ of stream) throw new Error('nothing should be retained');
    expect(last.dropped).toBe(0);
  });

  it('keeps the newest where too much waits, and of a value the newest alone', async () => {
    const store = await opened({ options: { ...BROKER_DEFAULTS, maxQueuedMessages: 3 } });
    await store.addSubscriptions(client('away'), [{ topic: '#', qos: 1 }]);
    for (const n of ['1', '2', '3', '4']) await store.hold(message('surf/event', n));
    expect(store.waitingFor('away')).toEqual(['2', '3', '4']);
    for (const n of ['a', 'b', 'c']) await store.hold(message('surf/activity', n, { retain: true }));
    expect(store.waitingFor('away')).toEqual(['3', '4', 'c']);
    expect(store.dropped).toBe(2);
  });

  it('is bounded in bytes', async () => {
    const store = await opened({ options: { ...BROKER_DEFAULTS, maxQueuedBytes: 100_000 } });
    await store.addSubscriptions(client('away'), [{ topic: '#', qos: 1 }]);
    for (const n of ['1', '2', '3', '4']) await store.hold(message('x', n.repeat(30_000)));
    expect(store.waitingFor('away').map(text => text[0])).toEqual(['2', '3', '4']);
    await store.hold(message('x', '5'.repeat(200_000)));
    expect(store.waitingFor('away').map(text => text[0])).toEqual(['2', '3', '4']);
  });

  it('has no room for more retained messages than permitted', async () => {
    const refused: string[] = [];
    const options = { ...BROKER_DEFAULTS, maxRetained: 2, maxRetainedBytes: 1_000 };
    const store = await opened({ options, onRefused: (_, topic) => refused.push(topic) });
    for (const topic of ['a', 'b', 'c']) await store.storeRetained(message(topic, 'x', { retain: true }));
    await store.storeRetained(message('a', 'y'.repeat(2_000), { retain: true }));
    await store.storeRetained(message('b', '', { retain: true }));
    await store.storeRetained(message('d', 'x', { retain: true }));
    expect(refused).toEqual(['c', 'a']);
  });

  it('ends after its time, or when its user is no more', async () => {
    const clock = fakeClock();
    let users = ['anna', 'ben'];
    const store = await opened({
      clock,
      options: { ...BROKER_DEFAULTS, sessionExpiryMs: 1_000 },
      userOf: ({ id }) => id,
      isUser: name => users.includes(name),
    });
    for (const id of users) await store.addSubscriptions(client(id), [{ topic: '#', qos: 1 }]);
    store.away('anna');
    await clock.advance(999);
    await store.expire();
    expect(store.ownerOf('anna')).toBe('anna');
    await clock.advance(1);
    await store.expire();
    expect([store.ownerOf('anna'), store.ownerOf('ben')]).toEqual([undefined, 'ben']);
    users = [];
    await store.expire();
    expect(store.ownerOf('ben')).toBeUndefined();
  });

  it('holds nothing that the user may not read', async () => {
    const store = await opened({ mayRead: (_, topic) => topic !== 'secret' });
    await store.addSubscriptions(client('away'), [{ topic: '#', qos: 1 }]);
    await store.hold(message('secret', 'x'));
    await store.hold(message('open', 'y'));
    expect(store.waitingFor('away')).toEqual(['y']);
  });
});
