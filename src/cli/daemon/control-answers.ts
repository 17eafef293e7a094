/** What is read of the daemon's answers to `pause`, `resume`, `capture` and `options`. */
import * as z from 'zod';

export { readAnswer } from './answers.ts';

const time = z.iso.datetime().transform(text => new Date(text));

export const pauseAnswer = z.object({
  paused: z.boolean(),
  since: time.nullable(),
  until: time.nullable(),
  reason: z.string().nullable(),
  kept: z.boolean(),
});

export const captureAnswer = z.object({
  frame: z.string(),
  takenAt: time,
  activity: z.string(),
  activities: z.array(z.string()),
  scores: z.record(z.string(), z.number()),
  visibility: z.string(),
  keep: z.string().optional(),
  jpeg: z.base64().optional(),
});

export const optionsAnswer = z.object({
  options: z.record(
    z.string(),
    z.object({
      value: z.unknown(),
      source: z.string(),
      default: z.unknown(),
      type: z.string(),
      doc: z.string(),
    }),
  ),
  changed: z.array(z.string()),
});
