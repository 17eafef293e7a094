/**
 * Who is meant by labels of whole frames: something that does not look like a rider where this camera shows nobody. All
 * frames are looked at together (multiple instances; Andrews, Tsochantaridis and Hofmann 2003).
 */
import type { Rectangle } from '../../base/geometry.ts';
import { dot } from '../advice/likeness/vectors.ts';
import {
  activityLogits,
  type BoardCell,
  placeOf,
  riderChance,
  rowsOfFrames,
  rowsOfPoints,
} from './board-samples.ts';
import type { BoardFrame } from './types.ts';

export interface Meant {
  /** Rows of frames labelled as a whole that show nobody, as far as this camera's frames of nobody tell. */
  readonly notMeant: ReadonlySet<number>;
  /** Frames in which it is not clear who is meant. */
  readonly unsure: ReadonlySet<BoardFrame>;
}

/** Number of strongest cells of a frame that may be meant. */
const CANDIDATES = 12;
/**
 * Number of strongest cells compared by place in each frame of nobody, and by look in all of them together.
 */
const ALARMS = 6;
const LOOKS = 100;
/** Weaker than that, 0..1, a cell is no alarm. */
const FIRES = 0.05;
/** As sure, but for this share: then the head cannot tell one from the other. */
const AS_SURE = 0.5;
/** Less sure than that of the best, 0..1, it is not clear that anybody was seen. */
const CLEAR = 0.1;
/**
 * Cosine, from which two cells show the same: of a camera unlike those trained on, riders of different frames had 0.97 and
 * more, riders and what is in frames of nobody 0.86 at most.
 */
const ALIKE = 0.93;

interface Candidate {
  readonly row: number;
  readonly chance: number;
}

/**
 * @param vectors [cells, width]
 * @param logits [cells, outputs] of a head that has not been told yet, calibrated; NaN in a column it has no output for
 * @param rider probability, 0..1, from which a cell counts as a rider
 */
export function chooseMeant(
  frames: readonly BoardFrame[],
  cells: readonly BoardCell[],
  activities: readonly string[],
  vectors: Float32Array,
  logits: Float32Array,
  rider: number,
): Meant {
  const outputs = logits.length / Math.max(1, cells.length);
  const width = vectors.length / Math.max(1, cells.length);
  const strongest = (rows: readonly number[], most: number): Candidate[] =>
    rows
      .map(row => ({ row, chance: riderChance(activityLogits(logits, row, outputs, activities)) }))
      .sort((a, b) => b.chance - a.chance || a.row - b.row)
      .slice(0, most);
  const rectangleOf = (row: number) => placeOf(frames, cells, row).rectangle;
  const product = (a: number, b: number) =>
    dot(vectors.subarray(a * width, (a + 1) * width), vectors, b * width);
  const squares = Float64Array.from(cells, (_, row) => product(row, row));
  /** NaN where one of them is all zero: it is like nothing. */
  const cosine = (a: number, b: number) =>
    product(a, b) / Math.sqrt((squares[a] as number) * (squares[b] as number));

  const alarms: Candidate[] = [];
  const whole: { readonly frame: BoardFrame; readonly rows: readonly number[] }[] = [];
  for (const rows of rowsOfFrames(cells)) {
    const frame = frames[(cells[rows[0] as number] as BoardCell).frame] as BoardFrame;
    const { elsewhere, labels, pointing } = frame;
    if (pointing === undefined && labels.length > 0) whole.push({ frame, rows });
    else if (elsewhere !== true) {
      const nobody = pointing === undefined ? rows : backgroundOf(rows, frames, cells, pointing);
      alarms.push(...strongest(nobody, ALARMS));
    }
  }
  const firing = alarms.filter(({ chance }) => chance >= FIRES).sort((a, b) => b.chance - a.chance);
  const surestAt = surestByPlace(firing.map(({ row, chance }) => ({ chance, rectangle: rectangleOf(row) })));
  const looks = firing.slice(0, LOOKS);
  const isAlarm = ({ row, chance }: Candidate) => {
    const isAsSure = (alarm: number) => alarm >= rider || alarm >= chance * AS_SURE;
    return (
      isAsSure(surestAt(rectangleOf(row))) ||
      looks.some(alarm => isAsSure(alarm.chance) && cosine(alarm.row, row) >= ALIKE)
    );
  };

  const notMeant = new Set<number>();
  const unsure = new Set<BoardFrame>();
  for (const { frame, rows } of whole) {
    if (frame.elsewhere === true) continue;
    const candidates = strongest(rows, CANDIDATES).filter(candidate => !isAlarm(candidate));
    const left = new Set(candidates.map(({ row }) => row));
    for (const row of rows) if (!left.has(row)) notMeant.add(row);
    const [best, ...others] = candidates;
    const isClear =
      best !== undefined &&
      best.chance >= CLEAR &&
      others.every(({ row, chance }) => chance < best.chance * AS_SURE || cosine(row, best.row) >= ALIKE);
    if (alarms.length === 0 || !isClear) unsure.add(frame);
  }
  return { notMeant, unsure };
}

/** The rows of a frame with points that show nobody. */
function backgroundOf(
  rows: readonly number[],
  frames: readonly BoardFrame[],
  cells: readonly BoardCell[],
  pointing: NonNullable<BoardFrame['pointing']>,
): number[] {
  const open = new Set(rowsOfPoints(rows, row => placeOf(frames, cells, row), pointing).open);
  return rows.filter(row => !open.has(row));
}

/**
 * Largest distance, as a fraction of the larger side: neighbouring cells are nearer, and either may be the
 * strongest.
 */
const SAME_PLACE = 0.4;
/** Largest ratio of sides: the next level shows the same thing twice as large. */
const SAME_SIZE = 2.5;

/**
 * How sure the surest alarm at a place is, -∞ where there is none. The cells of a camera lie on the same grid in every
 * frame, so that there are far fewer places than alarms.
 *
 * @param alarms surest first
 */
function surestByPlace(
  alarms: readonly { readonly rectangle: Rectangle; readonly chance: number }[],
): (place: Rectangle) => number {
  const keyOf = ({ x, y, w, h }: Rectangle) => `${x} ${y} ${w} ${h}`;
  const places = new Map<string, (typeof alarms)[number]>();
  for (const alarm of alarms) {
    const key = keyOf(alarm.rectangle);
    if (!places.has(key)) places.set(key, alarm);
  }
  const surestFirst = [...places.values()];
  const known = new Map<string, number>();
  return place => {
    const key = keyOf(place);
    let surest = known.get(key);
    if (surest === undefined) {
      surest =
        surestFirst.find(({ rectangle }) => isSamePlace(rectangle, place))?.chance ??
        Number.NEGATIVE_INFINITY;
      known.set(key, surest);
    }
    return surest;
  };
}

function isSamePlace(a: Rectangle, b: Rectangle): boolean {
  const [w, h] = [Math.max(a.w, b.w), Math.max(a.h, b.h)];
  if (w > SAME_SIZE * Math.min(a.w, b.w)) return false;
  const dx = Math.abs(a.x + a.w / 2 - b.x - b.w / 2);
  const dy = Math.abs(a.y + a.h / 2 - b.y - b.h / 2);
  return dx < SAME_PLACE * w && dy < SAME_PLACE * h;
}
