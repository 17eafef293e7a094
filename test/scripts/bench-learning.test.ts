import { describe, expect, it } from 'vitest';
import {
  type Curve,
  measureCurve,
  ORDERS,
  type Point,
  poolOf,
  WAYS,
} from '../../scripts/bench-learning/curve.ts';
import type { BenchFrame } from '../../scripts/bench-learning/frames.ts';
import { drawLearning } from '../../scripts/bench-learning/plot.ts';
import { tablesOf } from '../../scripts/bench-learning/report.ts';
import { frameError, judge, judgeIdeal, riderError } from '../../scripts/bench-learning/sight.ts';
import { type Site, sitesOf, splitSite } from '../../scripts/bench-learning/sites.ts';
import { gainAt, ordersOf, toldAFrame, worstLosses } from '../../scripts/bench-learning/summary.ts';
import { createRandom } from '../../src/base/random.ts';
import { toyBase, toyHead } from '../learning/retrain/support.ts';
import { WIDTH } from '../learning/support.ts';

const [COLUMNS, ROWS] = [12, 8];
/** Numbers that a surfer raises: the one that the shipped head looks at, and at a camera that nobody knows many others. */
const USUAL = [0];
const STRANGE = [3, 4, 5, 6, 7, 8, 9, 10, 11];

/** A frame of one level; in two of three somebody surfs in one cell. */
function drawFrame(camera: string, index: number, look: readonly number[]): BenchFrame {
  const random = createRandom(index + 1);
  const vectors = Float32Array.from({ length: COLUMNS * ROWS * WIDTH }, () => random.next() * 0.5);
  const cell = random.below(COLUMNS * ROWS);
  const isRidden = index % 3 > 0;
  if (isRidden) {
    for (const number of look) vectors[cell * WIDTH + number] = 1.5;
  }
  const box = {
    x: (cell % COLUMNS) / COLUMNS,
    y: Math.floor(cell / COLUMNS) / ROWS,
    w: 1 / COLUMNS,
    h: 1 / ROWS,
  };
  return {
    path: `${camera}-${index}.jpg`,
    camera,
    riders: isRidden ? [{ activity: 'surfing', box }] : [],
    kites: [],
    ignored: [],
    levels: [{ columns: COLUMNS, rows: ROWS, vectors }],
  };
}

function drawSite(name: string, frames: number, look: readonly number[]): Site {
  return { name, frames: Array.from({ length: frames }, (_, index) => drawFrame(name, index, look)) };
}

describe('the bench of learning', () => {
  it('takes cameras with enough frames, and enough of them with riders', () => {
    const frames = [
      ...drawSite('enough', 13, USUAL).frames,
      ...drawSite('small', 12, USUAL).frames,
      ...drawSite('empty', 40, USUAL).frames.filter(({ riders }, index) => riders.length === 0 || index < 5),
    ];
    expect(sitesOf(frames).map(({ name }) => name)).toEqual(['enough']);
  });

  it('keeps what may be labelled apart from what is judged, by stretches of time', () => {
    const { pool, held } = splitSite(drawSite('beach', 72, USUAL), 3);
    expect(pool).toHaveLength(48);
    expect([...pool, ...held].sort((a, b) => a - b)).toEqual([...Array(72).keys()]);
    const jumps = held.filter((index, at) => at > 0 && index !== (held[at - 1] as number) + 1);
    expect(jumps.length).toBeLessThanOrEqual(2);
  });

  it('judges as evaluate does: riders by their boxes, frames by their answer', () => {
    const known = judge(toyHead(), drawSite('known', 12, USUAL).frames);
    expect(known).toMatchObject({ frames: 12, riders: 8, matched: 8, wrongFrames: 0 });
    expect(riderError(known)).toBe(0);
    const strange = judge(toyHead(), drawSite('strange', 12, STRANGE).frames);
    expect(strange).toMatchObject({ frames: 12, riders: 8, matched: 0, wrongFrames: 8 });
    expect([riderError(strange), frameError(strange)]).toEqual([1, 8 / 12]);
  });

  it('says what no label can mend: two riders so near each other that they are one', () => {
    const [frame] = drawSite('apart', 2, USUAL).frames.slice(1) as [BenchFrame];
    const rider = (x: number) => ({
      activity: 'surfing',
      box: { x, y: 0.4, w: 1 / COLUMNS, h: 1 / ROWS },
    });
    const found = (...at: number[]) => judgeIdeal([{ ...frame, riders: at.map(rider) }]);
    expect(found(0.2, 0.7)).toMatchObject({ riders: 2, matched: 2, mistaken: 0 });
    expect(found(0.2, 0.2 + 0.5 / COLUMNS)).toMatchObject({ riders: 2, matched: 1, mistaken: 0 });
  });

  it('sees errors fall where labels tell what the head has wrong', async () => {
    const site = drawSite('strange', 60, STRANGE);
    const start = { head: toyHead(), base: toyBase() };
    const elsewhere = drawSite('known', 6, USUAL).frames;
    const pool = poolOf(start, site);
    // The toy base set is small, and gives few steps.
    const job = {
      site,
      start,
      pool,
      split: splitSite(site, 1),
      elsewhere,
      seed: 1,
      tuning: { learningRate: 0.02 },
    };
    const curves: Curve[] = [];
    for (const way of WAYS) {
      for (const order of ORDERS) curves.push(await measureCurve({ ...job, way, order }));
    }
    for (const { points } of curves) {
      expect(points.map(({ labels }) => labels)).toEqual([0, 5, 10, 20, 30]);
      // What the gate does not let pass leaves everything as it was.
      for (const [index, { decision, site, refused }] of points.entries()) {
        if (index === 0) continue;
        if (decision === 'promote') expect(refused).toBeNull();
        else expect([site, refused === null]).toEqual([points[index - 1]?.site, false]);
      }
    }
    const byPoints = curves.filter(({ way }) => way === 'points');
    const gain = gainAt(byPoints, 30);
    expect(gain?.after.riders).toBeLessThan((gain?.before.riders as number) / 2);
    const tables = tablesOf({
      machine: { cpu: 'cpu', cores: 2, memoryGB: 8, system: '', node: 'v22', date: '2026-06-01' },
      seeds: [1],
      sites: [{ name: 'strange', frames: 60, withRiders: 40, riders: 40, atBest: 0 }],
      curves,
    });
    expect(tables).toContain('| strange | 60 | 40 (40 riders) | 100.0');
    expect(drawLearning(curves)).toMatch(/^<svg[\s\S]*<\/svg>\n$/);
  });

  it('compares orders only where there was a choice, and finds the worst loss', () => {
    const tally = (matched: number) => ({ frames: 10, wrongFrames: 0, riders: 10, matched, mistaken: 0 });
    const point = (labels: number, matched: number, base: number): Point => ({
      labels,
      decision: labels === 0 ? null : 'promote',
      reasons: [],
      site: tally(matched),
      told: labels === 0 ? { ...tally(0), frames: 0, riders: 0 } : tally(10 - matched),
      refused: null,
      elsewhere: tally(10),
      base,
      seconds: 1,
    });
    const curve = (site: string, order: Curve['order'], pool: number, matched: number): Curve => ({
      site,
      seed: 1,
      way: 'points',
      order,
      pool,
      points: [point(0, 0, 0.9), point(5, matched, 0.895)],
    });
    const curves = [
      curve('large', 'next', 20, 10),
      curve('large', 'random', 20, 0),
      curve('small', 'next', 5, 10),
      curve('small', 'random', 5, 10),
    ];
    expect(ordersOf(curves, 'points')).toEqual([
      { labels: 5, sites: 1, next: { riders: 0, frames: 0 }, random: { riders: 1, frames: 0 } },
    ]);
    expect(worstLosses(curves).base).toBeCloseTo(0.005);
    expect(gainAt(curves, 10)).toBeNull();
    // Where all frames are labelled, as at the small site, no order chose them.
    expect([toldAFrame(curves, 'next'), toldAFrame(curves, 'random')]).toEqual([1, 0]);
  });
});
