/** Waiting for a moment that something else tells of. */
import type { Clock } from '../base/clock.ts';

export interface Moment {
  /** Resolves with true when it comes, with false where that takes longer than `timeoutMs`. */
  within(timeoutMs: number): Promise<boolean>;
  /** It has come: all who wait go on. */
  tell(): void;
}

export function newMoment(clock: Clock): Moment {
  const waiting = new Set<() => void>();
  return {
    within: timeoutMs => {
      const done = new AbortController();
      return new Promise(resolve => {
        const finish = (came: boolean) => {
          waiting.delete(come);
          resolve(came);
          done.abort();
        };
        const come = () => finish(true);
        waiting.add(come);
        clock.sleep(timeoutMs, done.signal).then(
          () => finish(false),
          () => undefined,
        );
      });
    },
    tell: () => {
      for (const come of waiting) come();
    },
  };
}
