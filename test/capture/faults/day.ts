/** Lets a simulated day pass for a camera whose source works in earnest: with processes, sockets and files. */

import { readdir, readFile } from 'node:fs/promises';
import type { Clock } from '../../../src/base/clock.ts';
import type { FrameSource } from '../../../src/capture/source.ts';
import { fakeClock } from '../../support/fake-clock.ts';

/** In earnest, for an answer that must come; a test's own time-out is longer. */
const PATIENCE_MS = 15_000;
/** For one that must not come. */
const SILENCE_MS = 15;

export class Day {
  readonly clock: Clock;
  /** Whether the source's other end is mute at present. */
  silent = false;
  /** Grabs begun. */
  attempts = 0;
  readonly #fake = fakeClock();
  readonly #due = new Set<{ readonly at: number }>();
  #busy = 0;

  constructor() {
    const { now, monotonic } = this.#fake;
    // The back-off leaves fractions, which no wall clock has.
    this.clock = { now: () => Math.floor(now()), monotonic, sleep: (ms, signal) => this.#sleep(ms, signal) };
  }

  /** Timers that wait at present. */
  get sleeping(): number {
    return this.#fake.sleeping;
  }

  /** The source, watched: time stands still while it is at work, for as long as that makes sense. */
  watch(source: FrameSource): FrameSource {
    const during = async <T>(work: Promise<T>): Promise<T> => {
      this.#busy += 1;
      return work.finally(() => {
        this.#busy -= 1;
      });
    };
    return {
      kind: source.kind,
      get dropped() {
        return source.dropped;
      },
      grab: signal => {
        this.attempts += 1;
        return during(source.grab(signal));
      },
      close: () => during(source.close()),
      ...(source.advice === undefined ? {} : { advice: async () => source.advice?.() }),
    };
  }

  /** Lets simulated time pass, from one event to the next. */
  async pass(ms: number, enough: () => boolean = () => false): Promise<void> {
    const until = this.clock.monotonic() + ms;
    while (!enough()) {
      await this.#idle();
      const now = this.clock.monotonic();
      const next = Math.min(until, ...[...this.#due].map(({ at }) => at));
      await this.#fake.advance(Math.max(0, next - now));
      if (next === until) break;
    }
    await this.#idle();
  }

  async #idle(): Promise<void> {
    const limit = performance.now() + (this.silent ? SILENCE_MS : PATIENCE_MS);
    await this.#fake.settle();
    while (this.#busy > 0 && performance.now() < limit) {
      await new Promise(resolve => setTimeout(resolve, 1));
    }
    await this.#fake.settle();
  }

  async #sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const due = { at: this.clock.monotonic() + ms };
    this.#due.add(due);
    try {
      await this.#fake.sleep(ms, signal);
    } finally {
      this.#due.delete(due);
    }
  }
}

/** The processes whose environment holds the mark, dead ones that nobody has fetched (zombies) of ours among them. */
export async function processesOf(mark: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry) || Number(entry) === process.pid) continue;
    const about = (file: string) => readFile(`/proc/${entry}/${file}`, 'utf8').catch(() => '');
    const [, name = '', state = '', parent = ''] = /\((.*)\) (\S) (\d+)/.exec(await about('stat')) ?? [];
    const zombie = state === 'Z' && Number(parent) === process.pid;
    if (zombie || (await about('environ')).includes(mark)) found.push(`${entry} ${name} ${state}`);
  }
  return found;
}
