/** How good the reading of frames is. Plain functions over boxes and detections. */

import type { Detection } from '../activity/detections.ts';
import type { HeadManifest } from '../activity/head-bundle.ts';
import { CROWD, ridersAmong } from '../activity/rider-threshold.ts';
import { type CellsManifest, sightOfFrame } from '../activity/zones.ts';
import type { BoxedFrame } from '../training/data/dataset.ts';
import { matchBoxes } from '../training/riders/judge/match.ts';
import { activityOf, verdictOf } from './judge.ts';

/** What is boxed in a frame, as far as riders are concerned. */
export type Truth = Pick<BoxedFrame, 'riders' | 'kites' | 'ignored'>;

export type Found = Pick<Detection, 'x' | 'y' | 'score' | 'scores'>;

/** A frame that was read, and what is in it. */
export interface ReadExample {
  readonly camera: string;
  readonly truth: Truth;
  /** All that may be a rider, strongest first. */
  readonly found: readonly Found[];
  /** Kites, a sign of kitesurfing; none where nobody looked for them. */
  readonly kites?: readonly { readonly score: number }[];
  /** False where the frame cannot be judged: nothing is found in it then. */
  readonly visible: boolean;
}

/** What measuring needs to know of a head. */
export type Judge = CellsManifest & Pick<HeadManifest, 'thresholds'>;

/** Shares are null where there is nothing to divide by. */
export interface FrameFigures {
  readonly frames: number;
  /** Frames with a rider. */
  readonly occupied: number;
  /** Frames without one, nor anything unsure. */
  readonly empty: number;
  readonly riders: number;
  /** Share of the occupied frames whose answer is an activity. */
  readonly found: number | null;
  /** Share of the occupied frames whose answer is one of the activities that are in it. */
  readonly named: number | null;
  /** Share of the occupied frames in which a detection lies at a rider. */
  readonly hit: number | null;
  /** Share of the empty frames whose answer is no activity. */
  readonly leftAlone: number | null;
  /** Share of the riders that were found. */
  readonly recall: number | null;
  /** Share of the detections that are riders; those that cannot be told right from wrong are left out. */
  readonly precision: number | null;
  /** Sum of |found − true| by the sum of true, over frames with three riders or more. */
  readonly countError: number | null;
  /** Share of the riders found whose activity is right. */
  readonly activityRight: number | null;
}

/** How one frame turned out. */
export interface FrameOutcome {
  readonly activity: string;
  readonly scores: Readonly<Record<string, number>>;
  readonly riders: number;
  readonly matched: number;
  readonly missed: number;
  readonly wrong: number;
  readonly activityRight: number;
  readonly kind: 'occupied' | 'empty' | 'unsure';
  /** Whether the answer is one of the activities that are there. */
  readonly named: boolean;
  /** Whether the answer is an activity. */
  readonly reported: boolean;
}

/** @param rider one threshold for all detections, instead of the head's */
export function outcomeOf(example: ReadExample, judge: Judge, rider?: number): FrameOutcome {
  const { truth, found, visible, kites: seen = [] } = example;
  const { scores } = sightOfFrame(found, judge, seen);
  const { activity, activities } = verdictOf(scores, judge.thresholds, visible);
  const counted = visible ? ridersAmong(found, rider === undefined ? judge.cells : { rider }) : [];
  const { riders, kites, ignored } = truth;
  const { taken, neutral } = matchBoxes(
    counted,
    riders.map(({ box }) => box),
    [...kites, ...ignored],
  );
  const matches = counted.flatMap((detection, at) => {
    const rider = riders[taken[at] ?? Number.NaN];
    return rider === undefined ? [] : [{ rider, detection }];
  });
  return {
    activity,
    scores,
    riders: riders.length,
    matched: matches.length,
    missed: riders.length - matches.length,
    wrong: counted.filter((_, at) => taken[at] === null && neutral[at] !== true).length,
    activityRight: matches.filter(({ rider: { activity: is }, detection }) => activityOf(detection) === is)
      .length,
    kind: riders.length > 0 ? 'occupied' : kites.length + ignored.length > 0 ? 'unsure' : 'empty',
    named: riders.some(one => one.activity === activity),
    reported: activities.length > 0,
  };
}

export function figuresOf(outcomes: readonly FrameOutcome[]): FrameFigures {
  const occupied = outcomes.filter(({ kind }) => kind === 'occupied');
  const empty = outcomes.filter(({ kind }) => kind === 'empty');
  const riders = sum(outcomes, one => one.riders);
  const matched = sum(outcomes, one => one.matched);
  // Frames with fewer riders say little of counting.
  const crowds = outcomes.filter(one => one.riders >= CROWD);
  return {
    frames: outcomes.length,
    occupied: occupied.length,
    empty: empty.length,
    riders,
    found: share(occupied, one => one.reported),
    named: share(occupied, one => one.named),
    hit: share(occupied, one => one.matched > 0),
    leftAlone: share(empty, one => !one.reported),
    recall: ratio(matched, riders),
    precision: ratio(
      matched,
      sum(outcomes, one => one.matched + one.wrong),
    ),
    countError: ratio(
      sum(crowds, one => Math.abs(one.matched + one.wrong - one.riders)),
      sum(crowds, one => one.riders),
    ),
    activityRight: ratio(
      sum(outcomes, one => one.activityRight),
      matched,
    ),
  };
}

export type Shares = Omit<FrameFigures, 'frames' | 'occupied' | 'empty' | 'riders'>;

/** The mean of each share over the cameras that have it: every camera counts as much as another. */
export function meanOf(figures: readonly Shares[]): Shares {
  const mean = (of: (one: Shares) => number | null) => {
    const values = figures.map(of).filter(value => value !== null);
    return ratio(
      values.reduce((total, value) => total + value, 0),
      values.length,
    );
  };
  return {
    found: mean(one => one.found),
    named: mean(one => one.named),
    hit: mean(one => one.hit),
    leftAlone: mean(one => one.leftAlone),
    recall: mean(one => one.recall),
    precision: mean(one => one.precision),
    countError: mean(one => one.countError),
    activityRight: mean(one => one.activityRight),
  };
}

export interface RiderPoint extends Pick<FrameFigures, 'hit' | 'recall' | 'precision' | 'countError'> {
  readonly threshold: number;
}

export interface PresencePoint extends Pick<FrameFigures, 'found' | 'leftAlone'> {
  readonly threshold: number;
}

const RIDER_STEPS = Array.from({ length: 19 }, (_, index) => (index + 1) / 20);
const PRESENCE_STEPS = [0.01, 0.02, ...RIDER_STEPS, 0.98, 0.99, 0.995];

/** What one threshold for all riders would give. */
export function riderCurve(examples: readonly ReadExample[], judge: Judge): RiderPoint[] {
  return RIDER_STEPS.map(threshold => {
    const outcomes = examples.map(example => outcomeOf(example, judge, threshold));
    const { hit, recall, precision, countError } = figuresOf(outcomes);
    return { threshold, hit, recall, precision, countError };
  });
}

/** What one threshold of presence, for all activities, would give. */
export function presenceCurve(examples: readonly ReadExample[], judge: Judge): PresencePoint[] {
  return PRESENCE_STEPS.map(threshold => {
    const thresholds = Object.fromEntries(judge.activities.map(activity => [activity, threshold]));
    const outcomes = examples.map(example => outcomeOf(example, { ...judge, thresholds }));
    const { found, leftAlone } = figuresOf(outcomes);
    return { threshold, found, leftAlone };
  });
}

function share<T>(items: readonly T[], holds: (item: T) => boolean): number | null {
  return ratio(items.filter(holds).length, items.length);
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
