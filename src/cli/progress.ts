/** Progress of long work: on stderr, so that stdout holds the answer alone. */
import cliProgress from 'cli-progress';

export interface Progress {
  step(): void;
  /** @param done share of the work, 0..1 */
  to(done: number): void;
  stop(): void;
}

/** Less work than this is over before a bar is worth a look. */
const WORTH_A_BAR = 20;
const SILENT: Progress = { step: () => {}, to: () => {}, stop: () => {} };

/** A bar where a person looks on and there is much to do, else nothing. */
export function startProgress(name: string, total: number): Progress {
  if (!process.stderr.isTTY || total < WORTH_A_BAR) return SILENT;
  return barOf(`${name} {bar} {value}/{total}  {eta_formatted} left`, total);
}

/** Work of minutes: a bar for a person, and a line now and then in a log; nothing where a script reads the answer. */
export function startLongWork(name: string, json: boolean): Progress {
  if (json && !process.stderr.isTTY) return SILENT;
  return barOf(`${name.padEnd(18)} {bar} {percentage} %  {eta_formatted} left`, 1000);
}

/** Milliseconds between two lines of a log. */
const LOG_EVERY = 15_000;

function barOf(format: string, total: number): Progress {
  const bar = new cliProgress.SingleBar({
    format,
    stream: process.stderr,
    clearOnComplete: true,
    noTTYOutput: true,
    notTTYSchedule: LOG_EVERY,
    // Until something is done nobody knows: it would print letters of "INF" and "NULL".
    formatTime: (seconds, options, multiple) =>
      Number.isFinite(seconds) ? cliProgress.Format.TimeFormat(seconds, options, multiple) : '?',
  });
  bar.start(total, 0);
  return {
    step: () => bar.increment(),
    to: done => bar.update(Math.floor(done * total)),
    stop: () => bar.stop(),
  };
}
