import type { Publication } from './connection.ts';
import type { Message } from './connection-options.ts';
import type { EventStore, Outcome } from './event-store.ts';

/**
 * What waits to be sent, as plain data. State topics keep only their newest value; events are kept in order, one in
 * flight at a time, until they are acknowledged; answers live no longer than the connection they came over, and so does
 * what is for the moment, of which only the newest waits.
 */
export interface Outbox {
  /** The newest value of each state topic, sent or not. */
  readonly states: Map<string, Publication>;
  /** State topics whose newest value is still to be sent, longest waiting first. */
  readonly dirty: Set<string>;
  readonly events: EventStore;
  readonly eventTopic: string;
  readonly answers: Message[];
  /** For the moment, by topic. */
  readonly passing: Map<string, Message>;
  readonly inFlight: Set<Sending>;
  droppedAnswers: number;
}

/** A message handed out to be sent. */
export type Sending = {
  readonly kind: 'state' | 'event' | 'answer' | 'passing';
  readonly message: Publication;
};

const MAX_ANSWERS = 100;

/** @param eventTopic where events are sent, those of a former run too */
export function newOutbox(events: EventStore, eventTopic: string): Outbox {
  return {
    states: new Map(),
    dirty: new Set(),
    events,
    eventTopic,
    answers: [],
    passing: new Map(),
    inFlight: new Set(),
    droppedAnswers: 0,
  };
}

/** Takes a new value of a state topic; the same value again changes nothing. */
export function putState(outbox: Outbox, message: Publication): void {
  if (outbox.states.get(message.topic)?.payload === message.payload) return;
  outbox.states.set(message.topic, message);
  outbox.dirty.add(message.topic);
}

/** Sends the present value of a state topic again, if it has one. */
export function repeatState(outbox: Outbox, topic: string): void {
  if (outbox.states.has(topic)) outbox.dirty.add(topic);
}

/** Whether the newest value of a state topic is acknowledged. */
export function isStateSent(outbox: Outbox, topic: string): boolean {
  if (outbox.dirty.has(topic)) return false;
  return ![...outbox.inFlight].some(({ message }) => message.topic === topic);
}

export function putEvent(outbox: Outbox, payload: string): void {
  outbox.events.append(payload, sends(outbox, 'event'));
}

/** Takes an answer; beyond 100 waiting ones it is dropped and counted. */
export function putAnswer(outbox: Outbox, message: Message): void {
  if (outbox.answers.length >= MAX_ANSWERS) outbox.droppedAnswers += 1;
  else outbox.answers.push(message);
}

/** Takes what is for the moment, in place of what still waits of its topic. */
export function putPassing(outbox: Outbox, message: Message): void {
  outbox.passing.set(message.topic, message);
}

/**
 * The next message to send, which from then on is in flight: states first, then the oldest event, then answers, then
 * what is for the moment.
 *
 * @param mayEvent asked where an event could be sent next, whether it may
 */
export function takeNext(outbox: Outbox, mayEvent: () => boolean = () => true): Sending | undefined {
  const next = nextState(outbox) ?? nextEvent(outbox, mayEvent) ?? nextAnswer(outbox) ?? nextPassing(outbox);
  if (next !== undefined) outbox.inFlight.add(next);
  return next;
}

/** The message was acknowledged, or refused for good: it is done with. */
export function settle(outbox: Outbox, sending: Sending, outcome: Outcome = 'delivered'): void {
  if (!outbox.inFlight.delete(sending)) return;
  if (sending.kind === 'event') outbox.events.removeFirst(outcome);
}

/**
 * The connection is gone. What was in flight counts as not sent, and every state topic is sent again: the broker may
 * have restarted without what it retained. Answers are forgotten: who still wants one asks again. So is what was for
 * the moment.
 */
export function connectionLost(outbox: Outbox): void {
  outbox.inFlight.clear();
  outbox.answers.length = 0;
  outbox.passing.clear();
  for (const topic of outbox.states.keys()) outbox.dirty.add(topic);
}

/** Whether everything is sent and acknowledged. */
export function isEmpty(outbox: Outbox): boolean {
  return outbox.dirty.size + outbox.events.size + outbox.answers.length + outbox.inFlight.size === 0;
}

/** State topics whose newest value is not acknowledged. */
export function unsentStates(outbox: Outbox): number {
  const topics = new Set(outbox.dirty);
  for (const { kind, message } of outbox.inFlight) if (kind === 'state') topics.add(message.topic);
  return topics.size;
}

function nextState(outbox: Outbox): Sending | undefined {
  const flying = new Set<string>();
  for (const { kind, message } of outbox.inFlight) if (kind === 'state') flying.add(message.topic);
  for (const topic of outbox.dirty) {
    const message = outbox.states.get(topic);
    // Two values of one topic in flight could be delivered in the wrong order after a loss.
    if (message === undefined || flying.has(topic)) continue;
    outbox.dirty.delete(topic);
    return { kind: 'state', message };
  }
  return undefined;
}

function nextEvent(outbox: Outbox, mayEvent: () => boolean): Sending | undefined {
  if (outbox.events.size === 0 || sends(outbox, 'event') || !mayEvent()) return undefined;
  const payload = outbox.events.first();
  if (payload === undefined) return undefined;
  return { kind: 'event', message: { topic: outbox.eventTopic, payload, qos: 1, retain: false } };
}

function nextAnswer(outbox: Outbox): Sending | undefined {
  const message = outbox.answers.shift();
  return message && { kind: 'answer', message };
}

/** One at a time of each topic: a slow connection gets fewer, not older ones. */
function nextPassing(outbox: Outbox): Sending | undefined {
  const flying = new Set([...outbox.inFlight].map(({ message }) => message.topic));
  for (const [topic, message] of outbox.passing) {
    if (flying.has(topic)) continue;
    outbox.passing.delete(topic);
    return { kind: 'passing', message };
  }
  return undefined;
}

function sends(outbox: Outbox, kind: Sending['kind']): boolean {
  for (const sending of outbox.inFlight) if (sending.kind === kind) return true;
  return false;
}
