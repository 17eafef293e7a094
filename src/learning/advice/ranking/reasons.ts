/** Why a frame is worth a label, in words. */
import { NONE } from '../../../base/activities.ts';
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
): string[] {
  const reasons = [
    ...asked,
    ...doubtReasons(frame),
    ...noveltyReasons(distance, hasLabels),
    ...(standsFor < MANY ? [] : [`stands for ${standsFor} other frames that look like it`]),
    ...rarityReasons(frame, counts),
  ];
  if (reasons.length > 0) return reasons;
  const { activity, score } = frame.deciding;
  return [`${activity} ${score.toFixed(2)}: the head is sure; a label says whether it is right`];
}

function doubtReasons({ deciding, doubt, rival }: Doubtful): string[] {
  const { activity, score, threshold } = deciding;
  const found = `${activity} ${score.toFixed(2)}`;
  if (doubt < NEAR) return [];
  if (rival !== null) {
    const [one, other] = [rival.over, rival.score].map(each => each.toFixed(2));
    return [`${activity} ${one} and ${rival.activity} ${other} of one rider are near each other`];
  }
  return [`${found} is near its threshold ${threshold.toFixed(2)}`];
}

function noveltyReasons(distance: number | null, hasLabels: boolean): string[] {
  if (distance === null || distance < UNLIKE) return [];
  const similarity = `similarity ${(1 - distance).toFixed(2)} at most`;
  return [hasLabels ? `unlike anything labelled (${similarity})` : `unlike anything known (${similarity})`];
}

function rarityReasons({ shows }: Doubtful, counts: Readonly<Record<string, number>>): string[] {
  const classes = shows.length === 0 ? [NONE] : shows;
  return classes.flatMap(name => {
    const own = counts[name] ?? 0;
    const others = Math.max(
      0,
      ...Object.entries(counts).flatMap(([other, n]) => (other === name ? [] : [n])),
    );
    if (own >= FEW_LABELS || own >= others) return [];
    const labels = own === 0 ? 'no label' : own === 1 ? 'one label' : `${own} labels`;
    return [`seems to show ${name}, of which there ${own > 1 ? 'are' : 'is'} ${labels} so far`];
  });
}
