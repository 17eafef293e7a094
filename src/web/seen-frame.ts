/** What was found in a frame, as the page is told of it. */
import * as z from 'zod';
import type { Scene } from '../activity/scene.ts';
import { isAshore } from '../activity/scene.ts';
import { iso } from '../messaging/from-report.ts';
import { ridersPayload } from '../messaging/rider-payload.ts';
import type { TrackedFrame } from '../pipeline/processed-frame.ts';

const share = z.number().min(0).max(1);

export const seenFrameSchema = z.object({
  frame: z.ulid(),
  takenAt: z.iso.datetime(),
  riders: z
    .array(z.object({ activity: z.string(), x: share, y: share, size: share, score: share }))
    .describe('As in the topic `riders`: the middle and the height as shares of the frame.'),
  activity: z.string().describe('Of the beach, smoothed; so with the next three.'),
  activities: z.array(z.string()),
  count: z.record(z.string(), z.number()).nullable(),
  visibility: z.string(),
  detail: z.object({
    scale: z.number(),
    smallestPx: z.number().describe('Height in pixels of the smallest rider that is seen well.'),
    tookMs: z.number().describe('From the picture to what is known by it.'),
  }),
  land: z
    .object({ columns: z.int(), rows: z.int(), cells: z.string() })
    .optional()
    .describe(
      'A coarse map, row by row: `l` where land or sky was learnt to be and nobody is looked for, else `w`.',
    ),
});

type SeenFrame = z.infer<typeof seenFrameSchema>;

export function seenFrame({ frame, observed, step, tookMs }: TrackedFrame, atMs: number): SeenFrame {
  const { scale, smallestPx } = observed.read.detail;
  const { activity, activities, count, visibility } = step.beach;
  const { scene } = observed.state;
  const { riders } = ridersPayload(step.riders ?? [], frame.id, step.state.offsetMs, atMs);
  return {
    frame: frame.id,
    takenAt: iso(frame.takenAt),
    riders: riders.map(({ activity, x, y, size, score }) => ({ activity, x, y, size, score })),
    activity,
    activities: [...activities],
    count,
    visibility,
    detail: { scale, smallestPx, tookMs: Math.round(tookMs) },
    ...(scene !== null && { land: landOf(scene) }),
  };
}

function landOf(scene: Scene): NonNullable<SeenFrame['land']> {
  const { columns, rows } = scene;
  const cells = Array.from({ length: columns * rows }, (_, at) => {
    const place = { x: ((at % columns) + 0.5) / columns, y: (Math.floor(at / columns) + 0.5) / rows };
    return isAshore(scene, place) ? 'l' : 'w';
  });
  return { columns, rows, cells: cells.join('') };
}
