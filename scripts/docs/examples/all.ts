/** Real messages of each topic, for `docs/mqtt.md`. The types keep them right, and a test checks them by the schemas. */

import type { z } from 'zod';
import type { TOPICS } from '../../../src/messaging/topics.ts';
import { CONTROL_EXAMPLES } from './control.ts';
import type { Example } from './example.ts';
import { LEARNING_EXAMPLES } from './learning.ts';

type Topics = typeof TOPICS;

const judged = {
  v: 1,
  ts: '2026-06-01T09:14:03.120Z',
  site: 'north-pier',
  activity: 'windsurfing',
  activities: ['windsurfing'],
  scores: { surfing: 0.052, windsurfing: 0.913, kitesurfing: 0.031 },
  since: '2026-06-01T09:13:31.000Z',
  visibility: 'ok',
  frame: '01JWNB52Q8Z3V4C0E7XK9T5R2M',
  model: '2026-05-30T20-11Z-7f3c',
} as const;
const count = { surfing: 0, windsurfing: 4, kitesurfing: 0 };

const session = {
  id: '01JWNB4W6R0H1D8S2YQ4A7F3KC',
  activity: 'windsurfing',
  start: '2026-06-01T09:13:31.000Z',
};
const event = { v: 1, site: 'north-pier', zone: 'beach', frame: '01JWNB52Q8Z3V4C0E7XK9T5R2M' } as const;

/** The first of each topic is the usual one. */
export const EXAMPLES: {
  readonly [K in keyof Topics]: readonly [
    Example<z.infer<Topics[K]['payload']>>,
    ...Example<z.infer<Topics[K]['payload']>>[],
  ];
} = {
  activity: [
    { topic: 'activity', payload: { ...judged, activities: [...judged.activities], count } },
    {
      topic: 'activity',
      payload: {
        ...judged,
        ts: '2026-06-01T19:52:40.006Z',
        activity: 'unknown',
        activities: [],
        scores: {},
        since: '2026-06-01T19:52:39.870Z',
        visibility: 'dark',
        frame: '01JWPFQ8HBK5N7T1M3W6Y9P0DZ',
      },
    },
  ],
  'activity/state': [{ topic: 'activity/state', payload: 'windsurfing' }],
  'zone/<zone>/activity': [
    {
      topic: 'zone/north/activity',
      payload: {
        ...judged,
        activities: [...judged.activities],
        count,
        zone: 'north',
      },
    },
  ],
  riders: [
    {
      topic: 'riders',
      payload: {
        v: 1,
        ts: '2026-06-01T09:14:03.120Z',
        frame: '01JWNB52Q8Z3V4C0E7XK9T5R2M',
        riders: [
          {
            id: '17',
            activity: 'windsurfing',
            x: 0.4128,
            y: 0.6304,
            size: 0.0312,
            score: 0.92,
            zone: 'north',
            since: '2026-06-01T09:13:31.000Z',
          },
          {
            id: '21',
            activity: 'windsurfing',
            x: 0.9016,
            y: 0.5417,
            size: 0.0183,
            score: 0.71,
            since: '2026-06-01T09:14:01.000Z',
          },
        ],
      },
    },
  ],
  event: [
    {
      topic: 'event',
      payload: {
        ...event,
        id: '01JWNB4WFS3Y2B6K8M1P5R9T7X',
        ts: '2026-06-01T09:13:39.340Z',
        type: 'session_started',
        session: { ...session, end: null, peak: 0.886, peakCount: 1, durationS: 8.301 },
      },
    },
    {
      topic: 'event',
      payload: {
        ...event,
        id: '01JWNF2K9G7D4Q1Z6V8C3H5N0S',
        ts: '2026-06-01T10:21:58.700Z',
        type: 'session_ended',
        session: { ...session, end: '2026-06-01T10:21:47.000Z', peak: 0.974, peakCount: 6, durationS: 4096 },
      },
    },
    LEARNING_EXAMPLES.event,
  ],
  snapshot: [CONTROL_EXAMPLES.snapshot],
  availability: [{ topic: 'availability', payload: 'online' }],
  'camera/availability': [{ topic: 'camera/availability', payload: 'offline' }],
  state: [
    {
      topic: 'state',
      payload: {
        v: 1,
        ts: '2026-06-01T09:30:12.881Z',
        state: 'degraded',
        reason: 'camera-missing: /dev/video0: no such device or file',
        since: '2026-06-01T09:30:12.881Z',
      },
    },
    {
      topic: 'state',
      payload: {
        v: 1,
        ts: '2026-06-01T20:05:00.233Z',
        state: 'night',
        reason: 'outside of daylight, until 2026-06-02 06:12 (Europe/Lisbon)',
        since: '2026-06-01T20:05:00.233Z',
        until: '2026-06-02T05:12:24.000Z',
      },
    },
    {
      topic: 'state',
      payload: {
        v: 1,
        ts: '2026-06-02T05:12:24.310Z',
        state: 'closed',
        reason: 'outside of the windows of the week, until 2026-06-02 08:00 (Europe/Lisbon)',
        since: '2026-06-02T05:12:24.310Z',
        until: '2026-06-02T07:00:00.000Z',
      },
    },
    CONTROL_EXAMPLES.state,
  ],
  health: [
    {
      topic: 'health',
      payload: {
        v: 1,
        ts: '2026-06-01T09:14:00.412Z',
        uptimeS: 86400,
        frames: { captured: 43190, classified: 43188, dropped: 4, failed: 2 },
        rateHz: 0.5,
        latencyMs: { p50: 71.2, p95: 88.4, p99: 103 },
        detail: {
          scale: 2,
          smallestPx: 6,
          tookMs: 612,
          watched: { x: 0, y: 0.25, w: 1, h: 0.625 },
          turns: 1,
        },
        outbox: { events: 0, states: 1, droppedEvents: 0 },
        memory: { rssMB: 168, heapMB: 31 },
        cpuTemperatureC: 54.3,
        diskFreeMB: 11873,
        board: {
          load: 0.42,
          memoryFreeMB: 1310,
          swapUsedMB: 0,
          diskSizeMB: 31268,
          writtenMB: 12,
          wear: [{ device: 'mmcblk0', used: 0.1, reserve: 'normal' }],
          undervoltage: false,
          throttled: false,
          eventLoopDelayMs: { p99: 4.1, max: 21.7 },
          clockJumps: 1,
        },
        camera: { status: 'online', lastFrameTs: '2026-06-01T09:13:59.807Z', error: null },
        mqtt: { connected: true, server: 'mqtt://192.168.1.5', reconnects: 1 },
      },
    },
  ],
  info: [
    {
      topic: 'info',
      payload: {
        v: 1,
        ts: '2026-05-31T09:14:00.250Z',
        version: '0.1.0',
        site: 'north-pier',
        engine: { name: 'onnx (onnxruntime 1.30.0)', why: 'auto: the fastest' },
        backbone: {
          id: 'surfwatch-mobilenetv2-v3',
          sha256: '72e7d18ab307e58a718527d2a8a24386995b812d32450735532c94ac8382e9f2',
        },
        head: { id: '2026-05-30T20-11Z-7f3c' },
        activities: ['surfing', 'windsurfing', 'kitesurfing'],
        thresholds: { surfing: 0.545, windsurfing: 0.637, kitesurfing: 0.473 },
        zones: [
          {
            name: 'beach',
            points: [
              [0, 0],
              [1, 0],
              [1, 1],
              [0, 1],
            ],
          },
        ],
        detail: { scale: 2, smallestPx: 6, tookMs: 612 },
        node: 'v20.20.2',
        platform: 'linux-arm64',
      },
    },
  ],
  training: LEARNING_EXAMPLES.training,
  'stats/hourly': [
    {
      topic: 'stats/hourly',
      payload: {
        v: 1,
        ts: '2026-06-01T10:00:00.412Z',
        site: 'north-pier',
        timeZone: 'Europe/Lisbon',
        today: {
          date: '2026-06-01',
          watched: 281.4,
          minutes: { none: 203.1, surfing: 51.9, windsurfing: 40.2 },
          unknown: { night: 372.6, starting: 0.1, dark: 5.9 },
          riders: { surfing: { mean: 0.64, peak: 5 }, windsurfing: { mean: 0.31, peak: 6 } },
        },
        yesterday: {
          date: '2026-05-31',
          watched: 868.2,
          minutes: { none: 506.5, windsurfing: 311, surfing: 88.3 },
          unknown: { night: 566.4, obscured: 5.4 },
        },
        hours: [
          { start: '2026-06-01T08:00:00.000Z', watched: 60, minutes: { none: 60 }, unknown: {}, riders: {} },
          {
            start: '2026-06-01T09:00:00.000Z',
            watched: 60,
            minutes: { none: 13.5, windsurfing: 46.5 },
            unknown: {},
            riders: { windsurfing: { mean: 1.46, peak: 6 } },
          },
        ],
        zones: {},
      },
    },
  ],
  problem: [
    {
      topic: 'problem',
      payload: {
        v: 1,
        ts: '2026-06-01T09:30:12.881Z',
        problem: true,
        alerts: { 'lens-obscured': 'something covers the lens or hides the beach' },
      },
    },
  ],
  'alert/<id>': [{ topic: 'alert/lens-obscured', payload: 'something covers the lens or hides the beach' }],
  command: [{ topic: 'command', payload: { command: 'status', transaction: 'dashboard-17' } }],
  'command/<verb>': [
    { topic: 'command/status', payload: { transaction: 'dashboard-17' } },
    ...CONTROL_EXAMPLES.commands,
  ],
  label: LEARNING_EXAMPLES.label,
  'label/image/<labels>': [{ topic: 'label/image/surfing,kitesurfing', payload: '(the bytes of a JPEG)' }],
  'response/<verb>': [
    {
      topic: 'response/status',
      payload: {
        v: 1,
        status: 'ok',
        data: { state: { v: 1, ts: judged.ts, state: 'running', since: '2026-05-31T09:14:02.006Z' } },
        transaction: 'dashboard-17',
      },
    },
    {
      topic: 'response/statis',
      payload: {
        v: 1,
        status: 'error',
        error:
          'no command "statis", did you mean "status"? There are: status, label, retrain, cancel, rollback, models, approve, reject, next, explain, frame, pause, resume, capture, options, view',
        code: 'command-unknown',
        transaction: 'dashboard-18',
      },
    },
    LEARNING_EXAMPLES.response,
    ...CONTROL_EXAMPLES.responses,
  ],
};
