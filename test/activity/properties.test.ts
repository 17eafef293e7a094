/** What must hold for any camera, any scores and any clock. */

import { describe, expect, it } from 'vitest';
import { type ActivityReport, reportOf, type SessionEvent } from '../../src/activity/report.ts';
import { type Observation, stopTracker, type TrackerStep } from '../../src/activity/tracker.ts';
import { VISIBILITIES } from '../../src/activity/visibility.ts';
import { fc } from '../support/fast-check.ts';
import { ACTIVITIES, EPOCH, OPTIONS, type Rig, rig } from './support.ts';

const ZONES = ['north', 'south'];
const probability = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 0.02, 0.97, 1));
const scores = fc.record({ surfing: probability, windsurfing: probability, kitesurfing: probability });
const riders = fc.integer({ min: 0, max: 40 });
const count = fc.option(fc.record({ surfing: riders, windsurfing: riders, kitesurfing: riders }), {
  nil: undefined,
});
/** Counts are known in all zones and of the whole frame, or in none. */
const zone = fc.record({ scores });
const gapMs = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 1, max: 5_000 }) },
  fc.integer({ min: 1, max: 200_000 }),
);
const visibility = fc.oneof(
  { weight: 6, arbitrary: fc.constant('ok' as const) },
  fc.constantFrom(...VISIBILITIES),
);
const repeats = fc.integer({ min: 1, max: 12 });

/** Stretches of the same picture, so that dwells are met and sessions happen. */
const season = fc
  .array(fc.record({ gapMs, visibility, north: zone, south: zone, count, tick: fc.boolean(), repeats }), {
    maxLength: 25,
  })
  .map(stretches => {
    let monotonicMs = 0;
    return stretches.flatMap(({ gapMs, visibility, north, south, count, tick, repeats }) =>
      Array.from({ length: repeats }, (): Observation => {
        monotonicMs += gapMs;
        const instant = { monotonicMs, atMs: EPOCH + monotonicMs };
        if (tick && visibility !== 'ok') return { ...instant, frame: null, visibility, zones: {} };
        const counted = count !== undefined && { count };
        const zones = { north: { ...north, ...counted }, south: { ...south, ...counted } };
        return { ...instant, frame: `frame-${monotonicMs}`, visibility, zones, ...counted };
      }),
    );
  });

function play(observations: readonly Observation[]): {
  tracker: Rig;
  steps: TrackerStep[];
  events: SessionEvent[];
} {
  const tracker = rig(ZONES);
  const steps = observations.map(tracker.observe);
  return { tracker, steps, events: [...tracker.events, ...stopTracker(tracker.state).events] };
}

const reports = (step: TrackerStep): ActivityReport[] => [step.beach, ...step.zones];

describe('for any season', () => {
  it('a report agrees with itself', () => {
    fc.assert(
      fc.property(season, observations => {
        for (const report of play(observations).steps.flatMap(reports)) {
          for (const score of Object.values(report.scores)) expect(score > 0 && score < 1).toBe(true);
          if (report.visibility !== 'ok') expect([report.activity, report.scores]).toEqual(['unknown', {}]);
          if (ACTIVITIES.some(activity => activity === report.activity)) {
            expect(report.activities).toContain(report.activity);
          } else {
            expect(['none', 'unknown']).toContain(report.activity);
            expect(report.activities).toEqual([]);
          }
          if (report.activity === 'unknown') expect(report.count).toBeNull();
          const counted = Object.entries(report.count ?? {}).filter(([, riders]) => riders > 0);
          if (report.count !== null) expect(counted.map(([activity]) => activity)).toEqual(report.activities);
          expect(counted.every(([, riders]) => Number.isInteger(riders))).toBe(true);
        }
      }),
    );
  });

  it('since lies in the past, never goes back and stays while the activity does', () => {
    fc.assert(
      fc.property(season, observations => {
        const { steps } = play(observations);
        for (const [index, step] of steps.entries()) {
          const before = steps[index - 1];
          for (const [place, report] of reports(step).entries()) {
            expect(report.since).toBeLessThanOrEqual(observations[index]?.atMs as number);
            const old = before && reports(before)[place];
            if (old === undefined) continue;
            expect(report.since).toBeGreaterThanOrEqual(old.since);
            if (old.activity === report.activity && old.activity !== 'unknown') {
              // A gap passes through unknown between two observations.
              const gap = (observations[index]?.atMs as number) - (observations[index - 1]?.atMs as number);
              if (gap <= OPTIONS.staleAfterMs) expect(report.since).toBe(old.since);
            }
          }
        }
      }),
    );
  });

  it('changed says exactly when a report differs from the last', () => {
    fc.assert(
      fc.property(season, observations => {
        const { steps } = play(observations);
        const key = ({ activity, activities, visibility }: ActivityReport) =>
          JSON.stringify([activity, activities, visibility]);
        for (const [index, step] of steps.entries()) {
          const before = steps[index - 1];
          expect(step.changed.beach).toBe(before === undefined || key(before.beach) !== key(step.beach));
          const zones = step.zones.filter((report, place) => {
            const old = before?.zones[place];
            return old === undefined || key(old) !== key(report);
          });
          expect(step.changed.zones).toEqual(zones.map(report => report.zone));
        }
      }),
    );
  });

  it('every session starts once, ends once, and in between is told of in order', () => {
    fc.assert(
      fc.property(season, observations => {
        const { steps, events } = play(observations);
        const byId = groupById(events);
        for (const told of byId.values()) {
          expect(told[0]?.type).toBe('session_started');
          expect(told.at(-1)?.type).toBe('session_ended');
          expect(told.slice(1, -1).every(event => event.type === 'session_updated')).toBe(true);
          for (const [index, { session }] of told.entries()) {
            const before = told[index - 1]?.session;
            expect(session.start).toBe(told[0]?.session.start);
            expect(session.durationMs).toBeGreaterThanOrEqual(before?.durationMs ?? 0);
            expect(session.peak).toBeGreaterThanOrEqual(before?.peak ?? 0);
            expect(session.peakCount ?? 0).toBeGreaterThanOrEqual(before?.peakCount ?? 0);
            if (session.end !== null) expect(session.end).toBe(session.start + session.durationMs);
          }
        }
        for (const step of steps) {
          for (const event of step.events) {
            const { activity } = event.session;
            const report = step.zones.find(candidate => candidate.zone === event.zone);
            if (event.type !== 'session_ended') expect(report?.activities).toContain(activity);
            // The first picture after too long a gap may show it again: that will be another session.
            else if (step.state.zones[event.zone]?.phase !== 'first')
              expect(report?.activities).not.toContain(activity);
          }
        }
      }),
    );
  });

  it('sessions of one activity in one zone follow each other', () => {
    fc.assert(
      fc.property(season, observations => {
        const ends = new Map<string, number>();
        for (const { type, zone, session } of play(observations).events) {
          const key = `${zone} ${session.activity}`;
          if (type === 'session_started') expect(session.start).toBeGreaterThan(ends.get(key) ?? 0);
          if (session.end !== null) ends.set(key, session.end);
        }
      }),
    );
  });

  it('a wall clock that jumps changes nothing but the time stamps', () => {
    const jumps = fc.array(fc.integer({ min: -1e9, max: 1e9 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(season, jumps, (observations, jumps) => {
        const jumping = observations.map((observation, index) => {
          return { ...observation, atMs: observation.atMs + (jumps[index % jumps.length] as number) };
        });
        const timeless = ({ steps, events }: { steps: TrackerStep[]; events: SessionEvent[] }) => ({
          steps: steps.map(({ beach, zones, changed, pending }) => ({
            reports: [beach, ...zones].map(report => ({ ...report, since: 0 })),
            changed,
            pending,
          })),
          events: events.map(({ type, zone, session: { id, activity, peak, durationMs, start, end } }) => {
            if (end !== null) expect(end).toBeGreaterThanOrEqual(start);
            return { type, zone, id, activity, peak, durationMs };
          }),
        });
        expect(timeless(play(jumping))).toEqual(timeless(play(observations)));
      }),
    );
  });

  it('the state survives JSON at any point', () => {
    fc.assert(
      fc.property(season, observations => {
        const plain = rig(ZONES);
        const copied = rig(ZONES);
        for (const observation of observations) {
          copied.state = JSON.parse(JSON.stringify(copied.state));
          expect(copied.observe(observation)).toEqual(plain.observe(observation));
          expect(reportOf(JSON.parse(JSON.stringify(copied.state)), 'x')).toEqual(reportOf(plain.state, 'x'));
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe('for any constant signal', () => {
  const gaps = fc.array(fc.integer({ min: 1, max: OPTIONS.staleAfterMs }), { minLength: 1, maxLength: 100 });

  it('the activity changes once a zone at most after the first report', () => {
    fc.assert(
      fc.property(zone, zone, gaps, (north, south, gaps) => {
        const tracker = rig(ZONES);
        let monotonicMs = 0;
        let changes = -1;
        for (const gap of gaps) {
          monotonicMs += gap;
          const instant = { monotonicMs, atMs: EPOCH + monotonicMs };
          const step = tracker.observe({ ...instant, frame: 'f', visibility: 'ok', zones: { north, south } });
          if (step.changed.beach) changes++;
        }
        expect(changes).toBeLessThanOrEqual(ZONES.length);
        expect(tracker.events.filter(event => event.type === 'session_ended')).toEqual([]);
      }),
    );
  });

  it('one wild picture in a settled zone changes nothing', () => {
    const quiet = fc.double({ min: 0, max: 0.27, noNaN: true });
    const low = fc.record({ surfing: quiet, windsurfing: quiet, kitesurfing: quiet });
    fc.assert(
      fc.property(low, scores, fc.integer({ min: 1, max: 30_000 }), (calm, wild, gap) => {
        const tracker = rig();
        tracker.watch(0, 20_000, calm);
        const steps = [tracker.see(20_000 + gap, wild)];
        for (let second = 1; second <= 60; second++)
          steps.push(tracker.see(20_000 + gap + second * 1_000, calm));
        expect(steps.some(step => step.changed.beach)).toBe(false);
      }),
    );
  });
});

function groupById(events: readonly SessionEvent[]): Map<string, SessionEvent[]> {
  const groups = new Map<string, SessionEvent[]>();
  for (const event of events) groups.set(event.session.id, [...(groups.get(event.session.id) ?? []), event]);
  return groups;
}
