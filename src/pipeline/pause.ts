/** A pause: for privacy or maintenance the camera is not asked, over restarts too, until its end or `resume`. */
import { join } from 'node:path';
import type { Logger } from 'pino';
import * as z from 'zod';
import type { Clock } from '../base/clock.ts';
import { serially } from '../base/serially.ts';
import { readStateFile, removeStateFile, type StateFile, writeStateFile } from '../base/state-file.ts';
import { messageOf, SurfwatchError } from '../errors.ts';

export interface PauseState {
  /** Milliseconds since the epoch (UTC). */
  readonly since: number;
  /** Null: until `resume`. */
  readonly until: number | null;
  readonly reason: string | null;
}

/** `kept` false: the disk failed, and after a restart the opposite would hold. */
export interface PauseOutcome {
  readonly state: PauseState | null;
  readonly kept: boolean;
}

export interface PauseRequest {
  /** How long, in ms. Without it and `untilMs`: until `resume`. */
  readonly forMs?: number | undefined;
  /** Milliseconds since the epoch (UTC). */
  readonly untilMs?: number | undefined;
  readonly reason?: string | undefined;
}

/** Told of each pause, also where only the end or the reason is another, and with null of its end. */
export type PauseListener = (pause: PauseState | null) => Promise<void> | void;

export interface PauseDeps {
  readonly stateDir: string;
  /** How what the disk says differs from what holds, or null. */
  readonly onAlert: (text: string | null) => void;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A wall clock that was set meanwhile is noticed within this. */
const RECHECK_MS = 1_000;

const schema = z.object({
  since: z.iso.datetime(),
  until: z.iso.datetime().nullable(),
  reason: z.string().nullable(),
});

export class Pause {
  readonly #deps: PauseDeps;
  readonly #file: StateFile<z.infer<typeof schema>>;
  readonly #inTurn = serially();
  readonly #listeners: PauseListener[] = [];
  #state: PauseState | null = null;
  /** Monotonic end of a pause for a duration: setting the clock does not shorten it. Lost with the process. */
  #endMs: number | null = null;
  /** Ends the present wait for the end. */
  #waiting = new AbortController();

  constructor(deps: PauseDeps) {
    this.#deps = deps;
    this.#file = { path: join(deps.stateDir, 'pause.json'), version: 1, schema };
  }

  /** Goes on with a pause of an earlier run, before the camera is opened. Never rejects for a disk. @returns whether it is paused */
  start(): Promise<boolean> {
    return this.#inTurn(async () => {
      const { clock, onAlert } = this.#deps;
      const read = await readStateFile(this.#file, clock.now());
      onAlert(null);
      if (read.damage !== null) await this.#holdOn(read.damage);
      else if (read.value !== null) {
        const state = stateOf(read.value);
        const isOver = state.until !== null && state.until <= clock.now();
        await (isOver ? this.#keep(removeStateFile(this.#file)) : this.#begin(state, null));
      }
      return this.#state !== null;
    });
  }

  /** Each is told after the one before it is done; a pause is answered when all are. */
  subscribe(listener: PauseListener): void {
    this.#listeners.push(listener);
  }

  /** The pause is kept. */
  stop(): void {
    this.#waiting.abort();
  }

  get state(): PauseState | null {
    return this.#state;
  }

  /**
   * Pauses, or gives the pause another end; when this resolves the camera is left alone, and it is on disk, unless the
   * disk fails.
   *
   * @throws SurfwatchError `command-invalid` for an end that is past
   */
  pause({ forMs, untilMs, reason }: PauseRequest = {}): Promise<PauseOutcome> {
    return this.#inTurn(async () => {
      const { clock, log } = this.#deps;
      const now = clock.now();
      if (untilMs !== undefined && untilMs <= now)
        throw new SurfwatchError('command-invalid', `until: ${iso(untilMs)} is past, it is ${iso(now)}`);
      const until = forMs === undefined ? (untilMs ?? null) : now + forMs;
      const state = { since: this.#state?.since ?? now, until, reason: reason ?? null };
      const kept = await this.#keep(writeStateFile(this.#file, textOf(state)));
      log.info(textOf(state), 'paused');
      await this.#begin(state, forMs === undefined ? null : clock.monotonic() + forMs);
      return { state, kept };
    });
  }

  /** Where there is no pause it changes nothing. */
  resume(): Promise<PauseOutcome> {
    return this.#inTurn(async () => ({
      state: null,
      kept: this.#state === null || (await this.#end('resumed')),
    }));
  }

  /** Who paused must not find the camera at work because a disk failed. */
  async #holdOn(damage: string): Promise<void> {
    const { clock, log, onAlert } = this.#deps;
    const state = { since: clock.now(), until: null, reason: 'pause.json was damaged: it stays paused' };
    log.error(`${state.reason}: ${damage}`);
    onAlert(`the camera stays paused until \`resume\`: ${damage}`);
    // Without it the next start would find no pause.
    await writeStateFile(this.#file, textOf(state)).catch((error: unknown) =>
      log.error({ err: error }, 'the pause is not kept'),
    );
    await this.#begin(state, null);
  }

  async #begin(state: PauseState, endMs: number | null): Promise<void> {
    this.#state = state;
    this.#endMs = endMs;
    this.#waiting.abort();
    await this.#tell(state);
    this.#waiting = new AbortController();
    if (state.until !== null) void this.#waitFor(state.until, this.#waiting.signal);
  }

  async #waitFor(until: number, signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#deps;
    for (let left = this.#left(until); left > 0; left = this.#left(until)) {
      await clock.sleep(Math.min(left, RECHECK_MS), signal).catch(() => undefined);
      if (signal.aborted) return;
    }
    await this.#inTurn(async () => {
      if (!signal.aborted) await this.#end('the pause is over');
    }).catch((error: unknown) => log.error({ err: error }, 'the camera cannot be opened again'));
  }

  #left(until: number): number {
    const { clock } = this.#deps;
    return this.#endMs === null ? until - clock.now() : this.#endMs - clock.monotonic();
  }

  async #end(why: string): Promise<boolean> {
    const kept = await this.#keep(removeStateFile(this.#file));
    this.#waiting.abort();
    this.#state = null;
    this.#endMs = null;
    this.#deps.log.info(why);
    await this.#tell(null);
    return kept;
  }

  async #tell(state: PauseState | null): Promise<void> {
    for (const listener of this.#listeners) await listener(state);
  }

  /** A full disk must neither keep the camera looking nor keep it paused. */
  async #keep(work: Promise<void>): Promise<boolean> {
    const { log, onAlert } = this.#deps;
    try {
      await work;
      onAlert(null);
      return true;
    } catch (error) {
      log.error({ err: error }, 'the pause is not kept as it holds');
      onAlert(`after a restart the opposite would hold: ${messageOf(error)}`);
      return false;
    }
  }
}

function stateOf({ since, until, reason }: z.infer<typeof schema>): PauseState {
  return { since: Date.parse(since), until: until === null ? null : Date.parse(until), reason };
}

function textOf({ since, until, reason }: PauseState): z.infer<typeof schema> {
  return { since: iso(since), until: until === null ? null : iso(until), reason };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
