/** The queue of events as the outbox sees it, and the one in memory. */
import type { SurfwatchError } from '../errors.ts';

/** What the broker said of a message. */
export type Outcome = 'delivered' | 'refused';

/** Payloads of events in order, oldest first. Its methods do not throw. */
export interface EventStore {
  /** Opens what the events are kept in. */
  start(): void;
  stop(): void;
  /** Adds an event at the end. Beyond the bound the oldest goes, but not the first while `keepFirst`. */
  append(payload: string, keepFirst: boolean): void;
  first(): string | undefined;
  /** Removes the first event once the broker has taken it, or has refused it, which counts as dropped. */
  removeFirst(outcome: Outcome): void;
  readonly size: number;
  /** Events given up because of the bound, or because the broker refused them. */
  readonly dropped: number;
  /** Those among `size` that are lost when the process ends. */
  readonly volatile: number;
  /** Why events that should be kept on disk are not; null where nothing is wrong. */
  readonly fault: SurfwatchError | null;
}

export interface MemoryEvents extends EventStore {
  readonly payloads: readonly string[];
  /** Empties the queue and sets its counter to zero. */
  clear(): void;
}

/** @param maxEvents events kept at most, one in flight not counted */
export function memoryEvents(maxEvents: number): MemoryEvents {
  const queue: string[] = [];
  let dropped = 0;
  return {
    start: () => undefined,
    stop: () => undefined,
    append: (payload, keepFirst) => {
      queue.push(payload);
      const held = keepFirst ? 1 : 0;
      const excess = Math.max(0, queue.length - held - maxEvents);
      queue.splice(held, excess);
      dropped += excess;
    },
    first: () => queue[0],
    removeFirst: outcome => {
      if (queue.shift() !== undefined && outcome === 'refused') dropped += 1;
    },
    get size() {
      return queue.length;
    },
    get dropped() {
      return dropped;
    },
    get volatile() {
      return queue.length;
    },
    fault: null,
    payloads: queue,
    clear: () => {
      queue.length = 0;
      dropped = 0;
    },
  };
}
