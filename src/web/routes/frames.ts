/** What is seen now: live, and as pictures. */
import * as z from 'zod';
import type { Live } from '../live.ts';
import type { PictureWanted } from '../pictures.ts';
import { defineRoute, type Route } from '../route.ts';

export interface FrameRoutesDeps {
  readonly live: Pick<Live, 'open'>;
  /** A JPEG. @param frame a ULID, or `latest`. @throws SurfwatchError `label-frame-unknown`, `capture-paused`, `web-busy` */
  readonly picture: (frame: string, wanted: PictureWanted) => Promise<Uint8Array<ArrayBuffer>>;
}

const share = z.coerce.number().min(0).max(1);

const pictureQuery = z
  .object({
    width: z.coerce
      .number()
      .int()
      .min(16)
      .max(8192)
      .optional()
      .describe('Pixels, given in steps and never enlarged; without it the picture is as it was taken.'),
    x: share.optional().describe('Left edge of a part, as a share of the width.'),
    y: share.optional().describe('Upper edge, as a share of the height.'),
    w: share.gt(0).optional().describe('Width of the part.'),
    h: share.gt(0).optional().describe('Height of the part.'),
  })
  .refine(({ x, y, w, h }) => new Set([x, y, w, h].map(one => one === undefined)).size === 1, {
    message: 'a part has all of x, y, w and h',
  });

export function frameRoutes({ live, picture }: FrameRoutesDeps): readonly Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/live',
      role: 'look',
      doc: 'Server-sent events. `state`: `{topic, value}`, each retained topic below the base with the payload that MQTT has, all present ones first. `frame`: what was found in each frame that was judged. `event`: the payload of the topic `event`. A slow reader gets the newest values only.',
      answer: 'text/event-stream',
      run: () =>
        new Response(live.open(), {
          // Without the last one nginx would hold events back.
          headers: {
            'Content-Type': 'text/event-stream',
            'Cache-Control': 'no-store',
            'X-Accel-Buffering': 'no',
          },
        }),
    }),
    defineRoute({
      method: 'get',
      path: '/frames/:id/picture',
      role: 'look',
      doc: 'The picture of a frame by its ULID, or of the newest one as `latest`, or a part of it; as `learning.pixelate` says. There is no `latest` in a pause.',
      query: pictureQuery,
      answer: 'image/jpeg',
      run: async ({ params: { id = '' }, query: { width = 0, x, y, w, h } }) => {
        const isPart = x !== undefined && y !== undefined && w !== undefined && h !== undefined;
        const jpeg = await picture(id, { width, ...(isPart && { part: { x, y, w, h } }) });
        return new Response(jpeg, {
          headers: {
            'Content-Type': 'image/jpeg',
            'Cache-Control': id === 'latest' ? 'no-store' : 'private, max-age=600',
          },
        });
      },
    }),
  ];
}
