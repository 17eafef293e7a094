/** Whether the pictures, or what the head makes of them, are no longer what they were. */
import { NONE } from '../../base/activities.ts';
import { median } from '../../base/quantile.ts';
import { percent as exactPercent } from '../../base/words.ts';
import type { DriftDay } from './drift/days.ts';
import { type DriftFigures, figuresOf } from './drift/figures.ts';
import { type Histogram, quantileOf, shareAbove, sumOf } from './drift/histogram.ts';

export interface DriftOptions {
  /** Days with enough frames that the board's own reference is made of. */
  readonly referenceDays: number;
  /** Days with enough frames that are compared with it, the newest. */
  readonly recentDays: number;
  /** Frames that a day needs to count. */
  readonly framesOfDay: number;
  /** Days before this one (UTC, `2026-06-01`) are no reference: since then a new head is in use. */
  readonly since: string | null;
  /** Share of a day's frames further off than 95 % of the reference's, from which the day counts as changed, 0..1. */
  readonly beyond: number;
  /** Rise of the share of unsure frames from which a day counts as changed, 0..1; it must have doubled too. */
  readonly unsure: number;
  /** Share of a day's frames with one and the same activity from which it counts as stuck, 0..1. */
  readonly stuck: number;
}

export const DRIFT_DEFAULTS: DriftOptions = {
  referenceDays: 7,
  recentDays: 3,
  framesOfDay: 50,
  since: null,
  beyond: 0.3,
  unsure: 0.2,
  stuck: 0.95,
};

/** Plain data that survives JSON. */
export interface Drift {
  readonly drifting: boolean;
  /** Each a sentence with its figures; what stands against it where nothing drifts. */
  readonly reasons: readonly string[];
  /** Text of an alert; null where there is none. */
  readonly alert: string | null;
  readonly figures: DriftFigures;
}

const ALERT = 'The model should be looked at: label some frames (surfwatch label --next) and retrain.';

/** From this share on the board's pictures are said to be unlike the training data. */
const UNLIKE_TRAINING = 0.5;

/**
 * Compares the newest days with the board's own first ones. A day is judged by itself and all recent days must agree:
 * frames of one day are alike, and one strange day is weather. The mix of activities is told, but is no alarm as long as
 * it is one that seasons bring.
 *
 * @param days oldest first
 * @param training distances among the base set's places (`landmarksOf`); null where there is no base set
 */
export function driftOf(
  days: readonly DriftDay[],
  training: Histogram | null,
  options: Partial<DriftOptions> = {},
): Drift {
  const all = { ...DRIFT_DEFAULTS, ...options };
  const counted = days.filter(({ day, frames }) => frames >= all.framesOfDay && day >= (all.since ?? ''));
  const reference = counted.slice(0, all.referenceDays);
  const recent = counted.slice(all.referenceDays).slice(-all.recentDays);
  const figures = figuresOf(recent, reference, training);
  if (recent.length < all.recentDays) {
    const wanted = all.referenceDays + all.recentDays;
    const reason = `${counted.length} of the ${wanted} days with ${all.framesOfDay} frames or more that it takes to tell.`;
    return { drifting: false, reasons: [reason, ...unlikeTraining(figures)], alert: null, figures };
  }
  const changed = [
    ...distanceReasons(recent, reference, figures, all),
    ...unsureReasons(recent, reference, figures, all),
    ...stuckReasons(recent, reference, all),
  ];
  if (changed.length > 0) {
    return { drifting: true, reasons: changed, alert: `${changed.join(' ')} ${ALERT}`, figures };
  }
  return { drifting: false, reasons: quietReasons(figures), alert: null, figures };
}

function distanceReasons(
  recent: readonly DriftDay[],
  reference: readonly DriftDay[],
  { distance }: DriftFigures,
  { beyond }: DriftOptions,
): string[] {
  const limit = quantileOf(sumOf(reference.map(({ distances }) => distances)), 0.95);
  if (limit === null) return [];
  const shares = recent.map(({ distances }) => shareAbove(distances, limit));
  if (!shares.every(share => share !== null && share > beyond)) return [];
  return [
    `On each of the last ${recent.length} days ${percent(lowestOf(shares))} of the frames or more were less like the training data than 95 % were at first (median distance ${fixed(distance.recent)}, then ${fixed(distance.reference)}).`,
  ];
}

function unsureReasons(
  recent: readonly DriftDay[],
  reference: readonly DriftDay[],
  { unsure }: DriftFigures,
  { unsure: rise }: DriftOptions,
): string[] {
  // A day of storm in the reference must not hide a change, nor a calm one make it.
  const usual = median(reference.map(unsureShare));
  const limit = Math.max(usual + rise, usual * 2);
  if (!recent.every(day => unsureShare(day) > limit)) return [];
  return [
    `The head is unsure of ${percent(unsure.recent)} of the frames of the last ${recent.length} days, and was of ${percent(usual)} at first.`,
  ];
}

/** Weeks without anybody are usual; a day and night of one activity is a spot on the lens, or a new buoy. */
function stuckReasons(
  recent: readonly DriftDay[],
  reference: readonly DriftDay[],
  { stuck }: DriftOptions,
): string[] {
  const activities = new Set(recent.flatMap(({ classes }) => Object.keys(classes)));
  activities.delete(NONE);
  return [...activities].flatMap(activity => {
    const share = ({ classes, frames }: DriftDay) => (classes[activity] ?? 0) / frames;
    if (!recent.every(day => share(day) >= stuck)) return [];
    const usual = median(reference.map(share));
    if (usual > stuck / 2) return [];
    return [
      `${capital(activity)} was seen in ${percent(lowestOf(recent.map(share)))} of the frames or more on each of the last ${recent.length} days, and in ${percent(usual)} at first.`,
    ];
  });
}

function quietReasons(figures: DriftFigures): string[] {
  const { beyondReference, unsure, classStability } = figures;
  return [
    ...(beyondReference === null
      ? []
      : [`${percent(beyondReference)} of the recent frames are further off than 95 % were at first.`]),
    `The head is unsure of ${percent(unsure.recent)} of the recent frames, and was of ${percent(unsure.reference)} at first.`,
    ...((classStability ?? 0) > 0.25
      ? ['The mix of activities is another than at first, which alone is what a season does.']
      : []),
    ...unlikeTraining(figures),
  ];
}

/** No alarm, as it is so from the first day on: what helps is labels. */
function unlikeTraining({ beyondTraining }: DriftFigures): string[] {
  if (beyondTraining === null || beyondTraining <= UNLIKE_TRAINING) return [];
  return [
    `${percent(beyondTraining)} of the frames are less like the training data than 95 % of its own places are like each other: labels of this board will help.`,
  ];
}

function unsureShare({ unsure, frames }: DriftDay): number {
  return unsure / frames;
}

function lowestOf(shares: readonly (number | null)[]): number {
  return Math.min(...shares.map(share => share ?? 0));
}

function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function percent(share: number | null): string {
  return exactPercent(share, 100);
}

function fixed(distance: number | null): string {
  return distance === null ? 'unknown' : distance.toFixed(2);
}
