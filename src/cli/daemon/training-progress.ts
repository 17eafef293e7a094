/** How far a retraining is: a bar for a person, a line now and then in a log, nothing where a script reads the answer. */
import { SingleBar } from 'cli-progress';
import type { Training } from '../../messaging/learning-payloads.ts';

export interface TrainingProgress {
  readonly show: (update: Training) => void;
  /** May be called twice. */
  readonly stop: () => void;
}

const STEPS = 1000;
/** Milliseconds between two lines of a log. */
const LOG_EVERY = 15_000;

export function startTrainingProgress(json: boolean): TrainingProgress {
  if (json && !process.stderr.isTTY) return { show: () => undefined, stop: () => undefined };
  const bar = new SingleBar({
    format: '{state} {bar} {percentage} %{loss}{left}',
    stream: process.stderr,
    clearOnComplete: true,
    noTTYOutput: true,
    notTTYSchedule: LOG_EVERY,
  });
  bar.start(STEPS, 0, { state: 'queued', loss: '', left: '' });
  return {
    show: ({ state, progress, loss, secondsLeft }) =>
      bar.update(Math.floor(progress * STEPS), {
        state,
        loss: loss === null ? '' : `  loss ${loss.toFixed(3)}`,
        left: secondsLeft === null ? '' : `  ${Math.ceil(secondsLeft)} s left`,
      }),
    stop: () => bar.stop(),
  };
}
