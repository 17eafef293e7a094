import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/base/random.ts';
import type { Mark, Material } from '../../../src/training/riders/data/material.ts';
import { figuresOf, outcomeOf, overallOf } from '../../../src/training/riders/judge/figures.ts';
import { groundFigures } from '../../../src/training/riders/judge/ground.ts';
import { matchRiders } from '../../../src/training/riders/judge/match.ts';
import { type JudgedFrame, placeCalibration } from '../../../src/training/riders/judge/place-calibration.ts';
import { outputsOf } from '../../../src/training/riders/outputs.ts';
import { fc } from '../../support/fast-check.ts';

const OUTPUTS = outputsOf(['surfing', 'windsurfing'], []);
const share = fc.double({ min: 0, max: 1, noNaN: true });
const box = fc.record({ x: share, y: share, w: fc.constant(0.04), h: fc.constant(0.06) });

function markOf(kind: string, x: number, y: number): Mark {
  return {
    kind,
    rider: OUTPUTS.activities.includes(kind),
    box: { x: x - 0.01, y: y - 0.02, w: 0.02, h: 0.04 },
  };
}

function materialOf(camera: string, marks: readonly Mark[]): Material {
  return {
    path: `${camera}.jpg`,
    source: 'cams',
    camera,
    kind: 'frame',
    marks,
    shows: [],
    complete: { riders: true, kites: true, people: true },
    areas: [],
  };
}

describe('matching', () => {
  it('gives each rider to one place at most, and each place one rider', () => {
    const marks = fc.array(
      fc
        .record({ kind: fc.constantFrom('surfing', 'kite', 'person', 'ignored'), box })
        .map(({ kind, box: own }) => ({
          kind,
          rider: kind === 'surfing',
          box: own,
        })),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(fc.array(fc.record({ x: share, y: share }), { maxLength: 12 }), marks, (places, all) => {
        const { taken, neutral } = matchRiders(places, all);
        const indexes = taken.filter(index => index !== null);
        expect(new Set(indexes).size).toBe(indexes.length);
        for (const [at, index] of taken.entries()) {
          if (index === null) continue;
          expect(all[index]?.rider).toBe(true);
          expect(neutral[at]).toBe(false);
        }
      }),
    );
  });

  it('reaches half a box beyond it, and takes a second place at one rider for a false alarm', () => {
    const marks = [markOf('surfing', 0.5, 0.5)];
    const at = (x: number, y: number) => matchRiders([{ x, y }], marks).taken[0];
    expect(at(0.5195, 0.5)).toBe(0);
    expect(at(0.5205, 0.5)).toBeNull();
    expect(at(0.5, 0.5395)).toBe(0);
    expect(at(0.5, 0.5405)).toBeNull();
    const twice = matchRiders(
      [
        { x: 0.5, y: 0.5 },
        { x: 0.5, y: 0.5 },
      ],
      marks,
    );
    expect(twice.taken).toEqual([0, null]);
    expect(twice.neutral).toEqual([false, false]);
  });

  it('counts nothing at kites and in ignored boxes', () => {
    const marks = [markOf('kite', 0.2, 0.2), markOf('ignored', 0.8, 0.8), markOf('person', 0.5, 0.5)];
    const places = [
      { x: 0.2, y: 0.2 },
      { x: 0.8, y: 0.8 },
      { x: 0.5, y: 0.5 },
    ];
    expect(matchRiders(places, marks)).toEqual({ taken: [null, null, null], neutral: [true, true, false] });
  });

  it('gives a place the nearest box that is free', () => {
    const marks = [markOf('person', 0.5, 0.5), markOf('surfing', 0.5, 0.5), markOf('surfing', 0.515, 0.5)];
    const places = [
      { x: 0.513, y: 0.5 },
      { x: 0.51, y: 0.5 },
    ];
    expect(matchRiders(places, marks).taken).toEqual([2, 1]);
  });

  it('counts a rider within an ignored area, and nothing else in it', () => {
    const area: Mark = { kind: 'ignored', rider: false, box: { x: 0.2, y: 0.2, w: 0.2, h: 0.2 } };
    const places = [
      { x: 0.21, y: 0.21 },
      { x: 0.3, y: 0.3 },
      { x: 0.9, y: 0.9 },
    ];
    expect(matchRiders(places, [area, markOf('surfing', 0.3, 0.3)])).toEqual({
      taken: [null, 1, null],
      neutral: [true, false, false],
    });
  });
});

/** Frames in which riders score about `rider`, and waves about `wave`. */
function framesOf(rider: number, wave: number): JudgedFrame[] {
  const random = createRandom(7);
  const about = (value: number) => value + random.between(-1.5, 1.5);
  return Array.from({ length: 80 }, (_, index) => {
    const marks = index % 2 === 0 ? [markOf('surfing', 0.3, 0.5), markOf('surfing', 0.6, 0.5)] : [];
    const places = [
      ...marks.map(({ box: { x, y, w, h } }) => ({ x: x + w / 2, y: y + h / 2, logit: about(rider) })),
      { x: 0.9, y: 0.9, logit: about(wave) },
    ];
    return {
      material: materialOf(`cam${index % 6}`, marks),
      frame: { width: 1280, height: 720 },
      scene: null,
      kites: [],
      found: places
        .map(({ x, y, logit }, cell) => ({
          x,
          y,
          size: 0.04,
          level: 0,
          cell,
          logits: Float32Array.of(logit, -6),
          vector: new Float32Array(0),
        }))
        .sort((a, b) => (b.logits[0] as number) - (a.logits[0] as number)),
    };
  });
}

/** Line-ups of six, half of them as faint as the one wave in each of twice as many frames of nobody. */
function crowdsOf(count: number): JudgedFrame[] {
  return Array.from({ length: 3 * count }, (_, index) => {
    const isCrowd = index % 3 === 0;
    const xs = isCrowd ? [0.1, 0.25, 0.4, 0.55, 0.7, 0.85] : [];
    const marks = xs.map(x => markOf('surfing', x, 0.5));
    const middle = (at: number) => {
      const { x, y, w, h } = (marks[at] as Mark).box;
      return { x: x + w / 2, y: y + h / 2 };
    };
    const places = isCrowd
      ? xs.map((_, at) => ({ ...middle(at), logit: at < 3 ? 5 : 1 }))
      : [{ x: 0.9, y: 0.9, logit: 1 }];
    return {
      material: materialOf(`cam${index % 4}`, marks),
      frame: { width: 1280, height: 720 },
      scene: null,
      kites: [],
      found: places.map(({ x, y, logit }, cell) => ({
        x,
        y,
        size: 0.04,
        level: 0,
        cell,
        logits: Float32Array.of(logit, -6),
        vector: new Float32Array(0),
      })),
    };
  });
}

describe('calibration', () => {
  it('is placed so that riders count and one frame in twenty without any is reported', () => {
    const frames = framesOf(4, 1);
    const calibration = placeCalibration(frames, OUTPUTS);
    const outcomes = frames.map(frame => outcomeOf(frame, OUTPUTS, calibration));
    const figures = figuresOf(outcomes);
    expect(figures).toMatchObject({ frames: 80, withRiders: 40, empty: 40, riders: 80 });
    expect(figures.hit).toBeGreaterThan(70);
    expect(figures.counted - figures.hit).toBeLessThan(8);
    expect(figures.empty - figures.leftAlone).toBeLessThanOrEqual(3);
    expect(figures.found).toBeGreaterThan(36);
    expect(figures.named).toBe(figures.hit);
  });

  it('means what it says: half of the places at a probability of one half are riders', () => {
    const { rider } = placeCalibration(framesOf(3, 2), OUTPUTS);
    const turning = -rider.intercept / rider.slope;
    expect(turning).toBeGreaterThan(1.5);
    expect(turning).toBeLessThan(3.5);
  });

  it('lets more count in a crowd, where that is right, and as many as ever where it cannot tell', () => {
    const crowded = crowdsOf(24);
    const { cells } = placeCalibration(crowded, OUTPUTS);
    expect(cells.crowd).toBeLessThan(cells.rider);
    const figures = (crowd: number) => {
      const calibration = placeCalibration(crowded, OUTPUTS);
      const placed = { ...calibration, cells: { ...cells, crowd } };
      return figuresOf(crowded.map(frame => outcomeOf(frame, OUTPUTS, placed)));
    };
    const [before, after] = [figures(cells.rider), figures(cells.crowd as number)];
    expect(after.crowdError).toBeLessThan((before.crowdError as number) / 2);
    expect(after).toMatchObject({ found: before.found, leftAlone: before.leftAlone });
    const few = placeCalibration(framesOf(4, 1), OUTPUTS).cells;
    expect(few.crowd).toBe(few.rider);
  });

  it('needs no frame without riders', () => {
    const frames = framesOf(4, 1).filter(({ material }) => material.marks.length > 0);
    const { cells } = placeCalibration(frames, OUTPUTS);
    expect(Number.isFinite(cells.presence.intercept)).toBe(true);
  });

  it('tells riders from false alarms by how far they stand above them', () => {
    const overall = (rider: number, wave: number) => {
      const frames = framesOf(rider, wave);
      const calibration = placeCalibration(frames, OUTPUTS);
      return overallOf(frames.map(frame => outcomeOf(frame, OUTPUTS, calibration)));
    };
    expect(overall(9, 0).auc).toBe(1);
    expect(overall(9, 0).foundAt).toEqual({ five: 1, twenty: 1 });
    const poor = overall(1, 1);
    expect(poor.auc).toBeGreaterThan(0.4);
    expect(poor.auc).toBeLessThan(0.9);
    expect(poor.heights.reduce((sum, { riders }) => sum + riders, 0)).toBe(80);
  });
});

describe('kites', () => {
  const both = outputsOf(['surfing', 'kitesurfing'], ['kite']);
  /** A kite or a gull above, and a rider below who looks like a surfer. */
  const frames = Array.from({ length: 60 }, (_, index): JudgedFrame => {
    const there = index % 2 === 0;
    const marks = there ? [markOf('kitesurfing', 0.5, 0.7), markOf('kite', 0.5, 0.2)] : [];
    const place = (y: number, cell: number, ...logits: number[]) => ({
      x: 0.5,
      y,
      size: 0.04,
      level: 0,
      cell,
      logits: Float32Array.from(logits),
      vector: new Float32Array(0),
    });
    const below = marks.map(mark => ({ ...mark, rider: mark.kind === 'kitesurfing' }));
    return {
      material: materialOf(`cam${index % 5}`, below),
      frame: { width: 1280, height: 720 },
      scene: null,
      found: there ? [place(0.7, 1, 4 + (index % 3), -1, -9)] : [place(0.7, 1, -3, -5, -9)],
      kites: [place(0.2, 2, -9, -9, there ? 6 : 3 + (index % 3) * 0.2)],
    };
  });

  it('are as sure as they are right, and name the riders below', () => {
    const calibration = placeCalibration(frames, both);
    const { slope, intercept } = calibration.kite;
    expect(slope * 6 + intercept).toBeGreaterThan(0);
    expect(slope * 3.4 + intercept).toBeLessThan(0);
    const figures = figuresOf(frames.map(frame => outcomeOf(frame, both, calibration)));
    expect(figures).toMatchObject({ withRiders: 30, found: 30, empty: 30, hit: 30, named: 30 });
    expect(figures.leftAlone).toBeGreaterThanOrEqual(28);
  });
});

describe('land and sky', () => {
  it('are counted where areas are known, and at riders', () => {
    const [first] = framesOf(4, 1);
    if (first === undefined) throw new Error('no frame');
    const corners = (top: number, bottom: number) => [
      { x: 0, y: top },
      { x: 1, y: top },
      { x: 1, y: bottom },
      { x: 0, y: bottom },
    ];
    const scene = { columns: 2, rows: 2, land: [0, 0, 0.9, 0.1], sky: [0.95, 0, 0, 0], frames: 1 };
    const areas = [
      { kind: 'sky' as const, points: corners(0, 0.5) },
      { kind: 'water' as const, points: corners(0.5, 1) },
    ];
    const frame = { ...first, scene, material: { ...first.material, areas } };
    expect(groundFigures([frame])?.places).toEqual({
      land: { all: 0, ashore: 0 },
      sky: { all: 2, ashore: 1 },
      water: { all: 2, ashore: 1 },
      riders: { all: 2, ashore: 1 },
    });
    expect(groundFigures([first])).toBeNull();
  });
});
