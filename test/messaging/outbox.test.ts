import { describe, expect, it } from 'vitest';
import type { Message } from '../../src/messaging/connection-options.ts';
import { memoryEvents } from '../../src/messaging/event-store.ts';
import {
  connectionLost,
  isEmpty,
  newOutbox,
  type Outbox,
  putAnswer,
  putEvent,
  putPassing,
  putState,
  type Sending,
  settle,
  takeNext,
  unsentStates,
} from '../../src/messaging/outbox.ts';
import { fc } from '../support/fast-check.ts';

const state = (topic: string, payload: string): Message => ({ topic, payload, qos: 1, retain: true });
const answer = (payload: string): Message => ({ topic: 'answer', payload, qos: 1, retain: false });

/** A broker as the outbox sees it: what it retains, and the events that reached it. */
function brokerFor(outbox: Outbox) {
  const retained = new Map<string, string>();
  const events: string[] = [];
  const unacknowledged: Sending[] = [];
  let connected = false;
  return {
    retained,
    events,
    connect: () => {
      connected = true;
    },
    /** With `forget` it restarts without what it retained. */
    disconnect: (forget: boolean) => {
      connected = false;
      unacknowledged.length = 0;
      if (forget) retained.clear();
      connectionLost(outbox);
    },
    /** The daemon writes a message and the broker takes it; its acknowledgement comes later, or never. */
    send: () => {
      const sending = connected ? takeNext(outbox) : undefined;
      if (sending === undefined) return false;
      if (sending.kind === 'state') retained.set(sending.message.topic, String(sending.message.payload));
      if (sending.kind === 'event') events.push(String(sending.message.payload));
      unacknowledged.push(sending);
      return true;
    },
    acknowledge: (which: number) => {
      const [sending] = unacknowledged.splice(which % Math.max(1, unacknowledged.length), 1);
      if (sending) settle(outbox, sending);
      return sending !== undefined;
    },
  };
}

const steps = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant('set' as const), topic: fc.constantFrom('a', 'b', 'c'), value: fc.nat(3) }),
    fc.record({ do: fc.constant('emit' as const) }),
    fc.record({ do: fc.constant('connect' as const) }),
    fc.record({ do: fc.constant('disconnect' as const), forget: fc.boolean() }),
    fc.record({ do: fc.constant('send' as const) }),
    fc.record({ do: fc.constant('acknowledge' as const), which: fc.nat(5) }),
  ),
  { maxLength: 120 },
);

describe('outbox', () => {
  it('ends with the last value of each state and all events in order, after any interleaving', () => {
    fc.assert(
      fc.property(steps, script => {
        const outbox = newOutbox(memoryEvents(1000), 'event');
        const broker = brokerFor(outbox);
        const wanted = new Map<string, string>();
        let emitted = 0;
        for (const step of script) {
          if (step.do === 'set') {
            wanted.set(step.topic, String(step.value));
            putState(outbox, state(step.topic, String(step.value)));
          } else if (step.do === 'emit') putEvent(outbox, String(emitted++));
          else if (step.do === 'connect') broker.connect();
          else if (step.do === 'disconnect') broker.disconnect(step.forget);
          else if (step.do === 'send') broker.send();
          else broker.acknowledge(step.which);
        }
        broker.connect();
        while (broker.send() || broker.acknowledge(0));

        expect(isEmpty(outbox)).toBe(true);
        expect(unsentStates(outbox)).toBe(0);
        expect(broker.retained).toEqual(wanted);
        // An event may come again after a lost connection, but then nothing later has come in between.
        const once = broker.events.filter((id, i) => id !== broker.events[i - 1]);
        expect(once).toEqual(Array.from({ length: emitted }, (_, i) => String(i)));
        expect(outbox.events.dropped).toBe(0);
      }),
      { numRuns: 500 },
    );
  });

  it('never has two values of one topic, or two events, in flight', () => {
    fc.assert(
      fc.property(steps, script => {
        const outbox = newOutbox(memoryEvents(1000), 'event');
        let n = 0;
        for (const step of script) {
          if (step.do === 'set') putState(outbox, state(step.topic, String(n++)));
          else if (step.do === 'emit') putEvent(outbox, String(n++));
          else takeNext(outbox);
          const topics = [...outbox.inFlight].map(({ message }) => message.topic);
          expect(new Set(topics).size).toBe(topics.length);
        }
      }),
    );
  });

  it('keeps the newest of what is for the moment, behind all else, and only over one connection', () => {
    const outbox = newOutbox(memoryEvents(3), 'event');
    const passing = (payload: string): Message => ({ topic: 'now', payload, qos: 0, retain: false });
    putPassing(outbox, passing('1'));
    putPassing(outbox, passing('2'));
    putState(outbox, state('a', '1'));
    expect(takeNext(outbox)?.kind).toBe('state');
    const sending = takeNext(outbox);
    expect(sending).toMatchObject({ kind: 'passing', message: { payload: '2' } });
    putPassing(outbox, passing('3'));
    // The one before is not through yet.
    expect(takeNext(outbox)).toBeUndefined();
    if (sending !== undefined) settle(outbox, sending);
    expect(takeNext(outbox)?.message.payload).toBe('3');
    putPassing(outbox, passing('4'));
    connectionLost(outbox);
    expect(takeNext(outbox)?.message.topic).toBe('a');
    expect(takeNext(outbox)).toBeUndefined();
  });

  it('drops and counts the oldest events beyond the bound, but not the one in flight', () => {
    const outbox = newOutbox(memoryEvents(3), 'event');
    putEvent(outbox, '0');
    const first = takeNext(outbox);
    for (const id of ['1', '2', '3', '4', '5']) putEvent(outbox, id);
    expect(outbox.events.dropped).toBe(2);
    expect(outbox.events.size).toBe(4);
    const delivered = [];
    for (let sending = first; sending; sending = takeNext(outbox)) {
      delivered.push(sending.message.payload);
      settle(outbox, sending);
    }
    expect(delivered).toEqual(['0', '3', '4', '5']);
  });

  it('does not send the same value twice over one connection', () => {
    const outbox = newOutbox(memoryEvents(3), 'event');
    putState(outbox, state('a', 'x'));
    const sending = takeNext(outbox);
    if (sending) settle(outbox, sending);
    putState(outbox, state('a', 'x'));
    expect(takeNext(outbox)).toBeUndefined();
    connectionLost(outbox);
    expect(takeNext(outbox)?.message.payload).toBe('x');
  });

  it('forgets answers with the connection they came over, and bounds them', () => {
    const outbox = newOutbox(memoryEvents(3), 'event');
    for (let i = 0; i < 130; i++) putAnswer(outbox, answer(String(i)));
    expect(outbox.droppedAnswers).toBe(30);
    connectionLost(outbox);
    expect(takeNext(outbox)).toBeUndefined();
  });

  it('ignores an acknowledgement that comes after the connection was lost', () => {
    const outbox = newOutbox(memoryEvents(3), 'event');
    putEvent(outbox, '0');
    const late = takeNext(outbox);
    connectionLost(outbox);
    if (late) settle(outbox, late);
    expect(takeNext(outbox)?.message.payload).toBe('0');
  });
});
