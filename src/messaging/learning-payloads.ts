/** What is sent of learning on the board: the training job, and what became of the model. */

import * as z from 'zod';
import { count, eventFields, reasonSchema, share, stamped, time } from './payload-parts.ts';

const figuresSchema = z.object({
  judged: count.describe('Number of cells or frames judged.'),
  macroF1: share.describe('Mean over the activities of the F1 of each, 0..1.'),
  accuracy: share.describe('Fraction judged correctly, 0..1.'),
  recall: z
    .record(z.string(), share.nullable())
    .describe('Fraction of each activity, and of `none`, that was found; null if there was none to find.'),
});

const comparisonSchema = z.object({
  incumbent: figuresSchema.describe('The head in use until then.'),
  candidate: figuresSchema.describe('The new one.'),
});

const detectionsSchema = z.object({
  frames: count.describe('Number of unlabelled frames of this camera.'),
  before: count.describe('Riders that the head in use found in all of them together.'),
  after: count.describe('Riders that the new head finds in them.'),
  elsewhere: count.describe(
    'Those of the new head’s riders where the head in use saw nobody and nobody pointed at a rider.',
  ),
});

const comparisons = {
  detections: detectionsSchema
    .nullable()
    .optional()
    .describe('The riders both heads find in recent frames; null or absent if there are no such frames.'),
  base: comparisonSchema
    .nullable()
    .describe('Both heads on data shipped with the model that neither was fitted to; null if there is none.'),
  board: comparisonSchema
    .nullable()
    .describe(
      'Both heads on labelled frames of this board that neither was fitted to; null if there are none.',
    ),
};

export const trainingSchema = z
  .object({
    ...stamped,
    job: z.ulid().nullable().describe('Id (ULID) of the job; null before the first.'),
    state: z
      .enum(['idle', 'queued', 'training', 'gating', 'held', 'done', 'failed', 'cancelled'])
      .describe(
        'Stage of the job. `gating`: the new head is compared with the one in use. `held`: it may be wrong, and waits for `approve` or `reject`.',
      ),
    progress: share.describe('Fraction of the work that is done, 0..1.'),
    epoch: count.nullable().describe('Passes over the data so far; null before the first.'),
    epochs: count.nullable().describe('Maximum number of passes; null if there is no job.'),
    loss: z.number().nullable().describe('Training loss of the last pass; null before the first.'),
    secondsLeft: z.number().min(0).nullable().describe('Estimated time left, in seconds; null if unknown.'),
    startedAt: time.nullable().describe('When the job was accepted, UTC; null before the first.'),
    finishedAt: time.nullable().describe('When it ended, UTC; null while it runs.'),
    result: z
      .object({
        outcome: z
          .enum(['promoted', 'held', 'rejected', 'dry-run'])
          .describe(
            '`promoted`: the new head is in use. `held`: it is kept, and waits for approval. `dry-run`: only measured, as asked.',
          ),
        candidate: z
          .string()
          .nullable()
          .describe('Id of the new head if it waits for approval, or did; else null.'),
        head: z.string().describe('Id of the head in use after the job.'),
        reasons: z.array(reasonSchema).describe('Why.'),
        ...comparisons,
        samples: z
          .object({
            base: count.describe('Shipped embeddings used for fitting.'),
            board: count.describe('Labelled frames of this board used for fitting.'),
            boardHeld: count.describe('Labelled frames of this board held out to judge by.'),
          })
          .describe('The data the heads were fitted to and judged on.'),
      })
      .nullable()
      .describe('Result of the job; null while it runs and if it failed.'),
    error: z
      .object({
        code: z.string().describe('Code of the error, as in docs/errors.md.'),
        message: z.string().describe('What was wrong.'),
      })
      .nullable()
      .describe('Why it failed; null if it did not.'),
  })
  .describe('The current training job, or the last one.');

function modelEvent<const T extends string>(type: T, doc: string) {
  return z
    .object({
      ...eventFields,
      type: z.literal(type).describe('Kind of the event.'),
      job: z.ulid().nullable().describe('Id (ULID) of the training job; null if there was none.'),
      from: z.string().describe('Id of the head in use before.'),
      to: z
        .string()
        .describe('Id of the head in use afterwards; with `model_held` and `model_rejected` the same.'),
      candidate: z
        .string()
        .nullable()
        .describe('Id of the new head if it waits for approval, or did; else null.'),
      reasons: z.array(reasonSchema).describe('Why.'),
      figures: z
        .object(comparisons)
        .nullable()
        .describe('The figures the heads were compared by; null if they were not compared.'),
    })
    .describe(doc);
}

export const modelEventSchemas = [
  modelEvent('model_promoted', 'A newly trained head is in use.'),
  modelEvent(
    'model_held',
    'A newly trained head may be wrong: it waits for `approve` or `reject`, and the old one stays.',
  ),
  modelEvent(
    'model_rejected',
    'A newly trained head is no better, or one that waited was rejected; the old one stays.',
  ),
  modelEvent(
    'model_rolled_back',
    'An earlier head is in use again: somebody asked for it, or the new one misbehaved.',
  ),
] as const;

export type Training = z.infer<typeof trainingSchema>;
