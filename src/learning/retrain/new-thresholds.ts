/** Thresholds of activities that a retraining adds to a head. */
import type { HeadBundle } from '../../activity/head-bundle.ts';
import { bestThreshold } from '../fit/calibrate.ts';
import { judgeFrames } from './judge-frames.ts';
import type { BoardFrame } from './types.ts';

/** @returns with the incumbent's thresholds, and for each new activity the one that serves the board's frames best */
export function withNewThresholds(
  head: HeadBundle,
  incumbent: HeadBundle,
  fitted: readonly BoardFrame[],
): HeadBundle {
  const { thresholds: old } = incumbent.manifest;
  const thresholds = Object.fromEntries(
    head.manifest.activities.map(activity => [
      activity,
      old[activity] ?? newThreshold(head, activity, fitted),
    ]),
  );
  return { ...head, manifest: { ...head.manifest, thresholds } };
}

/** Thresholds beyond these would be chosen by a single frame. */
const LOWEST = 0.1;
const HIGHEST = 0.9;

function newThreshold(head: HeadBundle, activity: string, frames: readonly BoardFrame[]): number {
  const judged = judgeFrames(head, frames);
  const threshold = bestThreshold(
    judged.map(({ scores }) => scores[activity] as number),
    judged.map(({ truth }) => (truth.includes(activity) ? 1 : 0)),
    judged.map(() => 1),
  );
  return Number(Math.min(HIGHEST, Math.max(LOWEST, threshold)).toFixed(3));
}
