import { expect, it } from 'vitest';
import type { ActivityReport } from '../../src/activity/report.ts';
import { activityPayload, eventPayload, zonePayload } from '../../src/messaging/from-report.ts';
import { activitySchema, eventSchema, zoneActivitySchema } from '../../src/messaging/payloads.ts';
import { ridersPayload, ridersSchema } from '../../src/messaging/rider-payload.ts';
import { sessionEvent } from '../history/support.ts';

const FRAME = '01JWNB52Q8Z3V4C0E7XK9T5R2M';
const NINE = Date.UTC(2026, 5, 1, 9);
const sender = { site: 'pier', model: 'head', atMs: NINE };
const report: ActivityReport = {
  activity: 'surfing',
  activities: ['surfing'],
  scores: { surfing: 0.9 },
  count: { surfing: 7, windsurfing: 0 },
  since: NINE,
  visibility: 'ok',
  frame: FRAME,
};

it('an activity tells its counts, and leaves them out where they are not known', () => {
  const payload = activityPayload(report, sender);
  expect(activitySchema.parse(payload)).toMatchObject({ count: { surfing: 7, windsurfing: 0 } });
  expect(activityPayload({ ...report, count: null }, sender)).not.toHaveProperty('count');
  const zone = zonePayload({ ...report, zone: 'north' }, sender);
  expect(zoneActivitySchema.parse(zone)).toEqual({ ...payload, zone: 'north' });
});

it('a session tells its highest count, and leaves it out where nobody counted', () => {
  const told = (peakCount: number | null) =>
    eventSchema.parse(eventPayload(sessionEvent({ peakCount }), FRAME, sender));
  expect(told(6)).toMatchObject({ session: { peakCount: 6 } });
  expect(told(null)).not.toHaveProperty('session.peakCount');
});

it('riders are told by shares of the frame, with the wall clock, and a zone only where they are in one', () => {
  const rider = { activity: 'surfing', x: 0.41284, y: 0.63049, size: 0.0312, score: 0.92, sinceMs: 1_000 };
  const riders = [
    { ...rider, id: '1', zone: 'north' },
    { ...rider, id: '2', x: 1.01, y: -0.002, zone: null },
  ];
  const payload = ridersPayload(riders, FRAME, NINE, NINE + 5_000);
  expect(ridersSchema.parse(payload)).toEqual({
    v: 1,
    ts: '2026-06-01T09:00:05.000Z',
    frame: FRAME,
    riders: [
      {
        id: '1',
        activity: 'surfing',
        x: 0.4128,
        y: 0.6305,
        size: 0.0312,
        score: 0.92,
        zone: 'north',
        since: '2026-06-01T09:00:01.000Z',
      },
      {
        id: '2',
        activity: 'surfing',
        x: 1,
        y: 0,
        size: 0.0312,
        score: 0.92,
        since: '2026-06-01T09:00:01.000Z',
      },
    ],
  });
});
