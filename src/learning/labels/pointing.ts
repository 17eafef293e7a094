/** From what somebody says of places in a frame to who is there: points, or a review of what the daemon saw. */
import { SurfwatchError } from '../../errors.ts';
import type { Point } from '../../vision/zone.ts';
import type { NumberedDetection } from '../archive/detections-of.ts';
import type { Pointing, RiderPoint } from '../archive/types.ts';
import { checkLabels } from './names.ts';

/** In one frame, at most. */
export const MAX_RIDERS = 200;

/** As it comes in. Either `riders`, or a review: `confirm`, `not` and `also`. */
export interface Said {
  readonly riders?: readonly RiderPoint[] | undefined;
  /** Places where the daemon saw somebody and nobody is. */
  readonly nobody?: readonly Point[] | undefined;
  /** Everybody in the frame is listed. */
  readonly complete?: boolean | undefined;
  /** What the daemon saw in the frame is right. */
  readonly confirm?: boolean | undefined;
  /** But for these detections, by number: they are nobody. */
  readonly not?: readonly number[] | undefined;
  /** And these riders, which it did not see. */
  readonly also?: readonly RiderPoint[] | undefined;
}

/** Whether it says anything of places; else the label is of the frame as a whole. */
export function isPointing({ riders, nobody, confirm, not, also }: Said): boolean {
  return [riders, nobody, not, also].some(part => part !== undefined) || confirm === true;
}

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
