/** What labels brought, as a person would say it. */

import { counted, percent as exactPercent } from '../../base/words.ts';
import type { GateComparison } from '../retrain/types.ts';

/** From this change on it is more than chance and rounding. */
const CHANGE = 0.005;

export function progressSentence(
  name: string,
  { labels, waiting, brought, tenMore, reason }: Omit<ActivityProgress, 'sentence'>,
): string {
  const parts = [
    `${counted(labels, 'label')} of ${name}${waiting > 0 ? `, ${waiting} of them not learnt yet` : ''}.`,
    ...(brought === null ? [] : [broughtSentence(brought)]),
    ...(tenMore === null ? [] : [moreSentence(tenMore)]),
    ...(reason === null
      ? []
      : [`${brought === null ? 'What they brought' : 'What ten more would bring'} is unknown: ${reason}.`]),
  ];
  return parts.join(' ');
}

function broughtSentence({ before, now, gain, judged }: Gain): string {
  const found = `${percent(now)} of it is found in ${counted(judged, 'held-out frame')}, and ${percent(before)} was by the first head`;
  if (Math.abs(gain) < CHANGE) return `${found}: no change.`;
  return `${found}: labels ${gain > 0 ? 'brought' : 'cost'} ${points(gain)}.`;
}

function moreSentence({ recall, low, high }: Expected): string {
  return `With ten more it would likely be ${percent(recall)} (${percent(low)} to ${percent(high)}).`;
}

function points(change: number): string {
  const rounded = Math.round(Math.abs(change) * 100);
  return counted(rounded, 'point');
}

function percent(share: number): string {
  return exactPercent(share, 100);
}

/** One retraining that came to its end. */
export interface RetrainingPoint {
  /** Milliseconds since the epoch (UTC). */
  readonly at: number;
  /** Labelled frames of each activity, and of `none`, at that time. */
  readonly labels: Readonly<Record<string, number>>;
  /** On the board's held-out frames; null where there were none. */
  readonly board: GateComparison | null;
  /** On the base set's. */
  readonly base: GateComparison | null;
  /** Only a promoted head brought something. */
  readonly outcome: 'promoted' | 'rejected';
}

/** From the first head to the one in use; all of shares 0..1. */
export interface Gain {
  readonly before: number;
  readonly now: number;
  /** Sum of what each promoted head gained on the frames of its time: those that judge grow in number too. */
  readonly gain: number;
  /** Held-out frames that the newest figure is of. */
  readonly judged: number;
}

export interface Expected {
  /** Recall with ten more labels, and its 95 % interval, 0..1. */
  readonly recall: number;
  readonly low: number;
  readonly high: number;
}

/** Plain data that survives JSON. */
export interface ActivityProgress {
  /** Labelled frames. */
  readonly labels: number;
  /** Those of them labelled since the last retraining. */
  readonly waiting: number;
  /** Recall on the board's held-out frames; null where it is unknown. */
  readonly brought: Gain | null;
  readonly tenMore: Expected | null;
  /** Why one of them is unknown; null where both are known. */
  readonly reason: string | null;
  readonly sentence: string;
}

export interface Progress {
  /** On the board's held-out frames; null where it is unknown. */
  readonly macroF1: Gain | null;
  /** On the base set's: whether something was forgotten. */
  readonly baseMacroF1: Gain | null;
  /** Counts of each activity and `none`. */
  readonly activities: Readonly<Record<string, ActivityProgress>>;
}
