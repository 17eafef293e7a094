/** The cameras of a daemon that has several: what the first page shows. */
import * as z from 'zod';
import type { ActivityReport } from '../../activity/report.ts';
import { iso } from '../../messaging/from-report.ts';
import { defineRoute, type Route } from '../route.ts';

export interface BeachNow {
  readonly beach: ActivityReport;
  /** That of the topic `state`. */
  readonly state: string;
}

export interface ListedCamera {
  readonly site: string;
  readonly now: () => BeachNow;
}

export function cameraRoutes(cameras: () => readonly ListedCamera[]): readonly Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/cameras',
      role: 'look',
      doc: 'The cameras of a daemon that has several, each with its page and interface below `/<site>/`: what the beach shows, how many riders, since when, and the state of the camera.',
      answer: z.object({
        cameras: z.array(
          z.object({
            site: z.string(),
            activity: z.string(),
            count: z.record(z.string(), z.number()).nullable(),
            since: z.iso.datetime(),
            frame: z.string().nullable().describe('Id of the newest frame that was judged.'),
            state: z.string().describe('That of the topic `state`.'),
          }),
        ),
      }),
      run: () => ({
        cameras: cameras().map(({ site, now }) => {
          const { beach, state } = now();
          const { activity, count, since, frame } = beach;
          return { site, activity, count, since: iso(since), frame, state };
        }),
      }),
    }),
  ];
}
