/** Which detections of a frame are right: compares them with the boxes that people drew. */
import type { Detection } from '../activity/detections.ts';
import type { BoxedFrame, BoxedRider } from '../learning/data/dataset.ts';
import type { Point, Rectangle } from '../vision/zone.ts';

/** What is boxed in a frame, as far as riders are concerned. */
export type Truth = Pick<BoxedFrame, 'riders' | 'kites' | 'ignored'>;

export type Found = Pick<Detection, 'x' | 'y' | 'score' | 'scores'>;

export interface Match {
  readonly rider: BoxedRider;
  readonly detection: Found;
}

export interface Matching {
  readonly matches: readonly Match[];
  /** Riders that nothing was found at. */
  readonly missed: readonly BoxedRider[];
  /** Detections where there is no rider, or a rider that another detection has. */
  readonly wrong: readonly Found[];
}

/**
 * A detection is right where its middle lies in a rider's box, widened by half of its size at each side, and no other
 * detection has that rider; the strongest choose first, and take the nearest. On a kite, or where it is unsure what is
 * there, it is neither right nor wrong.
 */
export function matchRiders(found: readonly Found[], { riders, kites, ignored }: Truth): Matching {
  const free = new Set(riders);
  const matches: Match[] = [];
  const wrong: Found[] = [];
  const neutral = [...kites, ...ignored];
  for (const detection of [...found].sort((a, b) => b.score - a.score)) {
    const [rider] = [...free]
      .filter(({ box }) => isNear(detection, box))
      .sort((a, b) => distance(detection, a.box) - distance(detection, b.box));
    if (rider !== undefined) {
      free.delete(rider);
      matches.push({ rider, detection });
    } else if (!neutral.some(box => isNear(detection, box))) wrong.push(detection);
  }
  return { matches, missed: [...free], wrong };
}

/** Whether a place lies in a box, or not further beyond its edge than half of its size. */
export function isNear({ x, y }: Point, box: Rectangle): boolean {
  return Math.abs(x - box.x - box.w / 2) <= box.w && Math.abs(y - box.y - box.h / 2) <= box.h;
}

/** From the middle of a box, in sizes of the box. */
function distance({ x, y }: Point, { x: left, y: top, w, h }: Rectangle): number {
  return Math.hypot((x - left - w / 2) / w, (y - top - h / 2) / h);
}
