/** Places a head's calibration by frames of cameras it was not fitted to. */
import type { CellSense } from '../../../activity/head-bundle.ts';
import { CROWD, ridersAmong } from '../../../activity/rider-threshold.ts';
import { sightOfFrame } from '../../../activity/zones.ts';
import { quantile } from '../../../base/quantile.ts';
import { type Calibration, fitCalibration } from '../../../learning/fit/calibrate.ts';
import type { Material } from '../data/material.ts';
import { riderChance } from '../fit/choose-cells.ts';
import type { Outputs } from '../outputs.ts';
import { matchKites, matchRiders, riderMarks } from './match.ts';
import { type ReadWhole, scoredPlaces, scorePlace } from './read-frame.ts';

/** A frame as it was read by a head that never saw its camera. */
export interface JudgedFrame extends ReadWhole {
  readonly material: Material;
}

export interface PlacedCalibration {
  /** Calibration of the logit of every activity. */
  readonly rider: Calibration;
  /** Calibration of the logit of a kite: only activities have one in the manifest, so it goes into the weights. */
  readonly kite: Calibration;
  readonly cells: CellSense;
}

/** The share of frames without riders that may be reported all the same. */
const FALSE_FRAMES = 0.05;

/**
 * 1. The probability that a place is a rider: Platt scaling on the places found, each camera weighing alike.
 *    The same for kites.
 * 2. The probability from which one counts: the least mean error of the count, each camera weighing alike. In a crowd, a
 *    lower one: the least error of the count in frames with a crowd.
 * 3. The probability that an activity goes on: Platt scaling on whole frames, then moved so that about 5 % of the frames
 *    without riders are reported at 0.5, where there are any.
 */
export function placeCalibration(frames: readonly JudgedFrame[], outputs: Outputs): PlacedCalibration {
  const weights = cameraWeights(frames);
  const rider = fitPlaces(frames, weights, outputs);
  const kite = fitKites(frames, weights, outputs) ?? rider;
  const limit = leastCountError(frames, weights, outputs, rider);
  return {
    rider,
    kite,
    cells: {
      rider: limit,
      crowd: leastCrowdError(frames, outputs, { rider, kite }, limit),
      presence: fitPresence(frames, weights, outputs, { rider, kite }, limit),
    },
  };
}

/** Fewer kites than that say nothing of how sure the head may be. */
const FEWEST_KITES = 10;

/** @returns null where too few kites were found: then it is as sure, or unsure, as of riders */
function fitKites(
  frames: readonly JudgedFrame[],
  weights: readonly number[],
  outputs: Outputs,
): Calibration | null {
  const at = outputs.all.indexOf('kite');
  const logits: number[] = [];
  const labels: number[] = [];
  const each: number[] = [];
  for (const [index, { kites, material }] of frames.entries()) {
    const { taken, neutral } = matchKites(kites, material.marks);
    for (const [place, { logits: own }] of kites.entries()) {
      // Where not all kites have a box, one without says nothing.
      if (neutral[place] === true || (taken[place] === null && !material.complete.kites)) continue;
      logits.push(own[at] as number);
      labels.push(taken[place] === null ? 0 : 1);
      each.push(weights[index] as number);
    }
  }
  const kites = labels.filter(label => label === 1).length;
  return kites < FEWEST_KITES ? null : fitCalibration(logits, labels, each);
}

/** A camera with many frames weighs as the square root of their number. */
function cameraWeights(frames: readonly JudgedFrame[]): number[] {
  const counts = new Map<string, number>();
  for (const { material } of frames) counts.set(material.camera, (counts.get(material.camera) ?? 0) + 1);
  return frames.map(({ material }) => 1 / Math.sqrt(counts.get(material.camera) ?? 1));
}

function fitPlaces(
  frames: readonly JudgedFrame[],
  weights: readonly number[],
  outputs: Outputs,
): Calibration {
  const logits: number[] = [];
  const labels: number[] = [];
  const each: number[] = [];
  for (const [index, { found, material }] of frames.entries()) {
    const { taken, neutral } = matchRiders(found, material.marks);
    for (const [at, place] of found.entries()) {
      if (neutral[at] === true) continue;
      logits.push(logitOf(riderChance(place.logits, 0, outputs)));
      labels.push(taken[at] === null ? 0 : 1);
      each.push(weights[index] as number);
    }
  }
  return fitCalibration(logits, labels, each);
}

function leastCountError(
  frames: readonly JudgedFrame[],
  weights: readonly number[],
  outputs: Outputs,
  rider: Calibration,
): number {
  const scored = frames.map(({ found, material }) => {
    const { neutral } = matchRiders(found, material.marks);
    return {
      scores: found.flatMap((place, at) =>
        neutral[at] === true ? [] : [scorePlace(place, outputs, rider).score],
      ),
      riders: riderMarks(material).length,
    };
  });
  let best = { threshold: 0.5, error: Number.POSITIVE_INFINITY };
  for (let threshold = 0.1; threshold < 0.95; threshold += 0.01) {
    let error = 0;
    for (const [index, { scores, riders }] of scored.entries()) {
      const count = scores.filter(score => score >= threshold).length;
      // One more of twenty is no great matter; one where there is none is.
      error += ((weights[index] as number) * Math.abs(count - riders)) / Math.sqrt(Math.max(1, riders));
    }
    if (error < best.error - 1e-9) best = { threshold, error };
  }
  return Number(best.threshold.toFixed(2));
}

/** Fewer frames with a crowd say nothing of counting in one. */
const FEWEST_CROWDS = 10;

/** @returns at most `limit`, which it is where there are too few frames to tell */
function leastCrowdError(
  frames: readonly JudgedFrame[],
  outputs: Outputs,
  calibrations: Pick<PlacedCalibration, 'rider' | 'kite'>,
  limit: number,
): number {
  const crowds = frames
    .filter(({ material }) => riderMarks(material).length >= CROWD)
    .map(frame => {
      const { places } = scoredPlaces(frame, outputs, calibrations, limit);
      return { places, marks: frame.material.marks, riders: riderMarks(frame.material).length };
    });
  if (crowds.length < FEWEST_CROWDS) return limit;
  let best = { threshold: limit, error: Number.POSITIVE_INFINITY };
  for (let threshold = limit; threshold >= 0.1; threshold -= 0.01) {
    let error = 0;
    for (const { places, marks, riders } of crowds) {
      const counted = ridersAmong(places, { rider: limit, crowd: threshold });
      const { neutral } = matchRiders(counted, marks);
      error += Math.abs(neutral.filter(aside => !aside).length - riders);
    }
    if (error < best.error) best = { threshold, error };
  }
  return Number(best.threshold.toFixed(2));
}

function fitPresence(
  frames: readonly JudgedFrame[],
  weights: readonly number[],
  outputs: Outputs,
  calibrations: Pick<PlacedCalibration, 'rider' | 'kite'>,
  limit: number,
): CellSense['presence'] {
  const logits: number[] = [];
  const labels: number[] = [];
  const each: number[] = [];
  const empty: number[] = [];
  for (const [index, frame] of frames.entries()) {
    const evidence = evidenceOf(frame, outputs, calibrations, limit);
    const present = new Set(frame.material.marks.filter(mark => mark.rider).map(({ kind }) => kind));
    for (const activity of outputs.activities) {
      logits.push(evidence[activity] as number);
      labels.push(present.has(activity) ? 1 : 0);
      each.push(weights[index] as number);
    }
    const ignored = frame.material.marks.some(mark => mark.kind !== 'person');
    if (present.size === 0 && !ignored) empty.push(Math.max(...Object.values(evidence)));
  }
  const fitted = fitCalibration(logits, labels, each);
  const slope = Number(fitted.slope.toFixed(4));
  // Where a rider counts, its activity goes on: nothing says otherwise.
  if (empty.length < FEWEST_EMPTY) return { slope, intercept: Number((-slope * logitOf(limit)).toFixed(4)) };
  const highest = quantile(empty, 1 - FALSE_FRAMES);
  return { slope, intercept: Number((-slope * highest).toFixed(4)) };
}

/** Fewer frames without riders say nothing of one in twenty. */
const FEWEST_EMPTY = 20;

/** Log odds of the surest rider of each activity: what the daemon scales to a probability. */
function evidenceOf(
  frame: JudgedFrame,
  outputs: Outputs,
  calibrations: Pick<PlacedCalibration, 'rider' | 'kite'>,
  limit: number,
): Record<string, number> {
  const { places, kites } = scoredPlaces(frame, outputs, calibrations, limit);
  const cells = { rider: limit, presence: { slope: 1, intercept: 0 } };
  const { scores } = sightOfFrame(places, { activities: [...outputs.activities], cells }, kites);
  return Object.fromEntries(Object.entries(scores).map(([activity, chance]) => [activity, logitOf(chance)]));
}

function logitOf(chance: number): number {
  const bounded = Math.min(1 - 1e-7, Math.max(1e-7, chance));
  return Math.log(bounded / (1 - bounded));
}
