import { expect, it } from 'vitest';
import { EXAMPLES } from '../../scripts/docs/examples/all.ts';
import { reportOf } from '../../src/activity/report.ts';
import { startTracker } from '../../src/activity/tracker.ts';
import { newMeter } from '../../src/base/meter.ts';
import { metricsSnapshot, statePayload } from '../../src/pipeline/status.ts';
import { fakeClock } from '../support/fake-clock.ts';

const NINE = Date.UTC(2026, 5, 1, 9);
const HOUR_MS = 3_600_000;

it('tells since when a state holds, also where the clock was set meanwhile', async () => {
  const clock = fakeClock(NINE);
  await clock.advance(5_000);
  const running = { state: 'running', sinceMs: clock.monotonic() } as const;
  expect(statePayload(running, clock)).toEqual({
    v: 1,
    ts: '2026-06-01T09:00:05.000Z',
    state: 'running',
    since: '2026-06-01T09:00:05.000Z',
  });
  await clock.advance(10_000);
  expect(statePayload(running, clock).since).toBe('2026-06-01T09:00:05.000Z');
  // A board without a battery learns the time: it runs for 10 s, not for an hour.
  clock.jump(HOUR_MS);
  expect(statePayload(running, clock)).toMatchObject({
    ts: '2026-06-01T10:00:15.000Z',
    since: '2026-06-01T10:00:05.000Z',
  });
  clock.jump(-2 * HOUR_MS);
  expect(statePayload(running, clock).since).toBe('2026-06-01T08:00:05.000Z');
});

it('tells when a night or a pause ends, or that nobody knows', () => {
  const clock = fakeClock(NINE);
  const sinceMs = clock.monotonic();
  const night = { state: 'night', reason: 'outside of daylight', until: NINE + HOUR_MS, sinceMs } as const;
  expect(statePayload(night, clock)).toMatchObject({ state: 'night', until: '2026-06-01T10:00:00.000Z' });
  const paused = { state: 'paused', reason: 'asked for', until: null, sinceMs } as const;
  expect(statePayload(paused, clock)).toMatchObject({ state: 'paused', reason: 'asked for', until: null });
  expect(statePayload({ state: 'running', sinceMs }, clock)).not.toHaveProperty('until');
});

it('gives the metrics nothing of the beach before something is known of it', () => {
  const clock = fakeClock(NINE);
  const tracker = startTracker([], { atMs: clock.now(), monotonicMs: clock.monotonic() });
  const from = {
    info: EXAMPLES.info[0].payload,
    pipeline: { reports: reportOf(tracker, null), meter: newMeter() },
    frameLoop: {
      condition: { state: 'starting', sinceMs: 0 },
      cameraStats: { status: 'starting', frames: 0, dropped: 0, failures: 0 },
    },
    messaging: {
      alerts: [],
      stats: {
        connected: true,
        server: null,
        reconnects: 0,
        events: 0,
        droppedEvents: 0,
        states: 0,
        droppedAnswers: 0,
      },
    },
    retrainings: new Map(),
    errors: new Map(),
    board: null,
    stalled: null,
  } as const;
  expect(metricsSnapshot({ ...from, isPublished: false })).toMatchObject({ beach: null, state: 'starting' });
  expect(metricsSnapshot({ ...from, isPublished: true }).beach).toMatchObject({ activity: 'unknown' });
});
