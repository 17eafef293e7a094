/** A clock that stands still until a test moves it. */
import type { Clock } from '../../src/base/clock.ts';

interface Sleeper {
  readonly due: number;
  readonly order: number;
  readonly wake: () => void;
}

export interface FakeClock extends Clock {
  /** Moves time on by `ms`, waking each sleep at its own moment and letting the code that waited run before the next. */
  advance(ms: number): Promise<void>;
  /** Lets everything run that is ready at the present moment, without moving time. */
  settle(): Promise<void>;
  /** Moves the wall clock alone, as a time server does. */
  jump(ms: number): void;
  /** Sleeps not yet due. */
  readonly sleeping: number;
}

/** @param start wall-clock time at the beginning, in milliseconds since the epoch. */
export function fakeClock(start = Date.UTC(2026, 5, 1, 9, 0, 0)): FakeClock {
  let elapsed = 0;
  let wall = start;
  let order = 0;
  const sleepers = new Set<Sleeper>();

  const next = (until: number): Sleeper | undefined => {
    let first: Sleeper | undefined;
    for (const sleeper of sleepers) {
      if (sleeper.due > until) continue;
      if (
        first === undefined ||
        sleeper.due < first.due ||
        (sleeper.due === first.due && sleeper.order < first.order)
      ) {
        first = sleeper;
      }
    }
    return first;
  };

  // Chains of promises need several turns; a turn of the event loop also lets finished I/O in.
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 3; turn++) await new Promise(resolve => setImmediate(resolve));
  };

  return {
    now: () => wall + elapsed,
    monotonic: () => elapsed,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) {
          reject(signal.reason);
          return;
        }
        const onAbort = () => {
          sleepers.delete(sleeper);
          reject(signal?.reason);
        };
        const sleeper: Sleeper = {
          due: elapsed + Math.max(0, ms),
          order: order++,
          wake: () => {
            sleepers.delete(sleeper);
            signal?.removeEventListener('abort', onAbort);
            resolve();
          },
        };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', onAbort, { once: true });
      }),
    settle,
    advance: async ms => {
      if (!(ms >= 0)) throw new RangeError(`time does not go back by ${ms} ms`);
      const until = elapsed + ms;
      await settle();
      for (let sleeper = next(until); sleeper !== undefined; sleeper = next(until)) {
        elapsed = Math.max(elapsed, sleeper.due);
        sleeper.wake();
        await settle();
      }
      elapsed = until;
    },
    jump: ms => {
      wall += ms;
    },
    get sleeping() {
      return sleepers.size;
    },
  };
}
