/** Groups that no head is ever fitted to, so that every head to come can be judged on them. */
import type { Sample } from '../fit/sample.ts';
import { heldBackGroups } from '../fit/split.ts';

/** Where `--reserve` does not say. */
export const RESERVED_SHARE = 0.1;

/** Groups of each activity that must be left to fit to and to measure with. */
const FEWEST_LEFT = 4;

/**
 * @param share of the samples, 0..1
 * @returns empty where too few groups of an activity would be left
 */
export function reservedGroups(samples: readonly Sample[], share: number, seed: number): Set<string> {
  if (share === 0) return new Set();
  const reserved = heldBackGroups(samples, Math.min(0.5, share), seed ^ SALT);
  const activities = samples[0]?.labels.length ?? 0;
  for (let index = 0; index < activities; index++) {
    const left = new Set(
      samples.flatMap(({ labels, group }) => (labels[index] === 1 && !reserved.has(group) ? [group] : [])),
    );
    if (left.size < FEWEST_LEFT) return new Set();
  }
  return reserved;
}

/** So that they are not drawn in the same order as the groups that are held out to measure with. */
const SALT = 0x5eed;
