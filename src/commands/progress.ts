/** Progress of long work: on stderr, so that stdout holds the answer alone. */
import { SingleBar } from 'cli-progress';

export interface Progress {
  step(): void;
  stop(): void;
}

/** Less work than this is over before a bar is worth a look. */
const WORTH_A_BAR = 20;

/** A bar where a person looks on and there is much to do, else nothing. */
export function startProgress(name: string, total: number): Progress {
  if (!process.stderr.isTTY || total < WORTH_A_BAR) return { step: () => {}, stop: () => {} };
  const bar = new SingleBar({
    format: `${name} {bar} {value}/{total}  {eta_formatted} left`,
    stream: process.stderr,
    clearOnComplete: true,
  });
  bar.start(total, 0);
  return { step: () => bar.increment(), stop: () => bar.stop() };
}
