/** Divides pictures into folds of whole cameras. */
import { reservedGroups } from '../../learning/base/reserve.ts';
import type { Sample } from '../../learning/fit/sample.ts';
import { foldsOf } from '../fit/folds.ts';
import { type Material, ridersIn } from './data/material.ts';

export interface FoldedMaterial {
  /** Fold of each picture; those of reserved cameras are in a last one of their own. */
  readonly foldOf: readonly number[];
  /** Folds that heads are fitted to, without the reserved one. */
  readonly count: number;
  /** Cameras that no head is ever fitted to. */
  readonly reserved: ReadonlySet<string>;
}

/**
 * @param count folds wanted; 1 puts all into one
 * @param reserve share of the pictures that no head is ever fitted to, 0..1
 */
export function foldMaterial(
  material: readonly Material[],
  activities: readonly string[],
  count: number,
  reserve: number,
  seed: number,
): FoldedMaterial {
  const samples = material.map(picture => sampleOf(picture, activities));
  const reserved = reservedGroups(samples, reserve, seed);
  const left = samples.filter(({ group }) => !reserved.has(group));
  const folds = count === 1 ? [] : foldsOf(left, count, seed).filter(groups => groups.size > 0);
  const used = Math.max(1, folds.length);
  const foldOf = samples.map(({ group }) => {
    if (reserved.has(group)) return used;
    return Math.max(
      0,
      folds.findIndex(groups => groups.has(group)),
    );
  });
  return { foldOf, count: used, reserved };
}

function sampleOf(picture: Material, activities: readonly string[]): Sample {
  const shown = new Set([...picture.shows, ...ridersIn(picture).map(({ kind }) => kind)]);
  return {
    labels: activities.map(activity => (shown.has(activity) ? 1 : 0)),
    group: picture.camera,
    source: picture.source,
    file: picture.path,
    part: '',
    augmented: false,
  };
}
