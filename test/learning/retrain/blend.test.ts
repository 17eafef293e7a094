import { describe, expect, it } from 'vitest';
import type { HeadBundle } from '../../../src/activity/head-bundle.ts';
import { createRandom } from '../../../src/base/random.ts';
import { blend } from '../../../src/learning/retrain/blend.ts';
import { type FoundPlaces, foundF1, foundPlacesOf } from '../../../src/learning/retrain/found-places.ts';
import { gate } from '../../../src/learning/retrain/gate.ts';
import { labelledF1 } from '../../../src/learning/retrain/labelled-f1.ts';
import type { BoardFrame } from '../../../src/learning/retrain/types.ts';
import { warmStart } from '../../../src/learning/retrain/warm-start.ts';
import { ACTIVITIES, WIDTH } from '../support.ts';
import { boardOf, SHIPPED_MARKS, toyBase, toyBaseWithFound, toyHead, withBackground } from './support.ts';

const base = toyBaseWithFound();
const places = foundPlacesOf(base, ACTIVITIES) as FoundPlaces;
const known = toyHead();
const asItIs = (head: HeadBundle) => head;

/** A head that has learnt to take numbers it did not look at for surfers, and more so the larger `by`. */
function strayed(by: number): HeadBundle {
  const random = createRandom(2);
  const hiddenKernel = known.hiddenKernel.map((weight, index) =>
    index % WIDTH > 2 ? weight + random.between(-by, by) : weight,
  );
  return { ...known, hiddenKernel };
}

/** Frames of which the known head finds nothing. */
const unknown = boardOf([['surfing']], 6, { surfing: 7 }).map(frame => ({
  ...frame,
  embeddings: frame.embeddings.map((value, index) => (index % WIDTH < 3 ? 0 : value)),
}));

describe('places found at other cameras', () => {
  it('are there where the base set has riders and false alarms', () => {
    expect(places.riders.filter(isRider => isRider)).toHaveLength(120);
    expect(places.riders).toHaveLength(160);
    expect(foundPlacesOf(toyBase(), ACTIVITIES)).toBeNull();
    expect(foundPlacesOf(null, ACTIVITIES)).toBeNull();
    expect(foundPlacesOf(base, ['sup'])).toBeNull();
    expect(foundF1(known, places)).toBeGreaterThan(0.85);
  });
});

describe('labelledF1', () => {
  const shown = boardOf([['surfing'], []], 6, SHIPPED_MARKS);

  it('is 1 where the head is right, and 0 where it finds none of the riders', () => {
    expect(labelledF1(known, shown)).toBe(1);
    expect(labelledF1(known, unknown)).toBe(0);
    expect(labelledF1(known, [])).toBe(1);
    // Where what fires is known to be a buoy, no label of a whole frame is about it.
    expect(labelledF1(known, shown, () => false)).toBe(0);
  });

  it('counts what is mistaken where a label says that nobody is, and there alone', () => {
    const labelledNone = shown.map(frame => ({ ...frame, labels: [] }));
    expect(labelledF1(known, labelledNone)).toBe(0);
    // Half of the frames show a rider, and each of these has one more that nobody listed.
    const [frame] = shown as [BoardFrame];
    const rider = { x: 0.25, y: 0.25, activity: 'surfing' };
    const embeddings = Float32Array.from(frame.embeddings);
    for (const cell of [0, 3]) embeddings[cell * WIDTH] = 1.5;
    const pointed = (complete: boolean) => [
      { ...frame, cells: apart(frame), embeddings, pointing: { riders: [rider], nobody: [], complete } },
    ];
    expect(labelledF1(known, pointed(false))).toBe(1);
    expect(labelledF1(known, pointed(true))).toBeCloseTo(2 / 3);
  });
});

/** So far from each other that none is near the rider of another. */
function apart({ cells }: BoardFrame): BoardFrame['cells'] {
  return cells.map((cell, index) => ({
    ...cell,
    rectangle: { x: index % 2 === 0 ? 0.2 : 0.8, y: index < 2 ? 0.2 : 0.8, w: 0.1, h: 0.1 },
  }));
}

describe('blend', () => {
  it.each([0.5, 1, 2])('loses no more than is let pass, however far a head has strayed: %d', by => {
    const head = blend(known, strayed(by), 0, places, asItIs);
    expect(foundF1(known, places) - foundF1(head, places)).toBeLessThanOrEqual(0.01);
    expect(head.hiddenKernel).not.toEqual(known.hiddenKernel);
  });

  it('goes all the way where the known head finds nothing, and hardly any where it is right', () => {
    const refitted = strayed(0.5);
    expect(blend(known, refitted, 0, null, asItIs)).toEqual(refitted);
    const right = blend(known, refitted, 1, null, asItIs);
    const at = 3;
    const [from, to] = [known, refitted].map(({ hiddenKernel }) => hiddenKernel[at]) as [number, number];
    expect(right.hiddenKernel[at]).toBeCloseTo(from + 0.1 * (to - from), 5);
  });

  it('leaves outputs alone that the known head does not have', () => {
    const activities = [...ACTIVITIES, 'sup'];
    const incumbent = withBackground(known);
    const { manifest } = incumbent;
    const grown: HeadBundle = {
      ...warmStart(incumbent, activities, 1),
      manifest: {
        ...manifest,
        activities,
        calibration: [...manifest.calibration, { slope: 1, intercept: 0 }],
        thresholds: { ...manifest.thresholds, sup: 0.5 },
      },
    };
    const head = blend(incumbent, grown, 1, null, asItIs);
    expect([...head.outputBias]).toEqual([...grown.outputBias]);
    expect([...head.outputKernel]).toEqual([...grown.outputKernel]);
  });
});

describe('the gate', () => {
  it('holds a head that loses riders of other cameras, and says how many', () => {
    const candidate = { ...known, outputBias: known.outputBias.map(bias => bias + 3) };
    const held = boardOf([['surfing'], []], 6, SHIPPED_MARKS, { held: true });
    const judged = (head: HeadBundle) =>
      gate(
        { incumbent: known, candidate: head, shipped: known },
        { base, held, labelled: held, unlabelled: [], noNegatives: false },
        { macroF1Tolerance: 1, recallTolerance: 1 },
      );
    const { decision, reasons } = judged(candidate);
    expect(decision).toBe('hold');
    expect(reasons.join(' ')).toMatch(
      /F1 of riders in frames of other cameras is \d+\.\d %, of the head it came from/,
    );
    expect(judged(known).decision).toBe('promote');
  });
});
