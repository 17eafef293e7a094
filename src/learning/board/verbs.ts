/** The commands about frames, labels and models. */
import * as z from 'zod';
import type { Point } from '../../base/geometry.ts';
import { SurfwatchError } from '../../errors.ts';
import { labelArgsSchema, MAX_LABELS, MAX_NAME_LENGTH, place } from '../../messaging/label-payload.ts';
import { defineVerb, type PictureLabeller, type Verbs } from '../../messaging/verbs.ts';
import type { LabelService } from '../labels/service.ts';

const MAX_EPOCHS = 1000;
const MAX_NEXT = 200;
const NEXT_COUNT = 10;

const retrainArgs = z.object({
  epochs: z.int().min(1).max(MAX_EPOCHS).optional().describe('Passes over the data at most.'),
  dryRun: z.boolean().optional().describe('Only measure: the head in use stays.'),
  force: z.boolean().optional().describe('Promote the new head even if it is no better.'),
  only: z
    .array(z.string().max(MAX_NAME_LENGTH))
    .min(1)
    .max(2 * MAX_LABELS)
    .optional()
    .describe(
      'Learn from these labels of the board alone: those that came by a way (`mqtt`, `page`, `image`, `folder`, `cli`) or name an activity (or `none`).',
    ),
});

const headId = z.string().min(1).max(100);
const frame = z.ulid().describe('Id (ULID) of a frame.');

export type RetrainArgs = z.infer<typeof retrainArgs>;

export interface LearningVerbDeps {
  readonly labels: Pick<LabelService, 'labelFrames' | 'undo'>;
  /** @throws SurfwatchError `retrain-busy` naming the job under way */
  readonly retrain: (args: RetrainArgs) => Promise<{ readonly job: string }> | { readonly job: string };
  /** @throws SurfwatchError `retrain-none` */
  readonly cancel: (job?: string) => unknown;
  /** @param to id of a head; without it the one before */
  readonly rollback: (to?: string) => unknown;
  readonly models: () => unknown;
  /** @param head id of the one that waits for approval; so with the next two. @throws SurfwatchError `model-not-held` */
  readonly approve: (head: string) => unknown;
  readonly reject: (head: string) => unknown;
  /** @throws SurfwatchError `model-overlay-none` */
  readonly overlay: (head: string) => unknown;
  readonly next: (count: number) => unknown;
  readonly explain: (frame: string, at?: Point) => unknown;
  /** @param width in pixels; without it the picture as it is kept */
  readonly frame: (frame: string, width?: number) => unknown;
}

/**
 * `label`, `retrain`, `cancel`, `rollback`, `models`, `approve`, `reject`, `next`, `explain` and `frame`.
 *
 * @param learning each command waits until it is open, and is answered with `learning-off` where it is null
 */
export function learningVerbs(learning: Opening<LearningVerbDeps>): Verbs {
  return {
    label: defineVerb({
      doc: 'Says what frames show, or who is where in one. The answer comes when that is on disk: `labelled`, and `counts` of labelled frames by activity; or with `undo` the label that holds now, null if none does.',
      args: labelArgsSchema,
      run: async ({ frame: id, frames, new: allowNew, undo, way = 'mqtt', ...said }) => {
        if (undo === true && id !== undefined)
          return (await needLearning(learning)).labels.undo(id, { by: said.by, way });
        const wanted = frames ?? (id === undefined ? [] : [id]);
        return (await needLearning(learning)).labels.labelFrames({ ...said, frames: wanted, allowNew }, way);
      },
    }),
    retrain: defineVerb({
      doc: 'Trains a new head on all labels. Answered at once with the id of the job; progress and result are on `training`.',
      args: retrainArgs,
      run: async args => (await needLearning(learning)).retrain(args),
    }),
    cancel: defineVerb({
      doc: 'Ends the training job; the head in use stays.',
      args: z.object({
        job: z.ulid().optional().describe('Id (ULID) of the job; without it the one that runs.'),
      }),
      run: async ({ job }) => (await needLearning(learning)).cancel(job),
    }),
    rollback: defineVerb({
      doc: 'Returns to an earlier head.',
      args: z.object({
        to: headId
          .optional()
          .describe('Id of the head, or `shipped`; without it the one before the present one.'),
      }),
      run: async ({ to }) => (await needLearning(learning)).rollback(to),
    }),
    models: defineVerb({
      doc: 'Lists the heads, and what became of each, with how many frames were labelled by then (`labelled`); `held` is the one that waits for approval. With `overlay` it answers with a picture: `jpeg`, base64, with the riders that the head in use finds on the left, and those that the other finds on the right.',
      args: z.object({ overlay: headId.optional().describe('Id of the head that waits for approval.') }),
      run: async ({ overlay }) =>
        overlay === undefined
          ? (await needLearning(learning)).models()
          : (await needLearning(learning)).overlay(overlay),
    }),
    approve: defineVerb({
      doc: 'Promotes the head that waits for approval.',
      args: z.object({ head: headId.describe('Its id.') }),
      run: async ({ head }) => (await needLearning(learning)).approve(head),
    }),
    reject: defineVerb({
      doc: 'Deletes the head that waits for approval; the head in use stays.',
      args: z.object({ head: headId.describe('Its id.') }),
      run: async ({ head }) => (await needLearning(learning)).reject(head),
    }),
    next: defineVerb({
      doc: 'Lists the frames most worth labelling, best first: for each, what kind of label is asked for (`ask`: `label`, `points` or `none`), why (`reasons`), and the places that may be a rider, numbered as `label` takes them (`places`).',
      args: z.object({
        count: z.int().min(1).max(MAX_NEXT).optional().describe(`How many; ${NEXT_COUNT} if not said.`),
      }),
      run: async ({ count = NEXT_COUNT }) => (await needLearning(learning)).next(count),
    }),
    explain: defineVerb({
      doc: 'Says why a frame was judged as it was: the place that decided, and the labelled places most like it.',
      args: z.object({
        frame,
        at: z
          .object(place)
          .optional()
          .describe(
            'Explains this place of it alone. Where nothing is kept of the place, `place` in the answer is null, and the whole frame is explained.',
          ),
      }),
      run: async ({ frame: id, at }) => (await needLearning(learning)).explain(id, at),
    }),
    frame: defineVerb({
      doc: 'Answers with the picture of a frame: `jpeg`, base64.',
      args: z.object({
        frame,
        width: z
          .int()
          .min(16)
          .max(4096)
          .optional()
          .describe('Width in pixels; without it the picture is as it is kept.'),
      }),
      run: async ({ frame: id, width }) => (await needLearning(learning)).frame(id, width),
    }),
  };
}

/** Labels pictures that are sent in. @param learning as for {@link learningVerbs} */
export function pictureLabeller(learning: Opening<{ readonly labels: PictureLabeller }>): PictureLabeller {
  return { labelImage: async (...picture) => (await needLearning(learning)).labels.labelImage(...picture) };
}

/** Null where learning could not be started. */
type Opening<T> = T | null | Promise<T | null>;

/** @throws SurfwatchError `learning-off` */
export async function needLearning<T>(learning: Opening<T>): Promise<T> {
  const opened = await learning;
  if (opened !== null) return opened;
  throw new SurfwatchError('learning-off', 'the archive could not be opened when the daemon started');
}
