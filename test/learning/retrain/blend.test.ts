import { describe, expect, it } from 'vitest';
import type { HeadBundle } from '../../../src/activity/head-bundle.ts';
import { createRandom } from '../../../src/base/random.ts';
import { blend } from '../../../src/learning/retrain/blend.ts';
import { type FoundPlaces, foundF1, foundPlacesOf } from '../../../src/learning/retrain/found-places.ts';
import { gate } from '../../../src/learning/retrain/gate.ts';
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

describe('blend', () => {
  it.each([0.5, 1, 2])('loses no more than is let pass, however far a head has strayed: %d', by => {
    const head = blend(known, strayed(by), places, asItIs);
    expect(foundF1(known, places) - foundF1(head, places)).toBeLessThanOrEqual(0.01);
    expect(head.hiddenKernel).not.toEqual(known.hiddenKernel);
  });

  it('goes all the way where nothing is lost by it, or where nothing tells', () => {
    const refitted = strayed(0.01);
    expect(blend(known, refitted, places, asItIs).hiddenKernel).toEqual(refitted.hiddenKernel);
    expect(blend(known, strayed(2), null, asItIs)).toEqual(strayed(2));
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
    const head = blend(incumbent, grown, null, asItIs);
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
    expect(reasons.map(({ text }) => text).join(' ')).toMatch(
      /F1 of riders in frames of other cameras is \d+\.\d\u00a0%, of the head it came from/,
    );
    expect(judged(known).decision).toBe('promote');
  });
});
