/** Calibrates a retrained head so that its probabilities mean what those of the head in use mean. */
import { headLogits } from '../../activity/head.ts';
import type { HeadBundle } from '../../activity/head-bundle.ts';
import { type Calibration, matchCalibration, smoothedTargets } from '../fit/calibrate.ts';
import type { EmbeddedSet } from '../fit/sample.ts';
import { samplingWeights } from '../fit/weights.ts';

/** Held samples that show an activity, and as many that don't: fewer are too few to choose by. */
const ENOUGH = 20;

/**
 * Both heads are scaled to the labels of the base set's held groups (Platt 1999), and the candidate is given what it needs
 * more or less than the incumbent. The base set itself is no fair sample: riders are far more frequent in it than among the
 * cells of a frame. As the probabilities of cells keep their meaning, so do those of frames, and the thresholds stay.
 *
 * @param held samples that neither head was fitted to; null where there are none, and the candidate's calibration stays
 * @returns gives a candidate, whose calibration is still the incumbent's, its own
 */
export function matchOutputs(
  incumbent: HeadBundle,
  held: EmbeddedSet | null,
): (candidate: HeadBundle) => HeadBundle {
  if (held === null) return candidate => candidate;
  const { samples, embeddings } = held;
  const weights = [...samplingWeights(samples)];
  const columnsOf = (head: HeadBundle) => {
    const logits = headLogits(head, embeddings, samples.length);
    const { length } = head.manifest.activities;
    return (index: number) => samples.map((_, row) => logits[row * length + index] as number);
  };
  const before = columnsOf(incumbent);
  const known = incumbent.manifest.calibration.map((from, index) => {
    const labels = samples.map(sample => sample.labels[index] as number);
    const present = labels.filter(label => label === 1).length;
    if (Math.min(present, labels.length - present) < ENOUGH) return null;
    const targets = smoothedTargets(labels);
    return { from, targets, was: matchCalibration(before(index), targets, weights, from) };
  });
  return candidate => {
    const after = columnsOf(candidate);
    const calibration = candidate.manifest.calibration.map((usual, index): Calibration => {
      const scaled = known[index] ?? null;
      if (scaled === null) return usual;
      const { from, targets, was } = scaled;
      const is = matchCalibration(after(index), targets, weights, from);
      return {
        slope: (from.slope * is.slope) / was.slope,
        intercept: from.intercept + (from.slope * (is.intercept - was.intercept)) / was.slope,
      };
    });
    return { ...candidate, manifest: { ...candidate.manifest, calibration } };
  };
}
