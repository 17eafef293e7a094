import { onTestFinished } from 'vitest';
import type { Clock } from '../../../src/base/clock.ts';
import { type Collected, type CollectPlan, collect } from '../../../src/training/collection/collect.ts';
import { openverseSearch } from '../../../src/training/collection/openverse.ts';
import { PoliteClient, type PoliteOptions } from '../../../src/training/collection/polite-client.ts';

/** A clock whose sleeps are over at once, and counted. */
export interface InstantClock extends Clock {
  readonly sleeps: number[];
}

export function instantClock(): InstantClock {
  let slept = 0;
  const sleeps: number[] = [];
  return {
    sleeps,
    now: () => Date.UTC(2026, 5, 1) + slept,
    monotonic: () => slept,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      sleeps.push(Math.round(ms));
      slept += ms;
    },
  };
}

export function politeClient(change: Partial<PoliteOptions> = {}): PoliteClient {
  const client = new PoliteClient({
    userAgent: 'surfwatch/test (me@example.org)',
    intervalOf: () => 0,
    allowLoopback: true,
    timeoutMs: 5000,
    maxWaitMs: 120_000,
    clock: instantClock(),
    onWait: () => {},
    ...change,
  });
  onTestFinished(() => client.close());
  return client;
}

export function collectFrom(
  base: string,
  out: string,
  change: Partial<CollectPlan> = {},
  client = politeClient(),
): Promise<Collected> {
  return collect(
    {
      out,
      wanted: [{ name: 'surfing', queries: ['wave'] }],
      perClass: 100,
      perAuthor: 10,
      licences: ['cc0', 'by', 'by-sa'],
      maxSide: 1280,
      searches: [openverseSearch(base, ['cc0', 'by', 'by-sa'], [])],
      ...change,
    },
    {
      client,
      clock: instantClock(),
      signal: new AbortController().signal,
      onStart: () => {},
      onKept: () => {},
    },
  );
}
