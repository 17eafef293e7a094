/** What somebody says of one frame: of each place whether a rider is there, and who was not seen. Plain data. */
import type { Point, Rectangle } from '../../../../base/geometry.ts';
import type { Reason } from '../../../../messaging/reasons.ts';

/** What may be a rider in a frame, as the command `next` lists it. */
export interface Place extends Point {
  /** Null for what did not count as a rider. */
  readonly number: number | null;
  /** The rider and what is just around it, as shares of the frame. */
  readonly rectangle: Rectangle;
  readonly activity: string;
  /** Probability that it is a rider, 0..1. */
  readonly score: number;
}

/** A frame that is worth a label, as `next` lists it. */
export interface QueuedFrame {
  /** ULID */
  readonly frame: string;
  readonly takenAt: string;
  readonly ask: 'label' | 'points' | 'none';
  /** The activity in doubt. */
  readonly activity: string;
  readonly reasons: readonly Reason[];
  readonly places: readonly Place[];
}

export interface Mark extends Point {
  readonly activity: string;
  /** `open`: nobody has said what it is, and nothing is learnt of it. */
  readonly is: 'rider' | 'nobody' | 'open';
  /** The rider and what is just around it, as shares of the frame. */
  readonly box: Rectangle;
  /** 0..1; null where a person added it. */
  readonly score: number | null;
}

export interface Review {
  readonly frame: string;
  readonly marks: readonly Mark[];
  /** Nobody else is in the frame. */
  readonly complete: boolean;
}

/** Detections count as riders until somebody says otherwise; weaker places stay open. */
export function reviewOf({ frame, places }: Pick<QueuedFrame, 'frame' | 'places'>): Review {
  const marks = places.map(({ number, x, y, activity, score, rectangle }): Mark => {
    return { x, y, activity, score, is: number === null ? 'open' : 'rider', box: rectangle };
  });
  return { frame, marks, complete: false };
}

/** @param index of the mark */
export function changed(
  review: Review,
  index: number,
  change: Partial<Pick<Mark, 'is' | 'activity'>>,
): Review {
  return { ...review, marks: review.marks.map((mark, at) => (at === index ? { ...mark, ...change } : mark)) };
}

/** A rider becomes nobody, all else a rider; one that was added by hand goes away. */
export function toggled(review: Review, index: number): Review {
  const mark = review.marks[index];
  if (mark === undefined) return review;
  if (mark.score === null) return { ...review, marks: review.marks.filter((_, at) => at !== index) };
  return changed(review, index, { is: mark.is === 'rider' ? 'nobody' : 'rider' });
}

/** Width and height of the box of a rider that was added, as shares of the frame's width. */
const ADDED = 0.03;

/** @param aspect width of the frame to its height */
export function added(review: Review, { x, y }: Point, activity: string, aspect: number): Review {
  const box = { x: x - ADDED / 2, y: y - (ADDED * aspect) / 2, w: ADDED, h: ADDED * aspect };
  return { ...review, marks: [...review.marks, { x, y, activity, is: 'rider', score: null, box }] };
}

export function ridersIn({ marks }: Review): number {
  return marks.filter(({ is }) => is === 'rider').length;
}

/** Says that nobody is in the frame, wherever somebody was thought to be. */
export function emptied(review: Review): Review {
  const marks = review.marks
    .filter(({ score }) => score !== null)
    .map(mark => ({ ...mark, is: 'nobody' as const }));
  return { ...review, marks, complete: true };
}

/** Arguments of the command `label`: each rider by its place, so that a new head in force meanwhile changes nothing. */
export function labelArgs({ frame, marks, complete }: Review) {
  const placed = (what: Mark['is']) => marks.filter(({ is }) => is === what);
  return {
    frame,
    riders: placed('rider').map(({ x, y, activity }) => ({ x, y, activity })),
    nobody: placed('nobody').map(({ x, y }) => ({ x, y })),
    complete,
  };
}

/** Half as wide and high: about the rider alone. */
export function riderIn({ x, y, w, h }: Rectangle): Rectangle {
  return { x: x + w / 4, y: y + h / 4, w: w / 2, h: h / 2 };
}

/** Frames of one group were taken within this time, in milliseconds, and show riders this near to each other. */
const ALIKE = { ms: 600_000, share: 0.03 };
/** Those that show nobody, within this one: more than that they have nothing in common. */
const EMPTY_ALIKE_MS = 60_000;

/** Near-duplicates: the first is asked about, the others are like it. */
export type Group = readonly [QueuedFrame, ...QueuedFrame[]];

/** Puts near-duplicates together, each group under the frame that comes first in the queue. */
export function grouped(queue: readonly QueuedFrame[]): readonly Group[] {
  const groups: [QueuedFrame, ...QueuedFrame[]][] = [];
  for (const frame of queue) {
    const like = groups.find(([first]) => isAlike(first, frame));
    if (like === undefined) groups.push([frame]);
    else like.push(frame);
  }
  return groups;
}

function isAlike(one: QueuedFrame, other: QueuedFrame): boolean {
  const [here, there] = [one, other].map(({ places }) => places.filter(({ number }) => number !== null));
  if (here === undefined || there === undefined || here.length !== there.length) return false;
  const apartMs = Math.abs(Date.parse(one.takenAt) - Date.parse(other.takenAt));
  if (here.length === 0) return apartMs <= EMPTY_ALIKE_MS;
  return (
    apartMs <= ALIKE.ms &&
    here.every(({ x, y, activity }) =>
      there.some(place => place.activity === activity && Math.hypot(place.x - x, place.y - y) <= ALIKE.share),
    )
  );
}
