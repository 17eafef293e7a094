/** Group cross-validation of a whole training: each fold is judged by a head that never saw its groups. */

import { type JudgedSample, judgeSet } from '../../learning/fit/judge-set.ts';
import { type EmbeddedSet, selectRows } from '../../learning/fit/sample.ts';
import type { BackboneManifest } from '../../vision/bundle.ts';
import { foldsOf } from './folds.ts';
import { type TrainOptions, trainHead } from './train-head.ts';

/**
 * Calibration and thresholds of each fold's head are chosen within the other folds, as in any training.
 *
 * @param count of folds, at least 2
 * @param onProgress share of the work that is done, 0..1
 * @returns the judgements of each fold
 * @throws SurfwatchError `training-impossible` where a class is missing without one of the folds
 */
export async function crossValidate(
  set: EmbeddedSet,
  backbone: BackboneManifest,
  options: TrainOptions,
  count: number,
  onProgress: (done: number) => void,
): Promise<JudgedSample[][]> {
  const judged: JudgedSample[][] = [];
  const folds = foldsOf(set.samples, count, options.seed).filter(({ size }) => size > 0);
  for (const [index, fold] of folds.entries()) {
    const others = selectRows(set, ({ group }) => !fold.has(group));
    const { head } = await trainHead(others, backbone, options, {
      onProgress: done => onProgress((index + done) / folds.length),
    });
    judged.push(
      judgeSet(
        head,
        selectRows(set, ({ group, augmented }) => !augmented && fold.has(group)),
      ),
    );
  }
  return judged;
}
