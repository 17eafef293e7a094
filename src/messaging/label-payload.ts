/** A label of frames the daemon has seen, as it comes in on `<base>/label` or with the verb `label`. */
import { z } from 'zod';
import { MAX_LABELS } from '../learning/labels/names.ts';
import { share, transactionSchema } from './payload-parts.ts';

/** As many ids as fit into a command. */
const MAX_FRAMES = 500;
const MAX_BY = 100;
/** Shares that were rounded may add up to a little more than the whole. */
const ROUNDING = 1e-3;

const partSchema = z
  .object({
    x: share.describe('Left edge, as a share of the width of the frame.'),
    y: share.describe('Upper edge, as a share of the height of the frame.'),
    w: share.gt(0).describe('Width, as a share of the width of the frame.'),
    h: share.gt(0).describe('Height, as a share of the height of the frame.'),
  })
  .refine(({ x, y, w, h }) => x + w <= 1 + ROUNDING && y + h <= 1 + ROUNDING, 'leads out of the frame');

const fields = {
  frame: z.ulid().optional().describe('Id (ULID) of a frame, as in `activity`.'),
  frames: z
    .array(z.ulid())
    .min(1)
    .max(MAX_FRAMES)
    .optional()
    .describe('Instead of `frame`: several, all labelled alike, or none of them.'),
  labels: z
    .array(z.string())
    .max(MAX_LABELS)
    .optional()
    .describe('The activities that can be seen; `[]` or `["none"]` where there are none.'),
  rectangle: partSchema.optional().describe('The part of the frame that is meant; without it the whole.'),
  by: z
    .string()
    .max(MAX_BY)
    .overwrite(by => by.replaceAll(/\p{C}/gu, ' ').trim())
    .optional()
    .describe('Who says so, for the log.'),
  new: z.boolean().optional().describe('Take a name that is not known as that of a new activity.'),
  undo: z
    .boolean()
    .optional()
    .describe('Instead of `labels`: take the newest label of `frame` back; the one before it holds again.'),
  way: z.enum(['mqtt', 'cli']).optional().describe('By what it was sent, for the log.'),
};

/** Arguments of the verb. */
export const labelArgsSchema = z
  .object(fields)
  .superRefine(({ frame, frames, labels, undo, rectangle }, context) => {
    const wrong = (message: string) => context.addIssue({ code: 'custom', message });
    if ((frame === undefined) === (frames === undefined)) wrong('give either "frame" or "frames"');
    if (undo !== true) {
      if (labels === undefined) wrong('"labels" is missing; [] stands for no activity');
      return;
    }
    if (frame === undefined) wrong('"undo" takes one "frame"');
    if (labels !== undefined || rectangle !== undefined) wrong('"undo" goes without labels');
  });

/** The payload of `<base>/label`. */
export const labelSchema = z
  .object({ ...fields, transaction: transactionSchema.optional() })
  .describe('A label of frames whose ids were published.');
