/** Why a frame is worth a label. */
import { NONE } from '../../../base/activities.ts';
import { type Reason, reason } from '../../../messaging/reasons.ts';
import type { Asked } from './asking.ts';
import type { Doubtful } from './doubtful.ts';

/** From this doubt on a score is said to be near its threshold. */
const NEAR = 0.6;
/** From this distance on a cell is unlike what it is compared with. */
const UNLIKE = 0.3;
const FEW_LABELS = 10;
const MANY = 5;

export interface Place {
  /** To the nearest of what is labelled and picked before; null where unknown. */
  readonly distance: number | null;
  /** Frames that look more like it than like anything labelled or any other pick. */
  readonly standsFor: number;
  /** Whether anything is labelled. */
  readonly hasLabels: boolean;
  readonly counts: Readonly<Record<string, number>>;
}

/** @returns at least one */
export function reasonsFor(
  { frame, reasons: asked }: Asked,
  { distance, standsFor, hasLabels, counts }: Place,
): Reason[] {
  const reasons = [
    ...asked,
    ...doubtReasons(frame),
    ...noveltyReasons(distance, hasLabels),
    ...(standsFor < MANY ? [] : [reason('stands-for-others', { frames: standsFor })]),
    ...rarityReasons(frame, counts),
  ];
  if (reasons.length > 0) return reasons;
  const { activity, score } = frame.deciding;
  return [reason('head-sure', { activity, score })];
}

function doubtReasons({ deciding: { activity, score, threshold }, doubt, rival }: Doubtful): Reason[] {
  if (doubt < NEAR) return [];
  if (rival === null) return [reason('near-threshold', { activity, score, threshold })];
  const { over, activity: other, score: rivalScore } = rival;
  return [reason('two-activities', { activity, score: over, rival: other, rivalScore })];
}

function noveltyReasons(distance: number | null, hasLabels: boolean): Reason[] {
  if (distance === null || distance < UNLIKE) return [];
  return [reason(hasLabels ? 'unlike-labelled' : 'unlike-known', { similarity: 1 - distance })];
}

function rarityReasons({ shows }: Doubtful, counts: Readonly<Record<string, number>>): Reason[] {
  const classes = shows.length === 0 ? [NONE] : shows;
  return classes.flatMap(activity => {
    const labels = counts[activity] ?? 0;
    const others = Math.max(
      0,
      ...Object.entries(counts).flatMap(([other, n]) => (other === activity ? [] : [n])),
    );
    if (labels >= FEW_LABELS || labels >= others) return [];
    return [reason('few-labels', { activity, labels })];
  });
}
