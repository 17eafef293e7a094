/** What a head finds and leaves alone on whole frames, by camera and in all. */
import { CROWD, ridersAmong } from '../../../activity/rider-threshold.ts';
import { sightOfFrame } from '../../../activity/zones.ts';
import { quantile } from '../../../base/quantile.ts';
import type { Outputs } from '../outputs.ts';
import { matchRiders, riderMarks } from './match.ts';
import type { JudgedFrame, PlacedCalibration } from './place-calibration.ts';
import { scoredPlaces } from './read-frame.ts';

export interface RiderFigures {
  readonly frames: number;
  /** Frames with riders, and those of them reported with an activity that is there. */
  readonly withRiders: number;
  readonly found: number;
  /** Frames without riders, and those of them of which nothing was reported. */
  readonly empty: number;
  readonly leftAlone: number;
  /** Riders with a box, and those of them counted as riders. */
  readonly riders: number;
  readonly hit: number;
  /** Places counted as riders, those in ignored boxes and at kites left out. */
  readonly counted: number;
  /** Those of the riders counted whose activity is right. */
  readonly named: number;
  /** Mean difference of the number of riders, found and true. */
  readonly countError: number | null;
  /** Sum of these differences over frames with {@link CROWD} riders or more, by the number of these riders. */
  readonly crowdError: number | null;
}

export interface JudgedOverall extends RiderFigures {
  /**
   * How often a frame's strongest rider found is stronger than another's strongest false alarm; null without
   * either.
   */
  readonly auc: number | null;
  /** Share of frames with riders whose strongest rider passes a limit that 5 % and 20 % of all frames fail with a false alarm. */
  readonly foundAt: { readonly five: number; readonly twenty: number } | null;
  /** Riders by height in pixels of the frame. */
  readonly heights: readonly {
    readonly from: number;
    readonly to: number | null;
    readonly riders: number;
    readonly hit: number;
  }[];
  /** Precision and recall of riders as the limit falls, thinned. */
  readonly curve: readonly { readonly score: number; readonly precision: number; readonly recall: number }[];
}

/** One frame as it came out. */
export interface FrameOutcome {
  readonly frame: JudgedFrame;
  readonly places: readonly {
    readonly x: number;
    readonly y: number;
    readonly score: number;
    readonly activity: string;
    /** Whether it counts as a rider in its frame. */
    readonly counts: boolean;
    /** Index of its rider among the marks; null for a false alarm, undefined where it says neither. */
    readonly mark: number | null | undefined;
  }[];
  /** Activities reported. */
  readonly reported: readonly string[];
}

export function outcomeOf(
  frame: JudgedFrame,
  outputs: Outputs,
  calibration: PlacedCalibration,
): FrameOutcome {
  const { cells } = calibration;
  const { places, kites } = scoredPlaces(frame, outputs, calibration, cells.rider);
  const { taken, neutral } = matchRiders(places, frame.material.marks);
  const { scores: presence } = sightOfFrame(places, { activities: [...outputs.activities], cells }, kites);
  const riders = new Set(ridersAmong(places, cells));
  return {
    frame,
    places: places.map((place, at) => ({
      x: place.x,
      y: place.y,
      score: place.score,
      counts: riders.has(place),
      activity: outputs.activities.reduce((a, b) =>
        (place.scores[b] ?? 0) > (place.scores[a] ?? 0) ? b : a,
      ),
      mark: neutral[at] === true ? undefined : taken[at],
    })),
    reported: outputs.activities.filter(activity => (presence[activity] ?? 0) >= 0.5),
  };
}

export function figuresOf(outcomes: readonly FrameOutcome[]): RiderFigures {
  const sums = {
    withRiders: 0,
    found: 0,
    empty: 0,
    leftAlone: 0,
    riders: 0,
    hit: 0,
    counted: 0,
    named: 0,
    error: 0,
    crowd: 0,
    crowdError: 0,
  };
  for (const { frame, places, reported } of outcomes) {
    const { marks } = frame.material;
    const riders = riderMarks(frame.material);
    const there = new Set(riders.map(index => marks[index]?.kind));
    const counted = places.filter(({ counts, mark }) => counts && mark !== undefined);
    const hits = counted.filter(({ mark }) => mark !== null);
    if (riders.length > 0) {
      sums.withRiders += 1;
      if (reported.some(activity => there.has(activity))) sums.found += 1;
    } else if (!marks.some(({ kind }) => kind !== 'person')) {
      sums.empty += 1;
      if (reported.length === 0) sums.leftAlone += 1;
    }
    sums.riders += riders.length;
    sums.hit += hits.length;
    sums.counted += counted.length;
    sums.named += hits.filter(({ mark, activity }) => marks[mark as number]?.kind === activity).length;
    const error = Math.abs(counted.length - riders.length);
    sums.error += error;
    if (riders.length >= CROWD) {
      sums.crowd += riders.length;
      sums.crowdError += error;
    }
  }
  const { error, crowd, crowdError, ...rest } = sums;
  return {
    frames: outcomes.length,
    ...rest,
    countError: outcomes.length === 0 ? null : error / outcomes.length,
    crowdError: crowd === 0 ? null : crowdError / crowd,
  };
}

export function overallOf(outcomes: readonly FrameOutcome[]): JudgedOverall {
  return {
    ...figuresOf(outcomes),
    ...separationOf(outcomes),
    heights: heightsOf(outcomes),
    curve: curveOf(outcomes),
  };
}

/** How far the strongest riders of frames stand above the strongest false alarms. */
function separationOf(outcomes: readonly FrameOutcome[]): Pick<JudgedOverall, 'auc' | 'foundAt'> {
  const best = (of: FrameOutcome, wanted: boolean) =>
    Math.max(
      0,
      ...of.places
        .filter(({ mark }) => mark !== undefined && (mark !== null) === wanted)
        .map(({ score }) => score),
    );
  const riders = outcomes
    .filter(({ frame }) => riderMarks(frame.material).length > 0)
    .map(each => best(each, true));
  const alarms = outcomes.map(each => best(each, false));
  if (riders.length === 0 || alarms.length === 0) return { auc: null, foundAt: null };
  let wins = 0;
  for (const rider of riders)
    for (const alarm of alarms) wins += rider > alarm ? 1 : rider === alarm ? 0.5 : 0;
  const passing = (share: number) => {
    const limit = quantile(alarms, 1 - share);
    return riders.filter(score => score > limit).length / riders.length;
  };
  return {
    auc: wins / (riders.length * alarms.length),
    foundAt: { five: passing(0.05), twenty: passing(0.2) },
  };
}

const HEIGHTS = [0, 8, 12, 20, 40];

function heightsOf(outcomes: readonly FrameOutcome[]): JudgedOverall['heights'] {
  return HEIGHTS.map((from, index) => {
    const to = HEIGHTS[index + 1] ?? null;
    let riders = 0;
    let hit = 0;
    for (const { frame, places } of outcomes) {
      for (const at of riderMarks(frame.material)) {
        const height = (frame.material.marks[at]?.box.h ?? 0) * frame.frame.height;
        if (height < from || (to !== null && height >= to)) continue;
        riders += 1;
        if (places.some(({ mark, counts }) => mark === at && counts)) hit += 1;
      }
    }
    return { from, to, riders, hit };
  });
}

const CURVE_POINTS = 60;

function curveOf(outcomes: readonly FrameOutcome[]): JudgedOverall['curve'] {
  const all = outcomes.reduce((sum, { frame }) => sum + riderMarks(frame.material).length, 0);
  if (all === 0) return [];
  const places = outcomes
    .flatMap(each => each.places.filter(({ mark }) => mark !== undefined))
    .sort((a, b) => b.score - a.score);
  const step = Math.max(1, Math.floor(places.length / CURVE_POINTS));
  let hits = 0;
  return places.flatMap(({ score, mark }, index) => {
    if (mark !== null) hits += 1;
    if ((index + 1) % step !== 0) return [];
    return [{ score, precision: hits / (index + 1), recall: hits / all }];
  });
}
