/** A label of frames the daemon has seen, as it comes in on `<base>/label` or with the verb `label`. */

import * as z from 'zod';
import type { Point } from '../base/geometry.ts';
import { share, transactionSchema } from './payload-parts.ts';

/** A rider that somebody pointed at. */
export interface RiderPoint extends Point {
  readonly activity: string;
}

export const MAX_NAME_LENGTH = 32;

export const MAX_LABELS = 8;

/** In one frame, at most. */
export const MAX_RIDERS = 200;

/** As many ids as fit into a command. */
const MAX_FRAMES = 500;
const MAX_BY = 100;
/** Shares that were rounded may add up to a little more than the whole. */
const ROUNDING = 1e-3;

const partSchema = z
  .object({
    x: share.describe('Left edge, as a fraction of the frame’s width.'),
    y: share.describe('Upper edge, as a fraction of the frame’s height.'),
    w: share.gt(0).describe('Width, as a fraction of the frame’s width.'),
    h: share.gt(0).describe('Height, as a fraction of the frame’s height.'),
  })
  .refine(({ x, y, w, h }) => x + w <= 1 + ROUNDING && y + h <= 1 + ROUNDING, 'leads out of the frame');

export const place = {
  x: share.describe('As a fraction of the frame’s width.'),
  y: share.describe('As a fraction of the frame’s height.'),
};

const riderSchema = z
  .object({ ...place, activity: z.string().max(MAX_NAME_LENGTH).describe('What this rider does.') })
  .describe('The middle of a rider.');

const fields = {
  frame: z.ulid().optional().describe('Id (ULID) of a frame, as in `activity`.'),
  frames: z
    .array(z.ulid())
    .min(1)
    .max(MAX_FRAMES)
    .optional()
    .describe('Instead of `frame`: several, which are all labelled alike, or not at all.'),
  labels: z
    .array(z.string())
    .max(MAX_LABELS)
    .optional()
    .describe('The activities that can be seen; `[]` or `["none"]` if there are none.'),
  riders: z
    .array(riderSchema)
    .max(MAX_RIDERS)
    .optional()
    .describe('Instead of `labels`: riders in `frame`, each by its place.'),
  nobody: z
    .array(z.object(place))
    .max(MAX_RIDERS)
    .optional()
    .describe('Places in `frame` that look like a rider and are none.'),
  confirm: z
    .boolean()
    .optional()
    .describe(
      'Instead of `labels`: the daemon’s detections in the frame, as in `next` and on the sheet, are right.',
    ),
  not: z
    .array(z.int().min(1))
    .max(MAX_RIDERS)
    .optional()
    .describe('Like `confirm`, except for these detections in `frame`, by number: they are nobody.'),
  also: z
    .array(riderSchema)
    .max(MAX_RIDERS)
    .optional()
    .describe('Like `confirm`, plus these riders in `frame`, which the daemon missed.'),
  complete: z
    .boolean()
    .optional()
    .describe(
      'With riders or a review: nobody else is in the frame. Without it nothing is learnt from the rest of the frame.',
    ),
  rectangle: partSchema
    .optional()
    .describe('The part of the frame that is meant; without it, the whole frame.'),
  by: z
    .string()
    .max(MAX_BY)
    .overwrite(by => by.replaceAll(/\p{C}/gu, ' ').trim())
    .optional()
    .describe('Who says so, for the log.'),
  new: z.boolean().optional().describe('Accept an unknown name as a new activity.'),
  undo: z
    .boolean()
    .optional()
    .describe('Instead of `labels`: take the newest label of `frame` back; the one before it holds again.'),
  way: z.enum(['mqtt', 'page', 'cli']).optional().describe('How it was sent, for the log.'),
};

/** Arguments of the verb. */
export const labelArgsSchema = z.object(fields).superRefine((said, context) => {
  const { frame, frames, labels, riders, nobody, confirm, not, also, complete, rectangle, undo } = said;
  const wrong = (message: string) => context.addIssue({ code: 'custom', message });
  const points = isPointing(said);
  if ((frame === undefined) === (frames === undefined)) wrong('give either "frame" or "frames"');
  if (undo === true) {
    if (frame === undefined) wrong('"undo" takes one "frame"');
    if (labels !== undefined || points || rectangle !== undefined) wrong('"undo" goes without labels');
    return;
  }
  if (!points) {
    if (labels === undefined) wrong('"labels" is missing; [] stands for no activity');
    if (complete !== undefined) wrong('"complete" goes with "riders" or a review ("confirm", "not", "also")');
    return;
  }
  if (labels !== undefined || rectangle !== undefined)
    wrong('who points at riders names no "labels" and no "rectangle": they follow from the riders');
  const isReview = confirm === true || not !== undefined || also !== undefined;
  if (riders !== undefined && isReview) wrong('give either "riders" or a review ("confirm", "not", "also")');
  if (frame === undefined && [riders, nobody, not, also].some(part => part !== undefined))
    wrong('places and numbers are of one "frame"');
});

/** The payload of `<base>/label`. */
export const labelSchema = z
  .object({ ...fields, transaction: transactionSchema.optional() })
  .describe('A label for frames whose ids were published.');

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
