/** A tracker driven by hand: pictures at given times in, steps out. */
import type { ActivityOptions } from '../../src/activity/options.ts';
import type { SessionEvent } from '../../src/activity/report.ts';
import {
  type Observation,
  startTracker,
  type TrackerState,
  type TrackerStep,
  track,
} from '../../src/activity/tracker.ts';
import type { Visibility } from '../../src/activity/visibility.ts';
import { DEFAULTS } from '../support/defaults.ts';

export const ACTIVITIES = ['surfing', 'windsurfing', 'kitesurfing'] as const;
export const OPTIONS: ActivityOptions = {
  ...DEFAULTS.activity,
  thresholds: { surfing: 0.4, windsurfing: 0.5, kitesurfing: 0.6 },
};
/** Wall-clock time at monotonic time 0. */
export const EPOCH = Date.UTC(2026, 5, 1, 9, 0, 0);

export type Scores = Partial<Record<(typeof ACTIVITIES)[number], number>>;

/** Scores of a picture with these activities; the others are near nothing. */
export function scored(scores: Scores): Record<string, number> {
  return { surfing: 0.05, windsurfing: 0.05, kitesurfing: 0.05, ...scores };
}

export interface Rig {
  state: TrackerState;
  readonly events: SessionEvent[];
  /** A picture of the only zone. */
  see(atMs: number, scores: Scores): TrackerStep;
  /** A picture every second from `fromMs` on, as far as `toMs`, both included; the last step. */
  watch(fromMs: number, toMs: number, scores: Scores): TrackerStep;
  fail(atMs: number, visibility: Visibility, frame?: string | null): TrackerStep;
  observe(observation: Observation): TrackerStep;
}

export function rig(zones: readonly string[] = ['beach'], options = OPTIONS): Rig {
  let ids = 0;
  const events: SessionEvent[] = [];
  const self: Rig = {
    state: startTracker(zones, { atMs: EPOCH, monotonicMs: 0 }),
    events,
    observe: observation => {
      const step = track(self.state, observation, options, { newId: () => `id-${++ids}` });
      self.state = step.state;
      events.push(...step.events);
      return step;
    },
    see: (atMs, scores) => self.observe(picture(atMs, { beach: { scores: scored(scores) } })),
    watch: (fromMs, toMs, scores) => {
      let step = self.see(fromMs, scores);
      for (let atMs = fromMs + 1_000; atMs <= toMs; atMs += 1_000) step = self.see(atMs, scores);
      return step;
    },
    fail: (atMs, visibility, frame = `frame-${atMs}`) =>
      self.observe({ ...picture(atMs, {}), frame, visibility }),
  };
  return self;
}

export function picture(monotonicMs: number, zones: Observation['zones']): Observation {
  return { frame: `frame-${monotonicMs}`, atMs: EPOCH + monotonicMs, monotonicMs, visibility: 'ok', zones };
}
