/** How good predictions are. Plain functions over labels and probabilities. */
import { NONE } from '../../base/activities.ts';

export interface Prediction {
  /** What is in the picture. */
  readonly truth: readonly string[];
  /** What was found, strongest first. */
  readonly found: readonly string[];
  /** Calibrated probability of each activity, 0..1. */
  readonly scores: Readonly<Record<string, number>>;
}

export interface ClassMetrics {
  /** Pictures that show it. */
  readonly support: number;
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number | null;
}

export interface Metrics {
  readonly pictures: number;
  /** Share of pictures whose strongest activity (or none) is among those it shows. */
  readonly accuracy: number;
  /** Mean recall of the classes, none included: chance is 1 / classes, however many pictures each has. */
  readonly balancedAccuracy: number;
  /** Among pictures that show an activity: the share whose highest score, whatever the thresholds, is one it shows. */
  readonly activityAccuracy: number | null;
  readonly classes: Readonly<Record<string, ClassMetrics>>;
  /** `confusion[truth][found]`: pictures that show `truth` and were called `found`. */
  readonly confusion: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** @param activities in the order of the head; `none` is added as a class of its own */
export function measure(predictions: readonly Prediction[], activities: readonly string[]): Metrics {
  const names = [...activities, NONE];
  const confusion = Object.fromEntries(
    names.map(name => [name, Object.fromEntries(names.map(found => [found, 0]))]),
  );
  for (const prediction of predictions) {
    const row = confusion[mainTruth(prediction)];
    const found = prediction.found[0] ?? NONE;
    if (row !== undefined) row[found] = (row[found] ?? 0) + 1;
  }
  const classes = Object.fromEntries(names.map(name => [name, classMetrics(predictions, name)]));
  const recalls = names.flatMap(name => classes[name]?.recall ?? []);
  const riding = predictions.filter(({ truth }) => truth.length > 0);
  return {
    pictures: predictions.length,
    accuracy: share(predictions, isRight) ?? 0,
    balancedAccuracy: recalls.reduce((sum, recall) => sum + recall, 0) / Math.max(1, recalls.length),
    activityAccuracy: share(riding, ({ truth, scores }) => truth.includes(strongest(scores))),
    classes,
    confusion,
  };
}

/** The activity with the highest score. */
export function strongest(scores: Readonly<Record<string, number>>): string {
  return Object.entries(scores).reduce((best, entry) => (entry[1] > best[1] ? entry : best), ['', -1])[0];
}

/** Whether the strongest activity found (or none) is among those the picture shows. */
export function isRight({ truth, found }: Prediction): boolean {
  return truth.length === 0 ? found.length === 0 : truth.includes(found[0] ?? NONE);
}

/** A picture of several activities stands in the row of the one that was found, if it was. */
function mainTruth({ truth, found }: Prediction): string {
  return truth.find(name => name === found[0]) ?? truth[0] ?? NONE;
}

/** Whether a list of activities is of this class: `none` is the empty list. */
export function isOfClass(names: readonly string[], name: string): boolean {
  return name === NONE ? names.length === 0 : names.includes(name);
}

function classMetrics(predictions: readonly Prediction[], name: string): ClassMetrics {
  const relevant = predictions.filter(({ truth }) => isOfClass(truth, name));
  const claimed = predictions.filter(({ found }) => isOfClass(found, name));
  const hits = relevant.filter(({ found }) => isOfClass(found, name)).length;
  const precision = claimed.length === 0 ? null : hits / claimed.length;
  const recall = relevant.length === 0 ? null : hits / relevant.length;
  const f1 = claimed.length + relevant.length === 0 ? null : (2 * hits) / (claimed.length + relevant.length);
  return { support: relevant.length, precision, recall, f1 };
}

function share<T>(items: readonly T[], holds: (item: T) => boolean): number | null {
  return items.length === 0 ? null : items.filter(holds).length / items.length;
}
