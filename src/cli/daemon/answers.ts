/** What is read of the daemon's answers. Fields that are not named here are let pass: a newer daemon may send more. */
import * as z from 'zod';
import { SurfwatchError } from '../../errors.ts';

/** ISO 8601, or milliseconds since the epoch. */
const time = z.union([z.string(), z.number()]).transform(value => new Date(value));
const names = z.array(z.string());
/** The sentences alone. */
const reasons = z.array(z.object({ text: z.string() }).transform(({ text }) => text));
const numbers = z.record(z.string(), z.number());
const rectangle = z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() });

const pointing = z.object({
  riders: z.array(z.unknown()),
  nobody: z.array(z.unknown()),
  complete: z.boolean(),
});

export const labelledAnswer = z.object({
  labelled: z.array(z.object({ frame: z.string(), labels: names, pointing: pointing.optional() })),
  counts: numbers,
});
export type LabelledAnswer = z.infer<typeof labelledAnswer>;
/** The answer to `undo`, and to a picture. */
export const holdsAnswer = z.object({ frame: z.string(), labels: names.nullable() });

export const nextAnswer = z.object({
  frames: z.array(
    z.object({
      frame: z.string(),
      takenAt: time,
      ask: z.enum(['label', 'points', 'none']),
      activity: z.string(),
      scores: numbers,
      reasons,
      places: z.array(
        z.object({
          number: z.number().nullable(),
          x: z.number(),
          y: z.number(),
          rectangle,
          activity: z.string(),
          score: z.number(),
        }),
      ),
    }),
  ),
});
export type NextFrame = z.infer<typeof nextAnswer>['frames'][number];

export const frameAnswer = z.object({ frame: z.string(), jpeg: z.base64() });

const measured = z.object({ candidate: z.object({ macroF1: z.number() }) }).nullable();

export const modelsAnswer = z.object({
  current: z.string(),
  models: z.array(
    z.object({
      id: z.string(),
      createdAt: time,
      parent: z.string().nullish(),
      activities: names,
      origin: z.string().nullish(),
      current: z.boolean().default(false),
      figures: z.object({ base: measured, board: measured }).nullish(),
    }),
  ),
  history: z.array(
    z.object({
      at: time,
      event: z.string(),
      from: z.string().nullish(),
      to: z.string().nullish(),
      job: z.string().nullish(),
      candidate: z.string().nullish(),
      reasons: reasons.default([]),
    }),
  ),
  /** Waits for approval. */
  held: z.object({ id: z.string(), at: time, overlay: z.boolean(), reasons }).nullish(),
});
export type ModelsAnswer = z.infer<typeof modelsAnswer>;

export const jobAnswer = z.object({ job: z.string() });
export const overlayAnswer = z.object({ head: z.string(), jpeg: z.base64() });
export const rejectedAnswer = z.object({ rejected: z.string() });
/** The answer to `approve` as well. */
export const rollbackAnswer = z.object({ from: z.string(), to: z.string() });

export const explainAnswer = z.object({
  frame: z.string(),
  takenAt: time,
  activity: z.string(),
  head: z.string(),
  decided: z.array(
    z.object({
      activity: z.string(),
      zone: z.string(),
      rectangle,
      score: z.number(),
      threshold: z.number(),
      present: z.boolean(),
    }),
  ),
  neighbours: z.array(
    z.object({
      from: z.string(),
      frame: z.string().optional(),
      source: z.string().optional(),
      labels: names,
      similarity: z.number(),
    }),
  ),
  sentence: z.string(),
});
export type ExplainAnswer = z.infer<typeof explainAnswer>;

export const statusAnswer = z.object({
  state: z.object({ state: z.string(), reason: z.string().optional() }),
  activity: z.object({
    site: z.string(),
    activity: z.string(),
    activities: names,
    visibility: z.string(),
    /** Riders of each activity; absent where they are not known. */
    count: numbers.nullish(),
    since: time,
    frame: z.string().nullable(),
  }),
  info: z.object({ version: z.string(), head: z.object({ id: z.string() }), activities: names }).nullable(),
  health: z.object({
    frames: z.object({ classified: z.number(), dropped: z.number(), failed: z.number() }),
    rateHz: z.number(),
  }),
  /** Id and text; an older daemon does not tell them here. */
  alerts: z.record(z.string(), z.string()).nullish(),
  learning: z
    .object({
      archive: z
        .object({ frames: z.number(), labelled: z.number(), bytes: z.number(), labels: numbers })
        .nullish(),
      training: z.object({ job: z.string().nullish(), state: z.string() }).nullish(),
      progress: z.object({ activities: z.record(z.string(), z.object({ sentence: z.string() })) }).nullish(),
      drift: z.object({ alert: z.string().nullable(), reasons: names }).nullish(),
    })
    .nullish(),
});
export type StatusAnswer = z.infer<typeof statusAnswer>;

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

/** @throws SurfwatchError `daemon-answer-unknown` */
export function readAnswer<S extends z.ZodType>(verb: string, schema: S, data: unknown): z.infer<S> {
  const read = schema.safeParse(data);
  if (read.success) return read.data;
  throw new SurfwatchError('daemon-answer-unknown', `the answer to ${verb}: ${z.prettifyError(read.error)}`);
}
