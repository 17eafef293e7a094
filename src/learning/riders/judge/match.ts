/** Which of the places found are riders that have a box. */
import type { Point, Rectangle } from '../../../vision/zone.ts';
import { IGNORED, type Mark, type Material } from '../data/material.ts';

/** A box counts as hit within this share of its size around it, on each side. */
const WIDENED = 0.5;

export interface Matching {
  /** Of each place the index of its rider among the marks; null where it is none. */
  readonly riders: readonly (number | null)[];
  /** Of each place whether it neither counts for nor against: in an ignored box, or at a kite. */
  readonly neutral: readonly boolean[];
}

/**
 * Each place, strongest first, takes the nearest rider within whose box, widened by half its size, it lies and whom none
 * before it has taken. A second place at one rider is a false alarm: two would be counted.
 *
 * @param places strongest first, as shares of the frame
 */
export function matchRiders(places: readonly Point[], marks: readonly Mark[]): Matching {
  return matchMarks(
    places,
    marks,
    ({ rider }) => rider,
    ({ kind }) => kind === IGNORED || kind === 'kite',
  );
}

/** The same of kites: what lies in an ignored box counts neither for nor against. */
export function matchKites(places: readonly Point[], marks: readonly Mark[]): Matching {
  return matchMarks(
    places,
    marks,
    ({ kind }) => kind === 'kite',
    ({ kind }) => kind === IGNORED,
  );
}

function matchMarks(
  places: readonly Point[],
  marks: readonly Mark[],
  isWanted: (mark: Mark) => boolean,
  isAside: (mark: Mark) => boolean,
): Matching {
  const taken = new Set<number>();
  const riders = places.map(place => {
    let best: { index: number; distance: number } | null = null;
    for (const [index, mark] of marks.entries()) {
      const { box } = mark;
      if (!isWanted(mark) || taken.has(index) || !isIn(place, widened(box))) continue;
      const distance = offMiddle(place, box);
      if (best === null || distance < best.distance) best = { index, distance };
    }
    if (best !== null) taken.add(best.index);
    return best?.index ?? null;
  });
  const aside = marks.filter(isAside);
  const neutral = places.map(
    (place, index) => riders[index] === null && aside.some(({ box }) => isIn(place, widened(box))),
  );
  return { riders, neutral };
}

/** Indexes of the riders among the marks. */
export function riderMarks({ marks }: Pick<Material, 'marks'>): number[] {
  return marks.flatMap(({ rider }, index) => (rider ? [index] : []));
}

function widened({ x, y, w, h }: Rectangle): Rectangle {
  return { x: x - WIDENED * w, y: y - WIDENED * h, w: w * (1 + 2 * WIDENED), h: h * (1 + 2 * WIDENED) };
}

function isIn({ x, y }: Point, box: Rectangle): boolean {
  return x >= box.x && x <= box.x + box.w && y >= box.y && y <= box.y + box.h;
}

/** In half sides of the box: 1 is its edge. */
function offMiddle({ x, y }: Point, box: Rectangle): number {
  return Math.max(
    Math.abs(x - box.x - box.w / 2) / Math.max(1e-9, box.w / 2),
    Math.abs(y - box.y - box.h / 2) / Math.max(1e-9, box.h / 2),
  );
}
