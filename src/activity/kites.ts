/** Kites: they fly far from their riders, are seen from further away, and are the surer sign of kitesurfing. */

import type { Point } from '../base/geometry.ts';
import { boundsOf, WHOLE_FRAME, type Zone } from '../vision/zone.ts';
import type { Detection } from './detections.ts';
import type { Scores } from './scores.ts';

/** The head's output that looks for them. */
export const KITE = 'kite';
/** What they are a sign of. */
export const KITE_ACTIVITY = 'kitesurfing';
/** A rider hangs below a kite, at most so far to its side, as a share of the frame's width. */
const REACH = 0.25;

/**
 * Says of the riders below kites, one each and the nearest, that they kitesurf: from afar a rider is a dot, whatever carries
 * him.
 *
 * @param found riders, strongest first
 * @param rider probability from which something counts as a rider, or a kite
 */
export function underKites(
  found: readonly Detection[],
  kites: readonly Detection[],
  rider: number,
): readonly Detection[] {
  const below = new Map<Detection, Detection>();
  for (const kite of kites.filter(({ score }) => score >= rider)) {
    const nearest = found
      .filter(
        one => one.score >= rider && !below.has(one) && one.y > kite.y && Math.abs(one.x - kite.x) <= REACH,
      )
      .sort((a, b) => Math.abs(a.x - kite.x) - Math.abs(b.x - kite.x))[0];
    if (nearest !== undefined) below.set(nearest, { ...nearest, scores: kitesurfing(nearest) });
  }
  return found.map(one => below.get(one) ?? one);
}

function kitesurfing({ scores, score }: Detection): Scores {
  if (!(KITE_ACTIVITY in scores)) return scores;
  return { ...Object.fromEntries(Object.keys(scores).map(name => [name, 0])), [KITE_ACTIVITY]: score };
}

/** A kite belongs to the zone that it flies over: its place across counts, not its height. */
export function overZone<T extends Point>(kites: readonly T[], zone: Zone | null): readonly T[] {
  if (zone === null || zone === WHOLE_FRAME) return kites;
  const { x, y, w, h } = boundsOf(zone);
  return kites.filter(kite => kite.x >= x && kite.x <= x + w && kite.y <= y + h);
}
