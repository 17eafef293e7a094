/** What is sent on `riders`: its schema, and how it is made of what was found in a frame. */
import * as z from 'zod';
import type { RiderReport } from '../activity/report.ts';
import { share, stamped, time } from './payload-parts.ts';

const riderSchema = z.object({
  id: z.string().describe('Stays the same in later frames, as long as the rider is followed.'),
  activity: z.string().describe('The activity.'),
  x: share.describe('Middle, as a fraction of the frame’s width.'),
  y: share.describe('Middle, as a fraction of the frame’s height.'),
  size: share.describe('Height, as a fraction of the frame’s height.'),
  score: share.describe('Score in this frame, 0..1.'),
  zone: z.string().optional().describe('Name of the zone; absent if the rider is in none.'),
  since: time.describe('Since when the rider has been followed, UTC.'),
});

export const ridersSchema = z
  .object({
    ...stamped,
    frame: z.ulid().describe('Id (ULID) of the frame.'),
    riders: z.array(riderSchema).describe('Each rider in the frame, as found, without smoothing.'),
  })
  .describe('The riders in one frame.');

type Riders = z.infer<typeof ridersSchema>;

/** @param offsetMs wall clock less monotonic clock; @param atMs when it is sent, in milliseconds since the epoch (UTC) */
export function ridersPayload(
  riders: readonly RiderReport[],
  frame: string,
  offsetMs: number,
  atMs: number,
): Riders {
  return {
    v: 1,
    ts: new Date(atMs).toISOString(),
    frame,
    riders: riders.map(({ id, activity, x, y, size, score, zone, sinceMs }) => ({
      id,
      activity,
      x: rounded(x),
      y: rounded(y),
      size: rounded(size),
      score: rounded(score),
      ...(zone !== null && { zone }),
      since: new Date(Math.round(sinceMs + offsetMs)).toISOString(),
    })),
  };
}

/** A tenth of a pixel of the widest camera is more than anybody sees; a rider at the edge may reach beyond it. */
function rounded(value: number): number {
  return Math.round(Math.min(1, Math.max(0, value)) * 10_000) / 10_000;
}
