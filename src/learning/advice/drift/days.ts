/** What a day's frames were like, in a few numbers: taken in one frame at a time, kept as one JSON row a day. */
import * as z from 'zod';
import type { KeptCell } from '../../../activity/kept-cells.ts';
import { NONE } from '../../../base/activities.ts';
import { decidingCells, doubt, type JudgedBy } from '../deciding.ts';
import { DISTANCE_CLASSES, EMPTY, withDistance } from './histogram.ts';

/** One frame that was judged: the dark, obscured and frozen ones say nothing of the model. */
export interface DriftObservation {
  /** Milliseconds since the epoch (UTC). */
  readonly at: number;
  /** The strongest present activity, or `none`. */
  readonly activity: string;
  /** 1 on a threshold, 0 at certainty. */
  readonly doubt: number;
  /** Mean cosine distance of its cells to what the head was trained on; null where it is unknown. */
  readonly distance: number | null;
}

const count = z.number().int().min(0);

/** A row, as JSON. */
export const driftDaySchema = z.object({
  /** UTC, `2026-06-01`. */
  day: z.iso.date(),
  frames: count,
  /** Frames by their activity, `none` included. */
  classes: z.record(z.string(), count),
  /** Frames in doubt. */
  unsure: count,
  /** Frames by their distance to the training data, in classes of 0.02. */
  distances: z.array(count).length(DISTANCE_CLASSES),
});

export type DriftDay = Readonly<z.infer<typeof driftDaySchema>>;

/** From this doubt on a frame counts as unsure. */
const UNSURE = 0.5;
const DAYS_KEPT = 120;

/** @param distance see {@link DriftObservation} */
export function observeFrame(
  cells: readonly KeptCell[],
  head: JudgedBy,
  at: number,
  distance: number | null,
): DriftObservation {
  const decided = decidingCells(cells, head);
  return {
    at,
    activity: decided.find(({ present }) => present)?.activity ?? NONE,
    doubt: Math.max(0, ...decided.map(doubt)),
    distance,
  };
}

/**
 * Takes one frame in.
 *
 * @param days oldest first, a day at most once
 * @returns oldest first, at most 120
 */
export function addObservation(days: readonly DriftDay[], frame: DriftObservation): readonly DriftDay[] {
  const day = new Date(frame.at).toISOString().slice(0, 10);
  // Nearly always the last: only a clock that was set back finds an earlier one.
  const index = days.findLastIndex(other => other.day <= day);
  const known = days[index];
  const same = known?.day === day;
  const next = withFrame(same ? known : emptyDay(day), frame);
  const all = [...days.slice(0, same ? index : index + 1), next, ...days.slice(index + 1)];
  return all.slice(-DAYS_KEPT);
}

function withFrame(day: DriftDay, { activity, doubt: doubted, distance }: DriftObservation): DriftDay {
  const classes = new Map(Object.entries(day.classes));
  classes.set(activity, (classes.get(activity) ?? 0) + 1);
  return {
    day: day.day,
    frames: day.frames + 1,
    classes: Object.fromEntries(classes),
    unsure: day.unsure + (doubted >= UNSURE ? 1 : 0),
    distances: distance === null ? day.distances : [...withDistance(day.distances, distance)],
  };
}

function emptyDay(day: string): DriftDay {
  return { day, frames: 0, classes: {}, unsure: 0, distances: [...EMPTY] };
}
