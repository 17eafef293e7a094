/** Where a new head finds riders that the old one did not, on frames of this camera that nobody labelled. */
import { scoreEmbeddings } from '../../activity/head.ts';
import type { HeadBundle } from '../../activity/head-bundle.ts';
import { likeliest } from '../../activity/presence-score.ts';
import { scoresOf } from '../../activity/scores.ts';
import type { Rectangle } from '../../base/geometry.ts';
import type { BoardFrame, CameraFrame, DetectionFigures, FrameDetections, HeadDetection } from './types.ts';

export interface Moves extends DetectionFigures {
  /** Frames with a detection elsewhere; see {@link movesOf}. */
  readonly framesElsewhere: number;
  /** Those that changed most, for somebody to look at. */
  readonly shown: readonly FrameDetections[];
}

/** Around a detection, in sides of what it was read from: riders drift along the beach more than they rise and sink. */
const NEAR = { x: 3, y: 1.5 };
/** The old head saw somebody at a place if it did so in this share of the frames in which the new one does. */
const SEEN_SHARE = 0.2;
/** Maximum labelled frames looked at, the newest: with thousands, the others say the same. */
const MOST_LABELLED = 200;
/** Frames to look at; some may have lost their picture meanwhile. */
const SHOWN = 6;

/** A detection, and the side of the cells around it in each direction, as shares of the frame. */
interface Spot extends HeadDetection {
  readonly w: number;
  readonly h: number;
}

/**
 * Compares both heads on the cells that were kept. A detection lies elsewhere where it is new, no rider was pointed at
 * near it in any labelled frame, and the old head hardly ever saw somebody near it in any frame.
 *
 * @param frames that nobody labelled
 * @param labelled of all cameras; those of this one count
 * @param unbounded nothing says where nobody is: then what the old head saw excuses nothing, and where there are no
 *   other frames the labelled ones are looked at
 */
export function movesOf(
  { incumbent, candidate }: { readonly incumbent: HeadBundle; readonly candidate: HeadBundle },
  frames: readonly CameraFrame[],
  labelled: readonly BoardFrame[],
  unbounded: boolean,
): Moves | null {
  const own = labelled.filter(({ elsewhere }) => elsewhere !== true);
  const judged = frames.length > 0 || !unbounded ? frames : own;
  if (judged.length === 0) return null;
  const pointed = own.flatMap(pointedAt);
  const seen = [...frames, ...own.slice(-MOST_LABELLED)].map(frame => spotsOf(incumbent, frame));
  const found = judged.map(frame => {
    const before = spotsOf(incumbent, frame);
    const after = spotsOf(candidate, frame);
    const isNew = (spot: Spot) => !before.some(({ x, y }) => x === spot.x && y === spot.y);
    return { frame: frame.id, before, after, added: after.filter(isNew) };
  });
  const framesWith = (all: readonly (readonly Spot[])[], spot: Spot) =>
    all.filter(spots => spots.some(other => isNear(spot, other))).length;
  const after = found.map(one => one.after);
  const wasSeen = (spot: Spot) =>
    framesWith(seen, spot) * judged.length >= SEEN_SHARE * framesWith(after, spot) * seen.length;
  const isElsewhere = (spot: Spot) =>
    !pointed.some(place => touches(spot, place)) && (unbounded || !wasSeen(spot));
  const moved = found.map(one => ({ ...one, elsewhere: one.added.filter(isElsewhere).length }));
  const change = (one: (typeof moved)[number]) =>
    100 * one.elsewhere + one.added.length + Math.abs(one.after.length - one.before.length);
  const sum = (count: (one: (typeof moved)[number]) => number) =>
    moved.reduce((total, one) => total + count(one), 0);
  return {
    frames: judged.length,
    before: sum(one => one.before.length),
    after: sum(one => one.after.length),
    elsewhere: sum(one => one.elsewhere),
    framesElsewhere: moved.filter(one => one.elsewhere > 0).length,
    shown: [...moved]
      .sort((a, b) => change(b) - change(a))
      .slice(0, SHOWN)
      .map(one => ({ frame: one.frame, before: one.before.map(bare), after: one.after.map(bare) })),
  };
}

/** What counts as a rider; what lies in no zone is not judged. */
function spotsOf(head: HeadBundle, { cells, embeddings }: CameraFrame): Spot[] {
  const probabilities = scoreEmbeddings(head, embeddings, cells.length);
  return cells.flatMap(({ zone, rectangle: { x, y, w, h } }, row) => {
    const { activity, score } = likeliest(scoresOf(head.manifest, probabilities, row));
    if (zone === '' || score < (head.manifest.cells?.rider ?? 0.5)) return [];
    return [{ x: x + w / 2, y: y + h / 2, size: h / CELLS_HIGH, w, h, activity, score }];
  });
}

/** A rider of the usual size is a third of what is around its cell. */
const CELLS_HIGH = 3;

/** Where somebody said that a rider is. */
function pointedAt({ labels, rectangle, pointing }: BoardFrame): Rectangle[] {
  const points = (pointing?.riders ?? []).map(({ x, y }) => ({ x, y, w: 0, h: 0 }));
  return rectangle === undefined || labels.length === 0 ? points : [...points, rectangle];
}

function isNear(spot: Spot, { x, y }: { readonly x: number; readonly y: number }): boolean {
  return touches(spot, { x, y, w: 0, h: 0 });
}

function touches(spot: Spot, { x, y, w, h }: Rectangle): boolean {
  const right = spot.x >= x - NEAR.x * spot.w && spot.x <= x + w + NEAR.x * spot.w;
  return right && spot.y >= y - NEAR.y * spot.h && spot.y <= y + h + NEAR.y * spot.h;
}

function bare({ w: _, h: __, ...detection }: Spot): HeadDetection {
  return detection;
}
