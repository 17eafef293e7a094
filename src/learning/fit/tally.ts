/** Counts of each group, from which the metrics of any choice of groups are sums. */
import { NONE } from '../../base/activities.ts';
import type { GroupCounts, Statistic } from './bootstrap.ts';
import { isOfClass, isRight, type Prediction, strongest } from './metrics.ts';

const PICTURES = 0;
const RIGHT = 1;
const WITH_ACTIVITY = 2;
const ACTIVITY_RIGHT = 3;
/** From here on two numbers a class: pictures that show it, and those of them in which it was found. */
const CLASSES = 4;

/** @param groups the group of each prediction */
export function tally(
  predictions: readonly Prediction[],
  groups: readonly string[],
  activities: readonly string[],
): GroupCounts {
  const names = [...activities, NONE];
  const width = CLASSES + 2 * names.length;
  const rows = new Map([...new Set(groups)].map((group, row) => [group, row]));
  const counts = new Float64Array(rows.size * width);
  for (const [index, prediction] of predictions.entries()) {
    const start = (rows.get(groups[index] as string) ?? 0) * width;
    const add = (column: number, holds: boolean) => {
      if (holds) counts[start + column] = (counts[start + column] as number) + 1;
    };
    const riding = prediction.truth.length > 0;
    add(PICTURES, true);
    add(RIGHT, isRight(prediction));
    add(WITH_ACTIVITY, riding);
    add(ACTIVITY_RIGHT, riding && prediction.truth.includes(strongest(prediction.scores)));
    for (const [place, name] of names.entries()) {
      const shown = isOfClass(prediction.truth, name);
      add(CLASSES + 2 * place, shown);
      add(CLASSES + 2 * place + 1, shown && isOfClass(prediction.found, name));
    }
  }
  return { groups: rows.size, width, counts };
}

export const accuracyOf: Statistic = sums => ratio(sums[RIGHT], sums[PICTURES]);

export const activityAccuracyOf: Statistic = sums => ratio(sums[ACTIVITY_RIGHT], sums[WITH_ACTIVITY]);

/** Mean recall of the classes there are. */
export const balancedAccuracyOf: Statistic = sums => {
  let total = 0;
  let classes = 0;
  for (let column = CLASSES; column < sums.length; column += 2) {
    const recall = ratio(sums[column + 1], sums[column]);
    if (recall === null) continue;
    total += recall;
    classes++;
  }
  return classes === 0 ? null : total / classes;
};

function ratio(part: number | undefined, whole: number | undefined): number | null {
  return part === undefined || whole === undefined || whole === 0 ? null : part / whole;
}
