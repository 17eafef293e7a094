import { expect, it } from 'vitest';
import type { Condition } from '../../src/pipeline/condition.ts';
import type { Lookout } from '../../src/pipeline/lookout.ts';
import { Portrait, type PortraitParts } from '../../src/pipeline/portrait.ts';
import { Watch } from '../../src/pipeline/watch.ts';
import { settingsWith } from '../control/support.ts';
import { fakeClock } from '../support/fake-clock.ts';

const NINE = Date.UTC(2026, 5, 1, 9);
const HOUR_MS = 3_600_000;

/** A portrait of a daemon whose condition can be set. */
function portrayed() {
  const clock = fakeClock(NINE);
  const settings = settingsWith();
  const lookout: {
    condition: Condition;
    readonly pulse: Lookout['pulse'];
    cameraStats: Lookout['cameraStats'];
  } = {
    condition: { state: 'starting' },
    pulse: { steps: 0, frameSinceMs: null, resting: false },
    cameraStats: { status: 'starting', frames: 0, dropped: 0, failures: 0 },
  };
  const stats = { connected: true, reconnects: 0, events: 0, states: 0, droppedEvents: 0, rejected: 0 };
  const portrait = new Portrait({
    version: '1.2.3',
    site: '',
    zones: [],
    watch: new Watch({ settings: () => settings, zones: [], newId: () => 'id', clock }),
    lookout: lookout as unknown as Lookout,
    messaging: {
      stats,
      alerts: [],
      alertTexts: { 'camera-lost': 'no picture' },
    } as unknown as PortraitParts['messaging'],
    board: () => null,
    reader: () => undefined,
    learning: () => undefined,
    retrainings: new Map(),
    errors: new Map(),
    stalled: () => null,
    clock,
  });
  return { clock, lookout, portrait };
}

it('tells since when a state holds, also where the clock was set meanwhile', async () => {
  const { clock, lookout, portrait } = portrayed();
  await clock.advance(5_000);
  lookout.condition = { state: 'running' };
  expect(portrait.state()).toEqual({
    v: 1,
    ts: '2026-06-01T09:00:05.000Z',
    state: 'running',
    since: '2026-06-01T09:00:05.000Z',
  });
  await clock.advance(10_000);
  expect(portrait.state().since).toBe('2026-06-01T09:00:05.000Z');
  // A board without a battery learns the time: it runs for 10 s, not for an hour.
  clock.jump(HOUR_MS);
  expect(portrait.state()).toMatchObject({
    ts: '2026-06-01T10:00:15.000Z',
    since: '2026-06-01T10:00:05.000Z',
  });
  clock.jump(-2 * HOUR_MS);
  expect(portrait.state().since).toBe('2026-06-01T08:00:05.000Z');
});

it('tells when a night or a pause ends, or that nobody knows', () => {
  const { lookout, portrait } = portrayed();
  lookout.condition = { state: 'night', reason: 'outside of daylight', until: NINE + HOUR_MS };
  expect(portrait.state()).toMatchObject({ state: 'night', until: '2026-06-01T10:00:00.000Z' });
  lookout.condition = { state: 'paused', reason: 'asked for', until: null };
  expect(portrait.state()).toMatchObject({ state: 'paused', reason: 'asked for', until: null });
  lookout.condition = { state: 'running' };
  expect(portrait.state()).not.toHaveProperty('until');
});

it('shows figures before there is a model or a picture', () => {
  const { portrait } = portrayed();
  expect(portrait.figures(false)).toMatchObject({
    info: null,
    beach: null,
    state: 'starting',
    stalled: null,
  });
  expect(portrait.figures(true).beach).toMatchObject({ activity: 'unknown' });
});

it('names the alerts that last in its answer to status', () => {
  expect(portrayed().portrait.status().alerts).toEqual({ 'camera-lost': 'no picture' });
});
