import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { Messaging } from '../../src/messaging/messaging.ts';
import {
  type Activity,
  activitySchema,
  eventSchema,
  type Health,
  healthSchema,
  type Info,
  infoSchema,
  type ZoneActivity,
  zoneActivitySchema,
} from '../../src/messaging/payloads.ts';
import { TOPICS, topicEntry } from '../../src/messaging/topics.ts';
import { sessionEvent } from './support.ts';

const ts = '2026-06-01T09:14:03.120Z';
const id = '01JZZZZZZZ0000000000000000';

const activity: Activity = {
  v: 1,
  ts,
  site: 'north-pier',
  activity: 'windsurfing',
  activities: ['windsurfing'],
  scores: { surfing: 0.05, windsurfing: 0.91, kitesurfing: 0.03 },
  since: '2026-06-01T09:13:31.000Z',
  visibility: 'ok',
  frame: id,
  model: '2026-05-30T20-11Z-7f3c',
};
const zone: ZoneActivity = { ...activity, zone: 'north', count: { windsurfing: 4 } };
const info: Info = {
  v: 1,
  ts,
  version: '0.1.0',
  site: 'pier',
  engine: { name: 'onnx', why: 'fastest that loads' },
  backbone: { id: 'mobilenet', sha256: 'ab' },
  head: { id: 'head' },
  activities: ['surfing'],
  thresholds: { surfing: 0.5 },
  zones: [
    {
      name: 'north',
      points: [
        [0, 0],
        [1, 0],
        [1, 1],
      ],
    },
  ],
  detail: null,
  node: '20.19.0',
  platform: 'linux-arm64',
};
const health: Health = {
  v: 1,
  ts,
  uptimeS: 1.5,
  frames: { captured: 3, classified: 2, dropped: 1, failed: 0 },
  rateHz: 0.5,
  latencyMs: null,
  detail: { scale: 1, smallestPx: 12, tookMs: 90, watched: { x: 0, y: 0, w: 1, h: 1 }, turns: 1 },
  outbox: { events: 0, states: 0, droppedEvents: 0 },
  memory: { rssMB: 150, heapMB: 30 },
  cpuTemperatureC: null,
  diskFreeMB: 1000,
  camera: { status: 'starting', lastFrameTs: null, error: null },
  mqtt: { connected: true, reconnects: 0 },
};

describe('payloads', () => {
  it('accept what the daemon sends', () => {
    expect(activitySchema.parse(activity)).toEqual(activity);
    expect(zoneActivitySchema.parse(zone)).toEqual(zone);
    expect(eventSchema.parse(sessionEvent(1))).toEqual(sessionEvent(1));
    expect(infoSchema.parse(info)).toEqual(info);
    expect(healthSchema.parse(health)).toEqual(health);
    const lost: Activity = { ...activity, activity: 'unknown', visibility: 'camera-lost', frame: null };
    expect(activitySchema.parse(lost)).toEqual(lost);
  });

  it.each([
    ['another version', { ...activity, v: 2 }],
    ['a score above 1', { ...activity, scores: { surfing: 1.2 } }],
    ['a time without a zone', { ...activity, ts: '2026-06-01T09:14:03' }],
    ['an unknown visibility', { ...activity, visibility: 'foggy' }],
    ['a frame that is no ULID', { ...activity, frame: '1' }],
  ])('refuse %s', (_what, payload) => {
    expect(activitySchema.safeParse(payload).success).toBe(false);
  });

  it('ignore unknown fields', () => {
    expect(activitySchema.parse({ ...activity, added: 'later' })).toEqual(activity);
  });

  it('all have a JSON Schema with every field described', () => {
    for (const [topic, { payload }] of Object.entries(TOPICS)) {
      const bare = describeFaults(z.toJSONSchema(payload, { io: 'input' }), topic);
      expect(bare).toEqual([]);
    }
  });
});

/** The properties without a description, by path. */
function describeFaults(schema: unknown, path: string): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]) => {
    if (key !== 'properties') return describeFaults(value, path);
    return Object.entries(value).flatMap(([name, property]) => {
      const described = typeof property === 'object' && property !== null && 'description' in property;
      return [...(described ? [] : [`${path} ${name}`]), ...describeFaults(property, `${path} ${name}`)];
    });
  });
}

describe('topicEntry', () => {
  it('finds a topic with and without a variable level', () => {
    expect(topicEntry('activity')).toBe(TOPICS.activity);
    expect(topicEntry('zone/north-1/activity')).toBe(TOPICS['zone/<zone>/activity']);
    expect(topicEntry('alert/camera-stuck')).toBe(TOPICS['alert/<id>']);
    expect(topicEntry('label/image/surfing,kitesurfing')).toBe(TOPICS['label/image/<labels>']);
  });

  it.each([
    'activities',
    'zone/North/activity',
    'zone//activity',
    'zone/+/activity',
    'zone/a/b/activity',
    'zone/a,b/activity',
    'label/image/surfing+kitesurfing',
    '',
  ])('knows no %j', topic => {
    expect(() => topicEntry(topic)).toThrow(RangeError);
  });

  it('retains what is a state and nothing else', () => {
    const kept = Object.entries(TOPICS).flatMap(([topic, { retained }]) => (retained ? [topic] : []));
    expect(kept).toEqual([
      'activity',
      'activity/state',
      'zone/<zone>/activity',
      'snapshot',
      'availability',
      'camera/availability',
      'state',
      'health',
      'info',
      'training',
      'stats/hourly',
      'problem',
      'alert/<id>',
    ]);
  });
});

/** Never run: tsc fails where one of the wrong ones compiles. */
function onlyRightPayloadsCompile(messaging: Messaging): void {
  messaging.set('activity', activity);
  messaging.set('zone/north/activity', zone);
  messaging.set('activity/state', 'none');
  messaging.set('camera/availability', 'online');
  // @ts-expect-error a zone's payload names its zone
  messaging.set('zone/north/activity', activity);
  // @ts-expect-error no such topic
  messaging.set('activty', activity);
  // @ts-expect-error not a state topic
  messaging.set('event', sessionEvent(1));
  // @ts-expect-error a bare word only
  messaging.set('activity/state', activity);
  // @ts-expect-error not among online and offline
  messaging.set('availability', 'gone');
  // @ts-expect-error no such alert
  messaging.alert('camera-wet', 'text');
  // @ts-expect-error no such event
  messaging.emit({ ...sessionEvent(1), type: 'session_paused' });
}
void onlyRightPayloadsCompile;
