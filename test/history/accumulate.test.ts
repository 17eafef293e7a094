import { describe, expect, it, test } from 'vitest';
import {
  type AccumulatorState,
  accumulate,
  fitted,
  HOUR_MS,
  isTime,
  type Row,
  type Sample,
  startAccumulator,
} from '../../src/history/accumulate.ts';
import { createBatch } from '../../src/history/batch.ts';
import { BEACH, type Seen } from '../../src/history/seen.ts';
import { fc } from '../support/fast-check.ts';

const NINE = Date.UTC(2026, 5, 1, 9);
const HOUR = NINE / HOUR_MS;

const surfing: Seen[] = [{ scope: BEACH, activities: ['surfing'], unknown: null, count: null }];
const nobody: Seen[] = [{ scope: BEACH, activities: [], unknown: null, count: null }];
const dark: Seen[] = [{ scope: BEACH, activities: [], unknown: 'dark', count: null }];

/** Runs samples through; the first is the start. */
function run(samples: readonly Sample[]): { state: AccumulatorState; rows: Row[] } {
  const [first, ...rest] = samples;
  if (first === undefined) throw new Error('no sample');
  let state = startAccumulator(first);
  const rows = rest.flatMap(sample => {
    const step = accumulate(state, sample);
    state = step.state;
    return step.rows;
  });
  return { state, rows };
}

const sample = (seen: Seen[], seconds: number, wallMs = NINE + seconds * 1000): Sample => ({
  seen,
  monotonicMs: seconds * 1000,
  wallMs,
});
const compact = (rows: readonly Row[]) =>
  rows.map(({ hour, kind, name, ms }) => [hour - HOUR, kind, name, ms / 1000]);

describe('the time between two reports', () => {
  it('goes to what the first of them saw', () => {
    const { rows } = run([sample(surfing, 0), sample(nobody, 10), sample(dark, 15), sample(surfing, 16)]);
    expect(compact(rows)).toEqual([
      [0, 'watched', '', 10],
      [0, 'present', 'surfing', 10],
      [0, 'watched', '', 5],
      [0, 'present', 'none', 5],
      [0, 'unknown', 'dark', 1],
    ]);
  });

  it('counts for each of several activities', () => {
    const both: Seen[] = [
      { scope: BEACH, activities: ['surfing', 'kitesurfing'], unknown: null, count: null },
    ];
    const { rows } = run([sample(both, 0), sample(both, 2)]);
    expect(compact(rows)).toEqual([
      [0, 'watched', '', 2],
      [0, 'present', 'surfing', 2],
      [0, 'present', 'kitesurfing', 2],
    ]);
  });

  it('counts for each rider, where riders are counted', () => {
    const riders = (surfing: number): Seen[] => [
      { scope: BEACH, activities: ['surfing'], unknown: null, count: { surfing, windsurfing: 0 } },
    ];
    const { rows } = run([sample(riders(3), 0), sample(riders(5), 10), sample(dark, 12)]);
    expect(rows.filter(({ kind }) => kind === 'counted' || kind === 'riders')).toMatchObject([
      { kind: 'counted', name: '', ms: 10_000 },
      { kind: 'riders', name: 'surfing', ms: 30_000, peak: 3 },
      { kind: 'counted', name: '', ms: 2_000 },
      { kind: 'riders', name: 'surfing', ms: 10_000, peak: 5 },
    ]);
    const batch = createBatch();
    batch.add(rows);
    expect(batch.rows.find(({ kind }) => kind === 'riders')).toMatchObject({ ms: 40_000, peak: 5 });
    // Riders fill no hour, however many they are.
    expect(
      fitted([{ hour: HOUR, scope: BEACH, kind: 'riders', name: 'surfing', ms: 4 * HOUR_MS, peak: 4 }], 0),
    ).toEqual({
      rows: [expect.objectContaining({ ms: 4 * HOUR_MS })],
      cutMs: 0,
    });
  });

  it('is split at the full hour', () => {
    const start = NINE + HOUR_MS - 4_000;
    const { rows } = run([sample(dark, 0, start), sample(dark, 10, start + 10_000)]);
    expect(compact(rows)).toEqual([
      [0, 'unknown', 'dark', 4],
      [1, 'unknown', 'dark', 6],
    ]);
  });

  it('is not known beyond a minute of silence', () => {
    const { rows } = run([sample(surfing, 0), sample(surfing, 100)]);
    expect(compact(rows)).toEqual([
      [0, 'watched', '', 60],
      [0, 'present', 'surfing', 60],
      [0, 'unknown', 'stalled', 40],
    ]);
  });
});

describe('while the clock is not set', () => {
  it('time waits, and goes to its hours once it is', () => {
    const unset = (seconds: number) => 1_000 * seconds;
    const samples = [
      sample(surfing, 0, unset(0)),
      sample(surfing, 30, unset(30)),
      sample(nobody, 60, unset(60)),
      sample(nobody, 90, NINE + 5_000),
    ];
    const { rows, state } = run(samples);
    expect(compact(rows)).toEqual([
      [-1, 'watched', '', 60],
      [-1, 'present', 'surfing', 60],
      [-1, 'watched', '', 25],
      [-1, 'present', 'none', 25],
      [0, 'watched', '', 5],
      [0, 'present', 'none', 5],
    ]);
    expect(state.waiting).toEqual([]);
  });

  it('so much can wait, and the rest is told', () => {
    const samples = Array.from({ length: 12_001 }, (_, index) =>
      sample(index % 2 ? surfing : dark, index, index),
    );
    const { state } = run(samples);
    expect(state.waiting.length).toBe(5_000);
    expect(state.untimedMs).toBe(7_000_000);
    expect(JSON.parse(JSON.stringify(state))).toEqual(state);
  });
});

const anySeen = fc
  .array(
    fc.record({
      scope: fc.constantFrom(BEACH, 'north', 'south'),
      activities: fc.subarray(['surfing', 'windsurfing', 'kitesurfing']),
      unknown: fc.constantFrom(null, null, 'dark', 'night'),
      count: fc.option(fc.record({ surfing: fc.integer({ min: 0, max: 40 }) })),
    }),
    { minLength: 3, maxLength: 3 },
  )
  .map(seen => ['', 'north', 'south'].map((scope, index) => ({ ...(seen[index] as Seen), scope })));
const anySteps = fc.array(
  fc.record({
    seen: anySeen,
    passedMs: fc.oneof(fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: 0, max: 3 * HOUR_MS })),
    jumpMs: fc.oneof(
      { weight: 4, arbitrary: fc.constant(0) },
      fc.integer({ min: -5 * HOUR_MS, max: 5 * HOUR_MS }),
    ),
    unset: fc.boolean(),
  }),
  { minLength: 1, maxLength: 30 },
);

test('in each scope exactly the time that passed is counted, however the wall clock is moved', () => {
  fc.assert(
    fc.property(anySteps, steps => {
      let monotonicMs = 0;
      let offset = NINE;
      const samples = [{ seen: nobody, monotonicMs: 0, wallMs: NINE }];
      const seenOfAll: Seen[] = ['', 'north', 'south'].map(scope => ({
        scope,
        activities: [],
        unknown: null,
        count: null,
      }));
      samples[0] = { seen: seenOfAll, monotonicMs: 0, wallMs: NINE };
      for (const { seen, passedMs, jumpMs, unset } of steps) {
        monotonicMs += passedMs;
        offset += jumpMs;
        samples.push({ seen, monotonicMs, wallMs: unset ? 1_000 : offset + monotonicMs });
      }
      samples.push({ seen: seenOfAll, monotonicMs, wallMs: offset + monotonicMs });
      const { rows } = run(samples);
      for (const scope of ['', 'north', 'south']) {
        const own = rows.filter(row => row.scope === scope && isTime(row.kind));
        expect(own.reduce((sum, { ms }) => sum + ms, 0)).toBe(monotonicMs);
      }
      for (const { ms } of rows) expect(ms).toBeGreaterThan(0);
      for (const { ms, peak = 1 } of rows) expect(ms).toBeLessThanOrEqual(HOUR_MS * peak);
    }),
    { numRuns: 200 },
  );
});

test('an hour is never filled beyond sixty minutes', () => {
  const rows = (): fc.Arbitrary<Row[]> =>
    fc.array(
      fc.record({
        hour: fc.constant(HOUR),
        scope: fc.constant(BEACH),
        kind: fc.constantFrom('watched' as const, 'unknown' as const),
        name: fc.constant('x'),
        ms: fc.integer({ min: 1, max: 2 * HOUR_MS }),
      }),
      { minLength: 1, maxLength: 5 },
    );
  fc.assert(
    fc.property(rows(), fc.integer({ min: 0, max: HOUR_MS }), (added, takenMs) => {
      const { rows: kept, cutMs } = fitted(added, takenMs);
      const sum = (list: readonly Row[]) => list.reduce((total, { ms }) => total + ms, 0);
      expect(takenMs + sum(kept)).toBeLessThanOrEqual(HOUR_MS);
      // Rounded down to whole milliseconds, each row.
      expect(sum(added) - cutMs - sum(kept)).toBeGreaterThanOrEqual(0);
      expect(sum(added) - cutMs - sum(kept)).toBeLessThanOrEqual(kept.length + 5);
    }),
  );
});

test('what waits for the disk is bounded, and what is given up is told', () => {
  const batch = createBatch(3);
  const row = (hour: number, ms: number): Row => ({ hour, scope: BEACH, kind: 'watched', name: '', ms });
  batch.add([row(1, 10), row(1, 5), row(2, 20), row(3, 30)]);
  expect(batch.rows.map(({ ms }) => ms)).toEqual([15, 20, 30]);
  batch.add([row(4, 40)]);
  expect(batch.rows.map(({ hour }) => hour)).toEqual([2, 3, 4]);
  expect(batch.droppedMs).toBe(15);
});
