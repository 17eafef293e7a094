/** What a head makes of samples, as `evaluate` would: a photo by all its views. */
import type { HeadBundle } from '../../activity/head-bundle.ts';
import { activitiesAbove } from '../../activity/scores.ts';
import type { GroupedPrediction } from './evaluation.ts';
import type { EmbeddedSet, Sample } from './sample.ts';
import type { Outputs } from './scored-set.ts';
import { type ScoredSet, scoredBy } from './scored-set.ts';

/** A prediction and what it is about. */
export interface JudgedSample extends GroupedPrediction {
  readonly source: string;
  readonly file: string;
  readonly part: string;
}

/** Judges what is not augmented; the logits of a photo's views are averaged. */
export function judgeScored(
  { samples, logits }: ScoredSet,
  { calibration, thresholds }: Outputs,
  activities: readonly string[],
): JudgedSample[] {
  return judgements(samples).map(rows => {
    const sample = samples[rows[0] as number] as Sample;
    const scores = Object.fromEntries(
      activities.map((activity, index) => {
        const sum = rows.reduce(
          (total, row) => total + (logits[row * activities.length + index] as number),
          0,
        );
        const { slope, intercept } = calibration[index] as { slope: number; intercept: number };
        return [activity, 1 / (1 + Math.exp(-((slope * sum) / rows.length + intercept)))];
      }),
    );
    const truth = activities.filter((_, index) => sample.labels[index] === 1);
    const { labels: _, augmented: __, ...about } = sample;
    return { ...about, truth, found: activitiesAbove(scores, thresholds), scores };
  });
}

export function judgeSet(head: HeadBundle, set: EmbeddedSet): JudgedSample[] {
  return judgeScored(scoredBy(head, set), head.manifest, head.manifest.activities);
}

/** The rows of each judgement, in order. */
function judgements(samples: readonly Sample[]): number[][] {
  const rows = new Map<string, number[]>();
  for (const [row, { source, file, part, augmented }] of samples.entries()) {
    if (augmented) continue;
    const key = `${source}\n${file}\n${part}`;
    const known = rows.get(key);
    if (known === undefined) rows.set(key, [row]);
    else known.push(row);
  }
  return [...rows.values()];
}
