/** From what somebody says of places in a frame to who is there: points, or a review of what the daemon saw. */

import type { Point } from '../../base/geometry.ts';
import { SurfwatchError } from '../../errors.ts';
import { MAX_RIDERS, type Said } from '../../messaging/label-payload.ts';
import type { NumberedDetection } from '../archive/detections-of.ts';
import type { Pointing } from '../archive/types.ts';
import { checkLabels } from './names.ts';

/** Places that somebody chose, rather than detections by their number. */
export function chosenPoints({ riders = [], nobody = [], also = [] }: Said): Point[] {
  return [...riders, ...nobody, ...also];
}

/**
 * @param detections those of the frame, numbered
 * @param known activities that may be named
 * @throws SurfwatchError `label-malformed`, `label-activity-unknown`
 */
export function pointingOf(
  said: Said,
  detections: readonly NumberedDetection[],
  known: readonly string[],
  options: { readonly allowNew?: boolean } = {},
): Pointing {
  const { riders = [], nobody = [], not = [], also = [], complete = false } = said;
  const unknown = not.find(number => !detections.some(detection => detection.number === number));
  if (unknown !== undefined) {
    throw malformed(
      `the daemon saw ${detections.length === 1 ? 'one rider' : `${detections.length} riders`} in this frame, and no number ${unknown}`,
    );
  }
  const isReview = said.confirm === true || said.not !== undefined || said.also !== undefined;
  const seen = isReview ? detections : [];
  const right = seen.filter(({ number }) => !not.includes(number));
  const all = [...right, ...riders, ...also].map(({ x, y, activity }) => ({
    x,
    y,
    activity: activityOf(activity, known, options),
  }));
  if (all.length > MAX_RIDERS)
    throw malformed(`a frame has at most ${MAX_RIDERS} riders, this one ${all.length}`);
  if (all.length === 0 && !complete) {
    throw malformed('it leaves nobody in the frame; add "complete" if nobody is there');
  }
  const wrong = seen.filter(({ number }) => not.includes(number)).map(({ x, y }) => ({ x, y }));
  return { riders: all, complete, nobody: [...nobody.map(({ x, y }) => ({ x, y })), ...wrong] };
}

/** The activities of a frame in which these riders are, sorted; empty: none. */
export function labelsOf({ riders }: Pick<Pointing, 'riders'>): string[] {
  return [...new Set(riders.map(({ activity }) => activity))].sort();
}

function activityOf(
  name: string,
  known: readonly string[],
  options: { readonly allowNew?: boolean },
): string {
  const [activity] = checkLabels([name], known, options);
  if (activity === undefined) throw malformed('"none" is no activity of a rider');
  return activity;
}

function malformed(reason: string): SurfwatchError {
  return new SurfwatchError('label-malformed', `the label: ${reason}`);
}
