/** Real messages of the topics of learning. */
import type { z } from 'zod';
import type { labelSchema } from '../../../src/messaging/label-payload.ts';
import type { Training } from '../../../src/messaging/learning-payloads.ts';
import type { Response, SurfEvent } from '../../../src/messaging/payloads.ts';
import { reason } from '../../../src/messaging/reasons.ts';
import type { Example } from './example.ts';

const FRAME = '01JWNB52Q8Z3V4C0E7XK9T5R2M';
const JOB = '01JWNGB4T0E5H2R7X9C1V6M8K3';
const OLD = '2026-05-30T20-11Z-7f3c';
const NEW = '2026-06-01T10-44Z-b85e';

const figures = {
  detections: { frames: 96, before: 71, after: 118, elsewhere: 3 },
  base: {
    incumbent: {
      judged: 512,
      macroF1: 0.884,
      accuracy: 0.902,
      recall: { surfing: 0.88, windsurfing: 0.91, kitesurfing: 0.86, none: 0.93 },
    },
    candidate: {
      judged: 512,
      macroF1: 0.881,
      accuracy: 0.9,
      recall: { surfing: 0.88, windsurfing: 0.9, kitesurfing: 0.86, none: 0.93 },
    },
  },
  board: {
    incumbent: {
      judged: 9,
      macroF1: 0.611,
      accuracy: 0.667,
      recall: { surfing: 0.5, windsurfing: 0.667, kitesurfing: null, none: 0.75 },
    },
    candidate: {
      judged: 9,
      macroF1: 0.877,
      accuracy: 0.889,
      recall: { surfing: 1, windsurfing: 0.667, kitesurfing: null, none: 1 },
    },
  },
};

const reasons = [
  reason('base-f1', { judged: 512, before: 0.884, after: 0.881 }),
  reason('board-f1', { judged: 9, before: 0.611, after: 0.877 }),
];

export const LEARNING_EXAMPLES: {
  readonly event: Example<SurfEvent>;
  readonly training: readonly [Example<Training>, Example<Training>, Example<Training>];
  readonly label: readonly [Example<z.infer<typeof labelSchema>>, ...Example<z.infer<typeof labelSchema>>[]];
  readonly response: Example<Response>;
} = {
  event: {
    topic: 'event',
    payload: {
      v: 1,
      id: '01JWNGB8C6Z1K4Q9S3D7F0T2HA',
      ts: '2026-06-01T10:44:31.412Z',
      site: 'north-pier',
      type: 'model_promoted',
      job: JOB,
      from: OLD,
      to: NEW,
      candidate: null,
      reasons,
      figures,
    },
  },
  training: [
    {
      topic: 'training',
      payload: {
        v: 1,
        ts: '2026-06-01T10:44:29.120Z',
        job: JOB,
        state: 'training',
        progress: 0.62,
        epoch: 37,
        epochs: 60,
        loss: 0.1184,
        secondsLeft: 2,
        startedAt: '2026-06-01T10:44:25.002Z',
        finishedAt: null,
        result: null,
        error: null,
      },
    },
    {
      topic: 'training',
      payload: {
        v: 1,
        ts: '2026-06-01T10:44:31.410Z',
        job: JOB,
        state: 'done',
        progress: 1,
        epoch: 52,
        epochs: 60,
        loss: 0.1021,
        secondsLeft: 0,
        startedAt: '2026-06-01T10:44:25.002Z',
        finishedAt: '2026-06-01T10:44:31.408Z',
        result: {
          outcome: 'promoted',
          candidate: null,
          head: NEW,
          reasons,
          ...figures,
          samples: { base: 2304, board: 288, boardHeld: 108 },
        },
        error: null,
      },
    },
    {
      topic: 'training',
      payload: {
        v: 1,
        ts: '2026-06-01T10:44:31.410Z',
        job: JOB,
        state: 'held',
        progress: 1,
        epoch: 52,
        epochs: 60,
        loss: 0.1021,
        secondsLeft: null,
        startedAt: '2026-06-01T10:44:25.002Z',
        finishedAt: '2026-06-01T10:44:31.408Z',
        result: {
          outcome: 'held',
          candidate: NEW,
          head: OLD,
          reasons: [
            reason('riders-elsewhere', { moved: 61, frames: 96, elsewhere: 88 }),
            reason('riders-found', { frames: 96, riders: 159, ridersBefore: 71 }),
          ],
          ...figures,
          detections: { frames: 96, before: 71, after: 159, elsewhere: 88 },
          samples: { base: 2304, board: 288, boardHeld: 108 },
        },
        error: null,
      },
    },
  ],
  label: [
    { topic: 'label', payload: { frame: FRAME, labels: ['windsurfing'], by: 'ana', transaction: 'phone-3' } },
    {
      topic: 'label',
      payload: {
        frame: FRAME,
        riders: [
          { x: 0.41, y: 0.63, activity: 'surfing' },
          { x: 0.472, y: 0.618, activity: 'surfing' },
        ],
        complete: true,
        by: 'ana',
      },
    },
    { topic: 'label', payload: { frame: FRAME, not: [2, 5], by: 'ana' } },
    { topic: 'label', payload: { frame: FRAME, undo: true, by: 'ana' } },
  ],
  response: {
    topic: 'response/label',
    payload: {
      v: 1,
      status: 'ok',
      data: {
        labelled: [{ frame: FRAME, labels: ['windsurfing'] }],
        counts: { none: 12, surfing: 9, windsurfing: 4 },
      },
      transaction: 'phone-3',
    },
  },
};
