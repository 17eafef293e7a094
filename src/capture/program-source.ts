/** A camera behind a long-lived program that writes JPEGs to its standard output. */
import type { Clock } from '../base/clock.ts';
import { Undead } from './child.ts';
import { type Program, ProgramRun } from './program-run.ts';
import { type CameraKind, EndOfFrames, type FrameSource, type Picture } from './source.ts';

export interface ProgramParts {
  readonly kind: CameraKind;
  readonly origin: string;
  readonly clock: Clock;
  /** The program for the next start. */
  readonly program: () => Promise<Program>;
  /**
   * Told why each run ended, and whether it gave any picture.
   *
   * @returns whether `program` now has another way that is worth trying at once, in the same grab.
   */
  readonly ended: (reason: unknown, pictures: boolean) => boolean;
  /** See {@link FrameSource.advice}. */
  readonly advice?: () => Promise<string | undefined>;
}

/**
 * Starts the program at the first grab and keeps it. Only the newest picture is kept, unless the program is patient;
 * then none is dropped.
 */
export class ProgramSource implements FrameSource {
  readonly kind: CameraKind;
  readonly #parts: ProgramParts;
  readonly #undead = new Undead();
  #run: ProgramRun | undefined;
  #closing: Promise<void> = Promise.resolve();
  /** The count of the runs before this one. */
  #dropped = 0;

  constructor(parts: ProgramParts) {
    this.kind = parts.kind;
    this.#parts = parts;
  }

  get dropped(): number {
    return this.#dropped + (this.#run?.dropped ?? 0);
  }

  /**
   * @throws SurfwatchError `camera-*` once for each end of the program; the grab after it starts another.
   * @throws EndOfFrames at the end of a finite input.
   */
  async grab(signal: AbortSignal): Promise<Picture> {
    const { origin, ended } = this.#parts;
    for (;;) {
      const run = this.#run ?? (await this.#start(signal));
      try {
        return { bytes: await run.next(signal), origin };
      } catch (error) {
        if (error instanceof EndOfFrames) throw error;
        this.#forget(run);
        if (!ended(error, run.any) || signal.aborted) throw error;
      }
    }
  }

  async advice(): Promise<string | undefined> {
    return this.#parts.advice?.();
  }

  async close(): Promise<void> {
    if (this.#run !== undefined) this.#forget(this.#run);
    await this.#closing;
  }

  async #start(signal: AbortSignal): Promise<ProgramRun> {
    await this.#closing;
    this.#undead.mustBeGone(this.#parts.origin);
    const program = await this.#parts.program();
    signal.throwIfAborted();
    this.#run = new ProgramRun(program, this.#parts.clock);
    return this.#run;
  }

  #forget(run: ProgramRun): void {
    if (this.#run !== run) return;
    this.#run = undefined;
    this.#dropped += run.dropped;
    this.#closing = run.end().then(() => this.#undead.watch(run.child));
  }
}
