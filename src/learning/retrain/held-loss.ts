/** The loss by which a retraining stops: what was known must stay, and the board's own hours must get better. */
import type { HeadManifest } from '../../activity/head-bundle.ts';
import { prepareEmbeddings } from '../../activity/head-input.ts';
import { frameScoresOf } from '../archive/sight.ts';
import type { HeadTrainer } from '../fit/head-trainer.ts';
import { lossOfScored } from '../fit/loss.ts';
import type { EmbeddedSet } from '../fit/sample.ts';
import { samplingWeights } from '../fit/weights.ts';
import { spread } from './hardest-cells.ts';
import { judgedCells } from './judge-frames.ts';
import type { BoardFrame } from './types.ts';

type Score = HeadTrainer['logits'];

/** Fewer held-out frames say less than all that are fitted to. */
const ENOUGH = 8;
/** More of them say hardly more, and they are scored after every epoch. */
const MOST = 100;
/** Lowest probability counted for a true label, so that one frame cannot outweigh all others. */
const LEAST = 1e-4;

/**
 * @param manifest of the incumbent: frames are judged by its sense of riders, and its calibration where it has one
 * @param activities of the head to come
 * @param base with labels of these activities
 * @returns base and board, each weighing half; of the board the held frames, or the fitted where they are too few, and a
 *   hundred of them at most
 */
export function heldLossOf(
  manifest: Pick<HeadManifest, 'input' | 'calibration' | 'cells'>,
  activities: readonly string[],
  base: EmbeddedSet | null,
  held: readonly BoardFrame[],
  fitted: readonly BoardFrame[],
): (score: Score) => number {
  const inputs = base === null ? new Float32Array(0) : prepareEmbeddings(base.embeddings, manifest.input);
  const head = { activities: [...activities], cells: manifest.cells };
  const frames = spread(held.length >= ENOUGH ? held : fitted, MOST).map(frame => ({
    labels: frame.labels,
    // Of a frame in which not everybody is listed it is not known what else is there.
    isKnown: (activity: string) => frame.pointing?.complete !== false || frame.labels.includes(activity),
    count: frame.cells.length,
    judged: judgedCells(frame),
    inputs: prepareEmbeddings(frame.embeddings, manifest.input),
  }));
  const weights = samplingWeights(base?.samples ?? []);
  return score => {
    let sum = 0;
    for (const { labels, isKnown, count, judged, inputs: own } of frames) {
      const logits = score(own, count);
      const outputs = logits.length / count;
      const cells = judged.map(({ cell, zone }) => ({
        zone,
        scores: Object.fromEntries(
          activities.map((activity, column) => {
            const { slope, intercept } = manifest.calibration[column] ?? { slope: 1, intercept: 0 };
            const logit = slope * (logits[cell * outputs + column] as number) + intercept;
            return [activity, 1 / (1 + Math.exp(-logit))];
          }),
        ),
      }));
      for (const [activity, chance] of Object.entries(frameScoresOf(cells, head))) {
        if (!isKnown(activity)) continue;
        const right = labels.includes(activity) ? chance : 1 - chance;
        sum -= Math.log(Math.max(LEAST, right)) / activities.length / frames.length;
      }
    }
    if (base === null || base.samples.length === 0) return sum;
    return sum + lossOfScored(score(inputs, base.samples.length), base.samples, weights);
  };
}
