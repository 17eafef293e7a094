import { describe, expect, it } from 'vitest';
import type { Detection } from '../../src/activity/detections.ts';
import { underKites } from '../../src/activity/kites.ts';
import { confirmedRiders, NO_RIDERS, type RidersState, stepRiders } from '../../src/activity/riders.ts';
import { sightOfRiders } from '../../src/activity/zones.ts';
import { cornersOf } from '../../src/vision/zone.ts';
import { fc } from '../support/fast-check.ts';

const RIDER = 0.5;
const SECOND = 1000;
const MINUTE = 60_000;

function at(x: number, y: number, score = 0.8, size = 0.02): Detection {
  return { x, y, size, score, scores: { surfing: score, kitesurfing: 0 }, level: 0, cell: 0 };
}

const LEFT = { name: 'left', points: cornersOf({ x: 0, y: 0, w: 0.5, h: 1 }) };
const only = (riders: RidersState) => ({ riders, kites: NO_RIDERS });

/** Frames `everyMs` apart, each with what `see` says. */
function watch(
  frames: number,
  see: (frame: number) => readonly Detection[],
  { everyMs = 2 * SECOND, from = NO_RIDERS, startMs = 0, threshold = RIDER } = {},
): RidersState {
  let next = 0;
  let state = from;
  for (let frame = 0; frame < frames; frame++) {
    state = stepRiders(state, see(frame), startMs + frame * everyMs, {
      thresholdOf: () => threshold,
      newId: () => `r${next++}`,
    });
  }
  return state;
}

describe('a rider', () => {
  it('is one after a few frames at its place, and keeps its id while it moves', () => {
    const see = (frame: number) => [at(0.3 + 0.004 * frame, 0.5, 0.55)];
    expect(confirmedRiders(watch(1, see))).toEqual([]);
    const riders = confirmedRiders(watch(8, see));
    expect(riders.map(({ id }) => id)).toEqual(['r0']);
    expect(riders[0]?.riderSinceMs).toBeGreaterThan(0);
  });

  it('is one at once where a single frame leaves no doubt', () => {
    expect(confirmedRiders(watch(1, () => [at(0.3, 0.5, 0.99)]))).toHaveLength(1);
  });

  it('outlives a wave before it, not a minute of nothing', () => {
    const seen = watch(10, () => [at(0.3, 0.5, 0.9)]);
    const hidden = watch(2, () => [], { from: seen, startMs: 20 * SECOND });
    expect(confirmedRiders(hidden)).toHaveLength(1);
    expect(confirmedRiders(watch(10, () => [], { from: seen, startMs: 20 * SECOND }))).toEqual([]);
  });

  it('is not missed where nobody looked', () => {
    const seen = watch(10, () => [at(0.3, 0.5, 0.9)]);
    const unread = stepRiders(seen, [], 25 * SECOND, {
      thresholdOf: () => RIDER,
      newId: () => 'x',
      isRead: () => false,
    });
    expect(unread.tracks[0]?.evidence).toBe(seen.tracks[0]?.evidence);
  });

  it('is none where each frame shows something else somewhere else', () => {
    const waves = (frame: number) => [at(((frame * 0.37) % 1) * 0.9, ((frame * 0.61) % 1) * 0.9, 0.75, 0.01)];
    let confirmed = 0;
    let state = NO_RIDERS;
    for (let frame = 0; frame < 60; frame++) {
      state = watch(1, () => waves(frame), { from: state, startMs: frame * 2 * SECOND });
      confirmed += confirmedRiders(state).length;
    }
    expect(confirmed).toBeLessThan(6);
  });

  it('is one at a lower probability in frames where that is enough', () => {
    const faint = () => [at(0.3, 0.5, 0.35)];
    expect(confirmedRiders(watch(20, faint))).toEqual([]);
    expect(confirmedRiders(watch(20, faint, { threshold: 0.3 }))).toHaveLength(1);
  });

  it('is none where what it could be is a little too unlikely, however long', () => {
    expect(confirmedRiders(watch(200, frame => [at(0.3 + 0.02 * (frame % 7), 0.5, 0.35)]))).toEqual([]);
  });

  it('is none who has not moved for an hour, until it has been gone for long', () => {
    const pole = () => [at(0.6, 0.5, 0.95)];
    const everyMs = 10 * SECOND;
    const hour = 360;
    expect(confirmedRiders(watch(hour - 2, pole, { everyMs }))).toHaveLength(1);
    const fixed = watch(hour + 10, pole, { everyMs });
    expect(confirmedRiders(fixed)).toEqual([]);
    expect(fixed.fixtures).toHaveLength(1);
    const gone = watch(200, () => [], { everyMs, from: fixed, startMs: 61 * MINUTE });
    expect(gone.fixtures).toEqual([]);
    expect(confirmedRiders(watch(5, pole, { from: gone, startMs: 120 * MINUTE }))).toHaveLength(1);
  });
});

describe('riders together', () => {
  it('keep their ids, one each, however they are ordered', () => {
    const places = [0.1, 0.2, 0.3, 0.4, 0.5];
    const see = (frame: number) => {
      const all = places.map(x => at(x + 0.002 * frame, 0.5, 0.9));
      return frame % 2 === 0 ? all : all.toReversed();
    };
    const riders = confirmedRiders(watch(12, see));
    expect(riders.map(({ id }) => id).sort()).toEqual(['r0', 'r1', 'r2', 'r3', 'r4']);
  });

  it('are never more than were seen, and their evidence stays in bounds', () => {
    const place = fc.double({ min: 0, max: 1, noNaN: true });
    const detection = fc.record({ x: place, y: place, score: fc.double({ min: 0.02, max: 1, noNaN: true }) });
    fc.assert(
      fc.property(fc.array(fc.array(detection, { maxLength: 5 }), { maxLength: 12 }), frames => {
        const state = watch(frames.length, frame =>
          (frames[frame] ?? []).map(({ x, y, score }) => at(x, y, score)),
        );
        expect(state.tracks.length).toBeLessThanOrEqual(frames.flat().length);
        for (const { evidence } of state.tracks) {
          expect(evidence).toBeGreaterThan(-1.3);
          expect(evidence).toBeLessThanOrEqual(6);
        }
        expect(JSON.parse(JSON.stringify(state))).toEqual(state);
      }),
    );
  });

  it('are counted by zone and activity', () => {
    const state = watch(6, () => [at(0.1, 0.5, 0.95), at(0.2, 0.5, 0.95), at(0.9, 0.5, 0.95)]);
    const left = sightOfRiders(only(state), LEFT, ['surfing', 'kitesurfing']);
    expect(left.count).toEqual({ surfing: 2, kitesurfing: 0 });
    expect(left.scores.surfing).toBeGreaterThan(0.9);
    expect(left.scores.kitesurfing).toBeLessThan(0.1);
    expect(sightOfRiders(only(state), null, ['surfing', 'kitesurfing']).count.surfing).toBe(3);
  });

  it('do not make a rider of many that could be one', () => {
    const unsure = (x: number) => at(x, 0.5, 0.3);
    const many = watch(10, () => [0.1, 0.3, 0.5, 0.7, 0.9].map(unsure));
    expect(sightOfRiders(only(many), null, ['surfing']).scores.surfing).toBeLessThan(0.5);
  });
});

describe('kites', () => {
  it('are a sign of kitesurfing in the zone below them, seen or not who hangs there', () => {
    const kites = watch(6, () => [at(0.2, 0.1, 0.95), at(0.8, 0.1, 0.95)]);
    const both = sightOfRiders({ riders: NO_RIDERS, kites }, null, ['surfing', 'kitesurfing']);
    expect(both.count).toEqual({ surfing: 0, kitesurfing: 2 });
    expect(both.scores.kitesurfing).toBeGreaterThan(0.9);
    expect(sightOfRiders({ riders: NO_RIDERS, kites }, LEFT, ['kitesurfing']).count.kitesurfing).toBe(1);
    expect(sightOfRiders({ riders: NO_RIDERS, kites }, LEFT, ['surfing']).count).toEqual({ surfing: 0 });
  });

  it('say of the rider below that it kitesurfs, and of no other', () => {
    const [near, far, above] = [at(0.25, 0.6, 0.9), at(0.4, 0.6, 0.95), at(0.2, 0.05, 0.9)];
    const found = underKites([far, near, above], [at(0.2, 0.2, 0.9)], RIDER);
    expect(found.map(({ scores }) => scores.kitesurfing)).toEqual([0, 0.9, 0]);
    expect(underKites([far, near], [at(0.2, 0.2, 0.3)], RIDER)).toEqual([far, near]);
  });
});
