/** The life of training jobs on the board: one at a time, from the command to a head in use or a reason why not. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { HeadBundle } from '../../activity/head-bundle.ts';
import type { Clock } from '../../base/clock.ts';
import { replaceFile } from '../../base/durable.ts';
import type { InTurn } from '../../base/fair-turns.ts';
import { messageOf, SurfwatchError } from '../../errors.ts';
import type { Training } from '../../messaging/learning-payloads.ts';
import type { GateFacts, HeldHead, ModelStore } from '../models/types.ts';
import { RETRAIN_DEFAULTS } from '../retrain/retrain-head.ts';
import { type RetrainJob, type RetrainThread, startRetrainJob } from '../retrain/run-in-worker.ts';
import type { RetrainHooks, RetrainInput, RetrainResult } from '../retrain/types.ts';

/** What the command asks for. */
export interface RetrainRequest {
  readonly epochs?: number | undefined;
  /** Measure, but change nothing. */
  readonly dryRun?: boolean | undefined;
  /** Take the new head though the gate is against it. */
  readonly force?: boolean | undefined;
  /** Ways (`mqtt`, `image`, …) or activities; only labels of these are learnt from. */
  readonly only?: readonly string[] | undefined;
}

export interface RetrainingDeps {
  readonly store: ModelStore;
  /** Gathers what there is to learn from; may take long where pictures must be embedded anew. */
  readonly gather: (request: RetrainRequest, signal: AbortSignal) => Promise<RetrainInput>;
  /** Id of the head in use. */
  readonly head: () => string;
  /** Told at every step. */
  readonly onUpdate: (training: Training) => void;
  /** A new head was saved and is to be used from the next frame on. */
  readonly onPromoted: (head: HeadBundle, from: string, facts: GateFacts) => void;
  readonly onRejected: (facts: GateFacts) => void;
  /** A new head was saved and waits for approval. */
  readonly onHeld: (held: HeldHead) => void;
  /** JPEG of what both heads find; null where no picture may be kept. */
  readonly overlay: (result: RetrainResult) => Promise<Uint8Array | null>;
  /** Where the running job is noted, so that a restart can say what became of it. */
  readonly directory: string;
  /** Waits where another retraining of this process is running. */
  readonly inTurn: InTurn;
  readonly newId: () => string;
  readonly thread: RetrainThread | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

interface Running {
  readonly job: string;
  readonly cancelled: AbortController;
  readonly done: Promise<void>;
}

/** What is told of a job's end, and the head that waits for approval since. */
interface Ended extends Partial<Training> {
  readonly held?: HeldHead;
}

const OUTCOMES = { promote: 'promoted', hold: 'held', reject: 'rejected' } as const;
const NOTE = 'job.json';

export class Retraining {
  readonly #deps: RetrainingDeps;
  #running: Running | undefined;
  #training: Training;
  #unsure: ReadonlySet<string> = new Set();

  constructor(deps: RetrainingDeps) {
    this.#deps = deps;
    this.#training = { ...NOTHING, ts: new Date(deps.clock.now()).toISOString() };
  }

  /** Says what became of the job before the restart, and which head waits for approval. */
  async start(): Promise<void> {
    const note = await readFile(this.#note(), 'utf8').catch(() => null);
    const job = note === null ? undefined : jobIn(note);
    const { held, history } = this.#deps.store;
    // It may have been killed when what came of it was on disk, and the note not yet gone.
    if (job === undefined || job === held?.job || job === history(1)[0]?.job) {
      this.#update(held === null ? {} : { job: held.job, ...this.#waiting(held), finishedAt: held.at });
      await rm(this.#note(), { force: true });
      return;
    }
    const message = `job ${job} was interrupted by a restart of the daemon; the head in use is as it was`;
    this.#update({
      job,
      state: 'failed',
      finishedAt: this.#now(),
      error: { code: 'retrain-interrupted', message },
    });
    this.#deps.log.warn({ job }, message);
    await rm(this.#note(), { force: true });
  }

  /** Frames labelled as a whole of which the last retraining could not tell who is meant. */
  get unsure(): ReadonlySet<string> {
    return this.#unsure;
  }

  get training(): Training {
    return this.#training;
  }

  /**
   * Accepts a job and returns at once.
   *
   * @throws SurfwatchError `retrain-busy`
   */
  begin(request: RetrainRequest): { readonly job: string } {
    if (this.#running !== undefined)
      throw new SurfwatchError('retrain-busy', `job ${this.#running.job} is running`);
    const job = this.#deps.newId();
    const cancelled = new AbortController();
    const epochs = request.epochs ?? RETRAIN_DEFAULTS.epochs;
    this.#update({ ...NOTHING, job, state: 'queued', epochs, startedAt: this.#now() });
    const done = this.#run(job, { ...request, epochs }, cancelled.signal).then(({ held, ...end }) => {
      this.#running = undefined;
      // Who is told of the end may ask for the next job at once.
      this.#update({ secondsLeft: null, finishedAt: this.#now(), ...end });
      if (held !== undefined) this.#deps.onHeld(held);
    });
    this.#running = { job, cancelled, done };
    return { job };
  }

  /** @throws SurfwatchError `retrain-none` where no such job runs */
  cancel(job?: string): { readonly job: string } {
    const running = this.#running;
    if (running === undefined || (job !== undefined && job !== running.job)) {
      throw new SurfwatchError(
        'retrain-none',
        job === undefined ? 'no job is running' : `no job ${job} is running`,
      );
    }
    running.cancelled.abort(new SurfwatchError('retrain-cancelled', 'the retraining was cancelled'));
    return { job: running.job };
  }

  /** Gives the running job up. */
  async stop(): Promise<void> {
    const running = this.#running;
    running?.cancelled.abort(new SurfwatchError('retrain-cancelled', 'the daemon was stopped'));
    await running?.done;
  }

  /** @returns how it ended; what it leaves behind is on disk then, and nothing else */
  async #run(job: string, request: RetrainRequest & { epochs: number }, signal: AbortSignal): Promise<Ended> {
    const { log, clock } = this.#deps;
    const began = clock.monotonic();
    try {
      await replaceFile(this.#note(), `${JSON.stringify({ job })}\n`);
      const end = await this.#deps.inTurn(async () => {
        const input = await this.#deps.gather(request, signal);
        const result = await this.#train(input, request.epochs, signal);
        this.#unsure = new Set(result.unsure);
        signal.throwIfAborted();
        return this.#settle(job, request, result);
      }, signal);
      log.info({ job, seconds: Math.round((clock.monotonic() - began) / 1000) }, 'retraining done');
      return end;
    } catch (error) {
      const fault =
        error instanceof SurfwatchError
          ? error
          : new SurfwatchError('retrain-failed', messageOf(error), { cause: error });
      const state = fault.code === 'retrain-cancelled' ? 'cancelled' : 'failed';
      log.warn(
        { job, code: fault.code, err: state === 'failed' ? error : undefined },
        `retraining: ${fault.message}`,
      );
      return { state, error: { code: fault.code, message: fault.message } };
    } finally {
      await rm(this.#note(), { force: true }).catch(() => undefined);
    }
  }

  #train(input: RetrainInput, epochs: number, signal: AbortSignal): Promise<RetrainResult> {
    signal.throwIfAborted();
    const options = { ...RETRAIN_DEFAULTS, epochs };
    const began = this.#deps.clock.monotonic();
    this.#update({ state: 'training' });
    const onProgress: RetrainHooks['onProgress'] = (done, epoch) => {
      const elapsed = (this.#deps.clock.monotonic() - began) / 1000;
      this.#update({
        progress: done,
        state: epoch !== null && epoch.epoch >= epochs ? 'gating' : 'training',
        ...(epoch !== null && { epoch: epoch.epoch, loss: epoch.loss }),
        secondsLeft: done > 0.05 ? Math.round((elapsed * (1 - done)) / done) : null,
      });
    };
    const running: RetrainJob = startRetrainJob(input, options, { onProgress }, this.#deps.thread);
    signal.addEventListener('abort', () => running.cancel(), { once: true });
    return running.result;
  }

  /** The head that this job made, and that waited, was approved or rejected. */
  decided(held: HeldHead, outcome: 'promoted' | 'rejected'): void {
    const { job, result } = this.#training;
    if (held.job !== job || result === null) return;
    this.#update({ state: 'done', result: { ...result, outcome, head: this.#deps.head() } });
  }

  async #settle(job: string, { dryRun, force }: RetrainRequest, result: RetrainResult): Promise<Ended> {
    const { store, head, onPromoted, onRejected, overlay } = this.#deps;
    const { verdict, candidate, samples } = result;
    const { base, board, detections, decision, reasons } = verdict;
    const facts = { job, reasons, figures: { base, board, detections } };
    const outcome = dryRun === true ? 'dry-run' : force === true ? 'promoted' : OUTCOMES[decision];
    const from = head();
    if (outcome === 'held') {
      const held = await store.hold(candidate, { ...facts, samples }, await overlay(result));
      return { ...this.#waiting(held), held };
    }
    if (outcome === 'promoted') onPromoted(await store.promote(candidate, facts), from, facts);
    if (outcome === 'rejected') {
      await store.reject(facts);
      onRejected(facts);
    }
    const figures = { base, board, detections, samples };
    const told = { outcome, head: head(), candidate: null, reasons, ...figures } as const;
    return { state: 'done', progress: 1, result: told as Training['result'] };
  }

  /** After a restart nothing else is known of the job that made a head that waits. */
  #waiting({ id, reasons, figures, samples }: HeldHead): Partial<Training> {
    const { base = null, board = null, detections = null } = figures ?? {};
    const told = { outcome: 'held', head: this.#deps.head(), candidate: id, reasons } as const;
    const result = { ...told, base, board, detections, samples };
    return { state: 'held', progress: 1, result: result as Training['result'] };
  }

  #update(change: Partial<Training>): void {
    this.#training = { ...this.#training, ...change, ts: this.#now() };
    this.#deps.onUpdate(this.#training);
  }

  #now(): string {
    return new Date(this.#deps.clock.now()).toISOString();
  }

  #note(): string {
    return join(this.#deps.directory, NOTE);
  }
}

const NOTHING: Omit<Training, 'ts'> = {
  v: 1,
  job: null,
  state: 'idle',
  progress: 0,
  epoch: null,
  epochs: null,
  loss: null,
  secondsLeft: null,
  startedAt: null,
  finishedAt: null,
  result: null,
  error: null,
};

function jobIn(note: string): string | undefined {
  try {
    const { job } = JSON.parse(note) as { job?: unknown };
    return typeof job === 'string' && /^[0-9A-Z]{26}$/.test(job) ? job : undefined;
  } catch {
    return undefined;
  }
}
