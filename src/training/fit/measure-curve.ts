/** Accuracy against the number of pictures: would more of them help? */

import { createRandom, shuffled } from '../../base/random.ts';
import { SurfwatchError } from '../../errors.ts';
import type { CurvePoint } from '../../learning/fit/learning-curve-fit.ts';
import { isRight } from '../../learning/fit/metrics.ts';
import { type EmbeddedSet, selectRows } from '../../learning/fit/sample.ts';
import { heldBackGroups } from '../../learning/fit/split.ts';
import type { BackboneManifest } from '../../vision/bundle.ts';
import { type TrainOptions, trainHead } from './train-head.ts';

/** Shares of the groups, and how often each is drawn: fits to fewer pictures vary more, and cost less. */
const STEPS = [
  { share: 0.12, repeats: 4 },
  { share: 0.25, repeats: 3 },
  { share: 0.5, repeats: 2 },
  { share: 1, repeats: 1 },
] as const;
const WORK = STEPS.reduce((sum, { share, repeats }) => sum + share * repeats, 0);

/**
 * Fits heads to growing shares of the groups of each source and measures each on the same held-out groups.
 *
 * @param onProgress share of the work that is done, 0..1
 */
export async function measureLearningCurve(
  set: EmbeddedSet,
  backbone: BackboneManifest,
  options: TrainOptions,
  onProgress: (done: number) => void,
): Promise<CurvePoint[]> {
  const held = options.heldGroups ?? heldBackGroups(set.samples, options.validation, options.seed);
  const points: CurvePoint[] = [];
  let spent = 0;
  for (const { share, repeats } of STEPS) {
    const accuracies: number[] = [];
    const counts: number[] = [];
    for (let repeat = 0; repeat < repeats; repeat++) {
      const chosen = someGroups(set, held, share, options.seed + repeat);
      const part = selectRows(set, ({ group }) => held.has(group) || chosen.has(group));
      const accuracy = await accuracyOf(part, backbone, options, held, done =>
        onProgress((spent + done * share) / WORK),
      );
      spent += share;
      if (accuracy === null) continue;
      accuracies.push(accuracy);
      counts.push(filesIn(part, chosen));
    }
    if (accuracies.length === 0) continue;
    points.push({
      photos: Math.round(mean(counts)),
      accuracy: mean(accuracies),
      spread: spreadOf(accuracies),
    });
  }
  return points;
}

/** Null where a class is missing among so few. */
async function accuracyOf(
  set: EmbeddedSet,
  backbone: BackboneManifest,
  options: TrainOptions,
  heldGroups: ReadonlySet<string>,
  onProgress: (done: number) => void,
): Promise<number | null> {
  try {
    const fit = { ...options, heldGroups, refit: false };
    const { held } = await trainHead(set, backbone, fit, { onProgress });
    return held.filter(isRight).length / held.length;
  } catch (error) {
    if (error instanceof SurfwatchError && error.code === 'training-impossible') return null;
    throw error;
  }
}

/** This share of the groups of each class, at least one. */
function someGroups(set: EmbeddedSet, held: ReadonlySet<string>, share: number, seed: number): Set<string> {
  const byKind = new Map<string, Set<string>>();
  for (const { source, labels, group } of set.samples) {
    if (held.has(group)) continue;
    const kind = `${source}/${labels.join('')}`;
    byKind.set(kind, (byKind.get(kind) ?? new Set()).add(group));
  }
  const random = createRandom(seed);
  const chosen = new Set<string>();
  for (const groups of byKind.values()) {
    const count = Math.max(1, Math.round(groups.size * share));
    for (const group of shuffled([...groups].sort(), random).slice(0, count)) chosen.add(group);
  }
  return chosen;
}

function filesIn(set: EmbeddedSet, groups: ReadonlySet<string>): number {
  return new Set(set.samples.filter(({ group }) => groups.has(group)).map(({ file }) => file)).size;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Standard deviation; 0 of a single value. */
function spreadOf(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const middle = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1));
}
