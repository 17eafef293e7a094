/** Samples and what heads that were not fitted to them make of them. */

import { headLogits } from '../../activity/head.ts';
import type { HeadBundle } from '../../activity/head-bundle.ts';
import type { Calibration } from './calibrate.ts';
import type { EmbeddedSet, Sample } from './sample.ts';

export interface ScoredSet {
  readonly samples: readonly Sample[];
  /** [samples, activities], before calibration. */
  readonly logits: Float32Array;
}

export function scoredBy(head: HeadBundle, set: EmbeddedSet): ScoredSet {
  return { samples: set.samples, logits: headLogits(head, set.embeddings, set.samples.length) };
}

export function joinScored(parts: readonly ScoredSet[]): ScoredSet {
  const logits = new Float32Array(parts.reduce((sum, part) => sum + part.logits.length, 0));
  let at = 0;
  for (const part of parts) {
    logits.set(part.logits, at);
    at += part.logits.length;
  }
  return { samples: parts.flatMap(({ samples }) => samples), logits };
}

/** The two sides of a set: the groups that are named, and the others. */
export function divideScored(scored: ScoredSet, groups: ReadonlySet<string>): [ScoredSet, ScoredSet] {
  const outputs = scored.logits.length / Math.max(1, scored.samples.length);
  const side = (inside: boolean): ScoredSet => {
    const rows = scored.samples.flatMap(({ group }, row) => (groups.has(group) === inside ? [row] : []));
    const logits = new Float32Array(rows.length * outputs);
    for (const [to, from] of rows.entries()) {
      logits.set(scored.logits.subarray(from * outputs, (from + 1) * outputs), to * outputs);
    }
    return { samples: rows.map(row => scored.samples[row] as Sample), logits };
  };
  return [side(true), side(false)];
}

/** What is between a head's logits and its answers. */
export interface Outputs {
  readonly calibration: readonly Calibration[];
  readonly thresholds: Readonly<Record<string, number>>;
}
