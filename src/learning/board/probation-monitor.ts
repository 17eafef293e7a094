/** Watches a head that was just promoted on the frames that follow, and rolls it back if it misbehaves. */
import { join } from 'node:path';
import { serially } from '../../base/serially.ts';
import { messageOf } from '../../errors.ts';
import type { Reason } from '../../messaging/reasons.ts';
import { frameScoresOf } from '../archive/sight.ts';
import {
  endProbation,
  NO_PROBATION,
  PROBATION_DEFAULTS,
  type ProbationState,
  startProbation,
  watchPromotion,
} from '../models/probation.ts';
import { readProbation, saveProbation } from '../models/probation-file.ts';
import type { JudgedFrame } from './judged-frame.ts';
import type { LearningDeps } from './learning-deps.ts';

const FILE = 'probation.json';
/** After a kill at most so much of the probation is watched again. */
const SAVE_EVERY_MS = 60_000;
/** A rollback that failed is tried again after this. */
const RETRY_EVERY_MS = 30_000;

type ProbationMonitorDeps = Pick<
  LearningDeps,
  'options' | 'intervalMs' | 'clock' | 'reader' | 'store' | 'directory' | 'onAlert' | 'log'
>;

export class ProbationMonitor {
  readonly #deps: ProbationMonitorDeps;
  readonly #putBack: (reason: Reason) => Promise<unknown>;
  readonly #oneByOne = serially();
  #probation = NO_PROBATION;
  #savedMs = Number.NEGATIVE_INFINITY;
  #triedMs = Number.NEGATIVE_INFINITY;
  #rollingBack = false;
  #saveFailed = false;

  /** @param rollBack puts the head before the present one in use, and calls {@link ProbationMonitor.end} */
  constructor(deps: ProbationMonitorDeps, rollBack: (reason: Reason) => Promise<unknown>) {
    this.#deps = deps;
    this.#putBack = rollBack;
  }

  /** Goes on with the probation of the head in use. One that was promoted and has no file yet begins it. */
  async start(): Promise<void> {
    const { reader, store, clock, log } = this.#deps;
    const { id } = reader.head.manifest;
    const kept = await readProbation(this.#file, clock.monotonic(), log);
    if (kept !== null) this.#probation = kept.state;
    if (kept?.head === id) return;
    this.#probation = endProbation(this.#probation);
    const move = store.history(Number.MAX_SAFE_INTEGER).find(({ to }) => to !== null);
    if (move?.event === 'promoted' && move.to === id) this.begin();
  }

  /** Puts what is known on disk. */
  stop(): Promise<void> {
    return this.#save();
  }

  /** Another head is in use from now on. */
  begin(): void {
    const { options, clock } = this.#deps;
    this.#set(
      options.probationMs > 0
        ? startProbation(this.#probation, clock.monotonic())
        : endProbation(this.#probation),
    );
  }

  /** The head that was on probation is no longer in use. */
  end(): void {
    this.#set(endProbation(this.#probation));
  }

  /** Resolves when what the frame leads to is done: a rollback, say. */
  async add(frame: JudgedFrame): Promise<void> {
    const { monotonicMs, visibility, activity, thresholds } = frame;
    const { options, intervalMs, reader } = this.#deps;
    const before = this.#probation;
    const scores = frameScoresOf(frame.read.cells, reader.head.manifest);
    this.#probation = watchPromotion(
      before,
      { monotonicMs, visibility, activity, scores, thresholds },
      {
        ...PROBATION_DEFAULTS,
        durationMs: options.probationMs,
        gapMs: Math.max(PROBATION_DEFAULTS.gapMs, 2 * intervalMs()),
      },
    );
    const { verdict, trial } = this.#probation;
    const isDue = trial !== null && monotonicMs - this.#savedMs >= SAVE_EVERY_MS;
    if (verdict !== before.verdict || isDue) await this.#save();
    // Asked for anew: meanwhile another frame may have led to the rollback.
    const { verdict: now } = this.#probation;
    if (typeof now === 'object') await this.#rollBack(now.rollback, monotonicMs);
  }

  /** Where it fails the probation goes on, and it is tried again with a frame to come. */
  async #rollBack(reason: Reason, monotonicMs: number): Promise<void> {
    const { reader, onAlert, log } = this.#deps;
    if (this.#rollingBack || monotonicMs - this.#triedMs < RETRY_EVERY_MS) return;
    this.#rollingBack = true;
    this.#triedMs = monotonicMs;
    const { id } = reader.head.manifest;
    log.warn({ head: id, reason: reason.text }, 'the new head misbehaves and is rolled back');
    try {
      await this.#putBack(reason);
    } catch (error) {
      log.error({ err: error, head: id }, 'the misbehaving head cannot be rolled back; trying again');
      onAlert(
        'rollback-failed',
        `head ${id} misbehaves (${reason.text}), and cannot be rolled back: ${messageOf(error)}`,
      );
    } finally {
      this.#rollingBack = false;
    }
  }

  #set(probation: ProbationState): void {
    this.#probation = probation;
    this.#triedMs = Number.NEGATIVE_INFINITY;
    this.#deps.onAlert('rollback-failed', null);
    void this.#save();
  }

  /** A full disk loses what was seen since the last time, and no more. */
  #save(): Promise<void> {
    const { reader, clock, log } = this.#deps;
    return this.#oneByOne(async () => {
      const now = clock.monotonic();
      this.#savedMs = now;
      try {
        await saveProbation(this.#file, reader.head.manifest.id, this.#probation, now);
        this.#saveFailed = false;
      } catch (error) {
        if (!this.#saveFailed) log.warn({ err: error, path: this.#file }, 'the probation cannot be kept');
        this.#saveFailed = true;
      }
    });
  }

  get #file(): string {
    return join(this.#deps.directory, FILE);
  }
}
