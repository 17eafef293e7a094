/** What is sent of learning on the board: the training job, and what became of the model. */

import { z } from 'zod';
import { count, eventFields, share, stamped, time } from './payload-parts.ts';

const figuresSchema = z.object({
  judged: count.describe('On so many cells or frames.'),
  macroF1: share.describe('Mean over the activities of the F1 of each, 0..1.'),
  accuracy: share.describe('Share that was told right, 0..1.'),
  recall: z
    .record(z.string(), share.nullable())
    .describe('Share of each activity, and of `none`, that was found; null where none was there.'),
});

const comparisonSchema = z.object({
  incumbent: figuresSchema.describe('The head in force until then.'),
  candidate: figuresSchema.describe('The new one.'),
});

const detectionsSchema = z.object({
  frames: count.describe('So many frames of this camera that nobody labelled.'),
  before: count.describe('Riders that the head in force found in all of them together.'),
  after: count.describe('Riders that the new one finds.'),
  elsewhere: count.describe(
    'Of these the ones where the head in force saw nobody and no rider was pointed at.',
  ),
});

const comparisons = {
  detections: detectionsSchema
    .nullable()
    .optional()
    .describe('What both heads find in recent frames; null or absent where there are none.'),
  base: comparisonSchema
    .nullable()
    .describe(
      'Both heads on data shipped with the model that neither was fitted to; null where there is none.',
    ),
  board: comparisonSchema
    .nullable()
    .describe(
      'Both heads on labelled frames of this board that neither was fitted to; null where there are none.',
    ),
};

export const trainingSchema = z
  .object({
    ...stamped,
    job: z.ulid().nullable().describe('Id (ULID) of the job; null before the first.'),
    state: z
      .enum(['idle', 'queued', 'training', 'gating', 'held', 'done', 'failed', 'cancelled'])
      .describe(
        'What is done; `gating`: the new head is compared with the one in force. `held`: it may be wrong, and waits for `approve` or `reject`.',
      ),
    progress: share.describe('Share of the work that is done, 0..1.'),
    epoch: count.nullable().describe('Passes over the data so far; null before the first.'),
    epochs: count.nullable().describe('Passes at most; null where there is no job.'),
    loss: z.number().nullable().describe('Training loss of the last pass; null before the first.'),
    secondsLeft: z.number().min(0).nullable().describe('About so many more, in seconds; null if unknown.'),
    startedAt: time.nullable().describe('When the job was accepted, UTC; null before the first.'),
    finishedAt: time.nullable().describe('When it ended, UTC; null while it runs.'),
    result: z
      .object({
        outcome: z
          .enum(['promoted', 'held', 'rejected', 'dry-run'])
          .describe(
            '`promoted`: the new head is in force. `held`: it is kept, and waits for approval. `dry-run`: only measured, as was asked.',
          ),
        candidate: z
          .string()
          .nullable()
          .describe('Id of the new head where it waits for approval, or did; else null.'),
        head: z.string().describe('Id of the head in force after the job.'),
        reasons: z.array(z.string()).describe('Why, in sentences with figures.'),
        ...comparisons,
        samples: z
          .object({
            base: count.describe('Shipped embeddings that were fitted to.'),
            board: count.describe('Labelled frames of this board that were fitted to.'),
            boardHeld: count.describe('Those held back to judge by.'),
          })
          .describe('What the heads were fitted to and judged on.'),
      })
      .nullable()
      .describe('What came of it; null while the job runs and where it failed.'),
    error: z
      .object({
        code: z.string().describe('Code of the error, as in docs/errors.md.'),
        message: z.string().describe('What was wrong.'),
      })
      .nullable()
      .describe('Why it failed; null if it did not.'),
  })
  .describe('The present training job, or the last one.');

function modelEvent<const T extends string>(type: T, doc: string) {
  return z
    .object({
      ...eventFields,
      type: z.literal(type).describe('Kind of the event.'),
      job: z.ulid().nullable().describe('Id (ULID) of the training job; null where there was none.'),
      from: z.string().describe('Id of the head in force before.'),
      to: z
        .string()
        .describe('Id of the head in force after; with `model_held` and `model_rejected` the same.'),
      candidate: z
        .string()
        .nullable()
        .describe('Id of the new head where it waits for approval, or did; else null.'),
      reasons: z.array(z.string()).describe('Why, in sentences with figures.'),
      figures: z
        .object(comparisons)
        .nullable()
        .describe('What the heads were compared by; null where they were not.'),
    })
    .describe(doc);
}

export const modelEventSchemas = [
  modelEvent('model_promoted', 'A newly trained head is in force.'),
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
    'An earlier head is in force again: it was asked for, or the new one misbehaved.',
  ),
] as const;

export type Training = z.infer<typeof trainingSchema>;
