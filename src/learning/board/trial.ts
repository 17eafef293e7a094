/** A head that was just promoted, on trial on the frames that follow. */
import { frameScoresOf } from '../archive/sight.ts';
import {
  endProbation,
  NO_PROBATION,
  PROBATION_DEFAULTS,
  startProbation,
  watchPromotion,
} from '../models/probation.ts';
import type { LearningParts } from './learning-parts.ts';
import type { SeenFrame } from './seen-frame.ts';

export class Trial {
  readonly #parts: Pick<LearningParts, 'options' | 'intervalMs' | 'clock' | 'reader'>;
  #probation = NO_PROBATION;

  constructor(parts: Pick<LearningParts, 'options' | 'intervalMs' | 'clock' | 'reader'>) {
    this.#parts = parts;
  }

  /** Another head is in force from now on. */
  begin(): void {
    const { options, clock } = this.#parts;
    if (options.probationMs > 0) this.#probation = startProbation(this.#probation, clock.monotonic());
  }

  end(): void {
    this.#probation = endProbation(this.#probation);
  }

  take(seen: SeenFrame): void {
    const { monotonicMs, visibility, activity, thresholds } = seen;
    const { options, intervalMs, reader } = this.#parts;
    const scores = frameScoresOf(seen.read.cells, reader.head.manifest);
    this.#probation = watchPromotion(
      this.#probation,
      { monotonicMs, visibility, activity, scores, thresholds },
      {
        ...PROBATION_DEFAULTS,
        durationMs: options.probationMs,
        gapMs: Math.max(PROBATION_DEFAULTS.gapMs, 2 * intervalMs),
      },
    );
  }

  /** Why the head is to be taken back; null while it does well. */
  get failure(): string | null {
    const { verdict } = this.#probation;
    return typeof verdict === 'object' ? verdict.rollback : null;
  }
}
