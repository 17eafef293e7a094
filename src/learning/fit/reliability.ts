/** Whether probabilities mean what they say. */

const BINS = 10;

/**
 * Pictures by probability in ten bins of equal width, the last one closed on both sides.
 *
 * @param probabilities 0..1
 * @param present whether the activity was there, one a probability
 * @returns bins that hold a picture, lowest first
 */
export function reliabilityBins(
  probabilities: readonly number[],
  present: readonly boolean[],
): ReliabilityBin[] {
  const bins = Array.from({ length: BINS }, () => ({ pictures: 0, probability: 0, frequency: 0 }));
  for (const [index, probability] of probabilities.entries()) {
    const bin = bins[Math.min(BINS - 1, Math.floor(probability * BINS))];
    if (bin === undefined) continue;
    bin.pictures++;
    bin.probability += probability;
    bin.frequency += present[index] === true ? 1 : 0;
  }
  return bins
    .filter(({ pictures }) => pictures > 0)
    .map(({ pictures, probability, frequency }) => ({
      probability: probability / pictures,
      frequency: frequency / pictures,
      pictures,
    }));
}

/**
 * Expected calibration error (Naeini et al. 2015; Guo et al. 2017, equation 3), of the probability of one activity: mean
 * distance between probability and frequency, bins weighted by their pictures.
 *
 * @returns 0..1; 0 without pictures
 */
export function expectedCalibrationError(bins: readonly ReliabilityBin[]): number {
  const all = bins.reduce((sum, { pictures }) => sum + pictures, 0);
  const distance = bins.reduce(
    (sum, { pictures, probability, frequency }) => sum + pictures * Math.abs(probability - frequency),
    0,
  );
  return all === 0 ? 0 : distance / all;
}

export interface ReliabilityBin {
  /** Mean probability in the bin. */
  readonly probability: number;
  /** Share in which the activity was there. */
  readonly frequency: number;
  readonly pictures: number;
}
