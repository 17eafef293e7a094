import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/base/random.ts';
import {
  addObservation,
  type DriftDay,
  driftDaySchema,
  observeFrame,
} from '../../../src/learning/advice/drift/days.ts';
import { histogramOf, quantileOf, shareAbove } from '../../../src/learning/advice/drift/histogram.ts';
import {
  LANDMARK_DEFAULTS,
  landmarksOf,
  meanDistance,
} from '../../../src/learning/advice/drift/landmarks.ts';
import { populationStability } from '../../../src/learning/advice/drift/measures.ts';
import { DRIFT_DEFAULTS, driftOf } from '../../../src/learning/advice/drift.ts';
import { fc } from '../../support/fast-check.ts';
import { sampleOf } from '../support.ts';
import { cellOf, JUDGED_BY, joined, towards, WIDTH } from './support.ts';

const START = Date.UTC(2026, 4, 1);
const DAY_MS = 86_400_000;

interface Weather {
  /** Share of frames with each activity; the rest is none. */
  readonly activities?: Readonly<Record<string, number>>;
  readonly unsure?: number;
  readonly distance?: number;
  readonly frames?: number;
}

/** A day's frames, taken in one by one; distances are even within 0.1 of `distance`. */
function days(each: readonly Weather[]): readonly DriftDay[] {
  const random = createRandom(11);
  let all: readonly DriftDay[] = [];
  for (const [index, { activities = {}, unsure = 0.05, distance = 0.3, frames = 200 }] of each.entries()) {
    for (let frame = 0; frame < frames; frame++) {
      const drawn = random.next();
      let sum = 0;
      const activity =
        Object.entries(activities).find(([, share]) => {
          sum += share;
          return drawn < sum;
        })?.[0] ?? 'none';
      all = addObservation(all, {
        at: START + index * DAY_MS + frame * 60_000,
        activity,
        doubt: random.next() < unsure ? 0.8 : 0.1,
        distance: distance + random.between(-0.1, 0.1),
      });
    }
  }
  return all;
}

const repeat = (count: number, weather: Weather): Weather[] => Array.from({ length: count }, () => weather);

describe('addObservation', () => {
  const frame = fc.record({
    at: fc.integer({ min: 0, max: 20 * 24 }).map(hours => START + hours * 3_600_000),
    activity: fc.constantFrom('none', 'surfing', 'constructor', '__proto__'),
    doubt: fc.double({ min: 0, max: 1, noNaN: true }),
    distance: fc.option(fc.double({ min: 0, max: 2, noNaN: true })),
  });

  it('counts every frame once, whatever the order', () => {
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 40 }), frames => {
        const taken = frames.reduce(addObservation, [] as readonly DriftDay[]);
        const sum = (count: (day: DriftDay) => number) => taken.reduce((total, day) => total + count(day), 0);
        expect(sum(day => day.frames)).toBe(frames.length);
        expect(sum(day => Object.values(day.classes).reduce((a, b) => a + b, 0))).toBe(frames.length);
        expect(sum(day => day.unsure)).toBe(frames.filter(({ doubt }) => doubt >= 0.5).length);
        expect(sum(day => day.distances.reduce((a, b) => a + b, 0))).toBe(
          frames.filter(({ distance }) => distance !== null).length,
        );
        const names = taken.map(({ day }) => day);
        expect(names).toEqual([...new Set(names)].sort());
        expect([...frames].reverse().reduce(addObservation, [] as readonly DriftDay[])).toEqual(taken);
        for (const day of taken) {
          expect(Object.entries(driftDaySchema.parse(JSON.parse(JSON.stringify(day))).classes)).toEqual(
            Object.entries(day.classes).filter(([name]) => name !== '__proto__'),
          );
        }
      }),
    );
  });

  it('keeps 120 days', () => {
    const frames = Array.from({ length: 130 }, (_, index) => START + index * DAY_MS);
    const taken = frames.reduce(
      (all, at) => addObservation(all, { at, activity: 'none', doubt: 0, distance: null }),
      [] as readonly DriftDay[],
    );
    expect(taken).toHaveLength(120);
    expect(taken.at(-1)?.day).toBe(new Date(START + 129 * DAY_MS).toISOString().slice(0, 10));
  });
});

describe('observeFrame', () => {
  it('says what the daemon would, and the largest doubt', () => {
    const cells = [cellOf({ surfing: 0.9 }, 'left'), cellOf({ kitesurfing: 0.45 }, 'right')];
    expect(observeFrame(cells, JUDGED_BY, START, 0.2)).toEqual({
      at: START,
      activity: 'surfing',
      doubt: expect.closeTo(0.9, 2),
      distance: 0.2,
    });
    expect(observeFrame([cellOf({})], JUDGED_BY, START, null).activity).toBe('none');
  });
});

describe('driftOf', () => {
  const quiet: Weather = {};
  const season: Weather = { activities: { surfing: 0.2, windsurfing: 0.2 }, unsure: 0.1 };

  it('cannot tell before there are days enough', () => {
    const drift = driftOf(
      days(repeat(DRIFT_DEFAULTS.referenceDays + DRIFT_DEFAULTS.recentDays - 1, quiet)),
      null,
    );
    expect(drift).toMatchObject({ drifting: false, alert: null });
    expect(drift.reasons[0]).toContain('9 of the 10 days');
    expect(driftOf([], null).drifting).toBe(false);
  });

  it('leaves days with few frames out', () => {
    const drift = driftOf(days([...repeat(9, quiet), ...repeat(5, { frames: 20 })]), null);
    expect(drift.reasons[0]).toContain('9 of the 10 days');
  });

  it.each([
    ['nothing changes', repeat(20, season)],
    ['a season begins', [...repeat(10, quiet), ...repeat(6, season)]],
    ['a season ends', [...repeat(10, season), ...repeat(6, quiet)]],
    [
      'the wind comes',
      [...repeat(10, { activities: { surfing: 0.8 } }), ...repeat(6, { activities: { kitesurfing: 0.8 } })],
    ],
    [
      'two days are foggy',
      [...repeat(10, season), ...repeat(2, { ...season, distance: 0.6, unsure: 0.9 }), season],
    ],
    ['the light is a little other', [...repeat(10, season), ...repeat(6, { ...season, distance: 0.32 })]],
  ])('is calm when %s', (_, weather) => {
    expect(driftOf(days(weather), null)).toMatchObject({ drifting: false, alert: null });
  });

  it.each([
    [
      'pictures become unlike',
      [...repeat(10, season), ...repeat(3, { ...season, distance: 0.42 })],
      'less like the training data',
    ],
    [
      'the head becomes unsure',
      [...repeat(10, season), ...repeat(3, { ...season, unsure: 0.6 })],
      'unsure of',
    ],
    [
      'one activity never ends',
      [...repeat(10, quiet), ...repeat(3, { activities: { kitesurfing: 0.99 } })],
      'Kitesurfing was seen',
    ],
  ])('calls for a look when %s', (_, weather, words) => {
    const drift = driftOf(days(weather), null);
    expect(drift.drifting).toBe(true);
    expect(drift.reasons).toHaveLength(1);
    expect(drift.alert).toContain(words);
    expect(drift.alert).toContain('surfwatch label --next');
  });

  it('tells a changed mix in its figures', () => {
    const { figures } = driftOf(days([...repeat(10, quiet), ...repeat(6, season)]), null);
    expect(figures.classStability).toBeGreaterThan(0.25);
    expect(figures.classes.reference).toEqual({ none: 1 });
    expect(figures.recent).toHaveLength(3);
  });

  it('begins anew with a new head', () => {
    const all = days([...repeat(10, season), ...repeat(10, { ...season, distance: 0.42 })]);
    expect(driftOf(all, null).drifting).toBe(true);
    const since = all[10]?.day ?? '';
    expect(driftOf(all, null, { since }).drifting).toBe(false);
  });

  it('says from the start that pictures are unlike the training data, without an alarm', () => {
    const training = histogramOf(Array.from({ length: 100 }, (_, index) => 0.1 + index / 1000));
    const drift = driftOf(days(repeat(4, quiet)), training);
    expect(drift.drifting).toBe(false);
    expect(drift.figures.beyondTraining).toBeGreaterThan(0.9);
    expect(drift.reasons.join()).toContain('labels of this board will help');
  });

  it('is plain data', () => {
    for (const some of [[], days(repeat(12, season))]) {
      const drift = driftOf(some, null);
      expect(JSON.parse(JSON.stringify(drift))).toEqual(drift);
    }
  });
});

describe('populationStability', () => {
  const counts = fc.dictionary(fc.constantFrom('none', 'surfing', 'kitesurfing'), fc.nat(1000));

  it('is 0 for the same mix, never negative, and the same both ways', () => {
    fc.assert(
      fc.property(counts, counts, (a, b) => {
        expect(populationStability(a, a)).toBeCloseTo(0);
        expect(populationStability(a, b)).toBeGreaterThanOrEqual(0);
        expect(populationStability(a, b)).toBeCloseTo(populationStability(b, a));
      }),
    );
  });
});

describe('histograms', () => {
  it('give quantiles within a class of the true ones, and shares that belong to them', () => {
    const distances = fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), {
      minLength: 1,
      maxLength: 60,
    });
    fc.assert(
      fc.property(distances, fc.double({ min: 0.01, max: 1, noNaN: true }), (some, share) => {
        const histogram = histogramOf(some);
        const quantile = quantileOf(histogram, share) as number;
        const sorted = [...some].sort((a, b) => a - b);
        const exact = sorted[Math.ceil(share * some.length - 1e-9) - 1] as number;
        expect(Math.abs(quantile - exact)).toBeLessThanOrEqual(0.0201);
        expect(shareAbove(histogram, quantile)).toBeCloseTo(1 - share, 5);
      }),
    );
    expect(quantileOf(histogramOf([]), 0.5)).toBeNull();
  });
});

describe('landmarks', () => {
  const samples = Array.from({ length: 60 }, (_, index) =>
    sampleOf({ group: index < 50 ? 'big' : `small-${index}` }),
  );
  const set = {
    samples,
    embeddings: joined(...samples.map((_, index) => towards(index < 50 ? 0 : 1 + (index % 4), index))),
    width: WIDTH,
  };

  it('stand for every group, however small, and measure against other groups only', () => {
    const landmarks = landmarksOf({ set }, { count: 11 });
    expect(landmarks?.rows).toHaveLength(11 * WIDTH);
    const { rows, usual } = landmarks as NonNullable<typeof landmarks>;
    const ofBig = Array.from({ length: 11 }, (_, row) => (rows[row * WIDTH] as number) > 0.5).filter(Boolean);
    expect(ofBig).toHaveLength(1);
    // The others of the big group are near their own landmark, which does not count.
    expect(quantileOf(usual, 0.1)).toBeGreaterThan(0.3);
  });

  it('are near to what they stand for and far from what is new', () => {
    const landmarks = landmarksOf({ set }, { count: 30 }) as NonNullable<ReturnType<typeof landmarksOf>>;
    const near = meanDistance(landmarks, joined(towards(0, 99), towards(2, 98))) as number;
    const far = meanDistance(landmarks, joined(towards(9, 99), towards(10, 98))) as number;
    expect(near).toBeLessThan(0.2);
    expect(far).toBeGreaterThan(0.3);
    expect(meanDistance(landmarks, new Float32Array(3))).toBeNull();
    expect(meanDistance(landmarks, new Float32Array())).toBeNull();
  });

  it('are all samples where there are few', () => {
    expect(LANDMARK_DEFAULTS.count).toBeGreaterThan(samples.length);
    expect(landmarksOf({ set })?.rows).toHaveLength(samples.length * WIDTH);
  });

  it('are none of an empty base set', () => {
    expect(landmarksOf({ set: { samples: [], embeddings: new Float32Array(), width: WIDTH } })).toBeNull();
  });
});
