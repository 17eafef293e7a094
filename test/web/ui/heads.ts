/** Heads of a board that has retrained several times, as the commands `models` and `status` answer. */
import { join } from 'node:path';
import sharp from 'sharp';
import { LEARNING_EXAMPLES } from '../../../scripts/docs/examples/learning.ts';
import { PACKAGE_ROOT } from '../../../src/base/paths.ts';
import { type Reason, reason } from '../../../src/messaging/reasons.ts';
import type { PageRoutes } from '../page-server.ts';

const FRAME = join(PACKAGE_ROOT, 'test', 'data', 'surfcam-cc0', 'frames', 'val_frame_0281.jpg');
const [, done, held] = LEARNING_EXAMPLES.training;
const HELD = held.payload.result?.candidate ?? '';

/** The result of a retraining whose new head was as good as this on the board's frames. */
function figures(macroF1: number) {
  const { base = null, board = null, detections } = done.payload.result ?? {};
  if (board === null) throw new Error('the example has no figures');
  return { base, detections, board: { ...board, candidate: { ...board.candidate, macroF1 } } };
}

const RETRAININGS = [
  { event: 'promoted', macroF1: 0.58 },
  { event: 'rejected', macroF1: 0.55 },
  { event: 'promoted', macroF1: 0.69 },
  { event: 'auto-rolled-back', macroF1: null },
  { event: 'promoted', macroF1: 0.81 },
  { event: 'promoted', macroF1: 0.877 },
] as const;

const head = (index: number) => `2026-06-0${index + 1}T10-44Z-b85${index}`;

/** @param isHeld whether the newest head waits for approval */
export function headsOf({
  isHeld = false,
  why = reason('board-f1', { judged: 9, before: 0.611, after: 0.877 }),
}: {
  readonly isHeld?: boolean;
  readonly why?: Reason;
} = {}) {
  const history = RETRAININGS.map(({ event, macroF1 }, index) => ({
    at: new Date(Date.UTC(2026, 5, index + 1, 10, 44)).toISOString(),
    event,
    from: index === 0 ? 'shipped' : head(index - 1),
    to: event === 'rejected' ? null : head(index),
    job: null,
    reasons: [why],
    figures: macroF1 === null ? null : figures(macroF1),
    labelled: 10 * (index + 1),
  })).toReversed();
  const models = RETRAININGS.flatMap(({ event, macroF1 }, index) =>
    event !== 'promoted'
      ? []
      : [
          {
            id: head(index),
            createdAt: new Date(Date.UTC(2026, 5, index + 1, 10, 44)).toISOString(),
            parent: null,
            activities: ['surfing', 'windsurfing', 'kitesurfing'],
            origin: 'board',
            current: index === RETRAININGS.length - 1,
            figures: figures(macroF1 ?? 0),
          },
        ],
  ).toReversed();
  const waits = {
    id: HELD,
    at: '2026-06-07T10:44:31.408Z',
    from: head(5),
    job: null,
    reasons: held.payload.result?.reasons ?? [],
    figures: figures(0.9),
    samples: held.payload.result?.samples,
    overlay: true,
  };
  return { current: head(5), held: isHeld ? waits : null, models, history };
}

const expected = { recall: 0.9, low: 0.86, high: 0.93 };

/** @param list what `models` answers, asked anew each time */
export function headRoutes(list: () => ReturnType<typeof headsOf>): PageRoutes {
  return {
    'POST /commands/models': async ({ body }) => {
      if ((body as { overlay?: string }).overlay === undefined) return list();
      const side = await sharp(FRAME).resize(640).toBuffer();
      const jpeg = await sharp({ create: { width: 1288, height: 360, channels: 3, background: '#111' } })
        .composite([
          { input: side, left: 0, top: 0 },
          { input: side, left: 648, top: 0 },
        ])
        .jpeg()
        .toBuffer();
      return { head: HELD, jpeg: jpeg.toString('base64') };
    },
    'POST /commands/status': () => ({
      learning: {
        progress: {
          activities: {
            surfing: { labels: 41, waiting: 6, tenMore: expected },
            windsurfing: { labels: 12, waiting: 0, tenMore: null },
            kitesurfing: { labels: 9, waiting: 9, tenMore: null },
            none: { labels: 37, waiting: 2, tenMore: null },
          },
        },
      },
    }),
  };
}
