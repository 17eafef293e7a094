/** Scores samples by heads that were not fitted to them, to calibrate on more groups than one part held out. */

import type { FittedHead } from '../../learning/fit/head-trainer.ts';
import { type EmbeddedSet, selectRows } from '../../learning/fit/sample.ts';
import { joinScored, type ScoredSet, scoredBy } from '../../learning/fit/scored-set.ts';
import { fitSet, type SetFitOptions } from './fit-set.ts';

export interface CrossFitting extends SetFitOptions {
  /** How weights become a head. */
  readonly bundleOf: (weights: FittedHead) => Parameters<typeof scoredBy>[0];
  /** Fraction of the work that is done, 0..1. */
  readonly onProgress: (done: number) => void;
}

/**
 * Fits a head to all groups but those of a fold, for one fold after the other.
 *
 * @param folds groups of each fold
 * @returns the samples of all folds, each scored by the head that did not see its fold
 */
export async function scoreByOthers(
  set: EmbeddedSet,
  folds: readonly ReadonlySet<string>[],
  { bundleOf, onProgress, ...options }: CrossFitting,
): Promise<ScoredSet> {
  const scored: ScoredSet[] = [];
  for (const [index, fold] of folds.entries()) {
    const others = selectRows(set, ({ group }) => !fold.has(group));
    const { weights } = await fitSet(others, options, {
      onStep: done => onProgress((index + done) / folds.length),
    });
    scored.push(
      scoredBy(
        bundleOf(weights),
        selectRows(set, ({ group }) => fold.has(group)),
      ),
    );
  }
  return joinScored(scored);
}
