/** Which of the places found in a frame are things that have a box. */
import type { Point, Rectangle } from '../../../base/geometry.ts';
import { IGNORED, type Mark, type Material } from '../data/material.ts';

/** A box counts as hit within this share of its size around it, on each side. */
const WIDENED = 0.5;

export interface Matching {
  /** The index of the box that each place has; null where it has none. */
  readonly taken: readonly (number | null)[];
  /** Whether each place counts neither for nor against: it has no box, and lies at one aside. */
  readonly neutral: readonly boolean[];
}

/**
 * Each place, strongest first, takes the nearest box within which, widened by half its size, it lies and which none before
 * it has taken. A second place at one rider is a false alarm: two would be counted.
 *
 * @param places strongest first; they and the boxes as shares of the frame
 * @param aside boxes where it is unsure what is there, or of something else that is no mistake to find
 */
export function matchBoxes(
  places: readonly Point[],
  boxes: readonly Rectangle[],
  aside: readonly Rectangle[],
): Matching {
  const free = new Set(boxes.keys());
  const taken = places.map(place => {
    let best: { index: number; distance: number } | null = null;
    for (const index of free) {
      const distance = offMiddle(place, boxes[index] as Rectangle);
      if (distance <= 1 + 2 * WIDENED && distance < (best?.distance ?? Number.POSITIVE_INFINITY))
        best = { index, distance };
    }
    if (best !== null) free.delete(best.index);
    return best?.index ?? null;
  });
  const neutral = places.map(
    (place, at) => taken[at] === null && aside.some(box => offMiddle(place, box) <= 1 + 2 * WIDENED),
  );
  return { taken, neutral };
}

/** The riders among the marks, {@link Matching.taken} by index of the mark; kites and what is unsure are aside. */
export function matchRiders(places: readonly Point[], marks: readonly Mark[]): Matching {
  return matchMarks(
    places,
    marks,
    ({ rider }) => rider,
    ({ kind }) => kind === IGNORED || kind === 'kite',
  );
}

/** The same of kites: only what lies in an ignored box counts neither for nor against. */
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
  const wanted = marks.flatMap((mark, index) => (isWanted(mark) ? [index] : []));
  const { taken, neutral } = matchBoxes(
    places,
    wanted.map(index => (marks[index] as Mark).box),
    marks.filter(isAside).map(({ box }) => box),
  );
  return { taken: taken.map(at => (at === null ? null : (wanted[at] as number))), neutral };
}

/** Indexes of the riders among the marks. */
export function riderMarks({ marks }: Pick<Material, 'marks'>): number[] {
  return marks.flatMap(({ rider }, index) => (rider ? [index] : []));
}

/** In half sides of the box: 1 is its edge. */
function offMiddle({ x, y }: Point, box: Rectangle): number {
  return Math.max(
    Math.abs(x - box.x - box.w / 2) / Math.max(1e-9, box.w / 2),
    Math.abs(y - box.y - box.h / 2) / Math.max(1e-9, box.h / 2),
  );
}
