import { describe, expect, it } from 'vitest';
import { headLogits } from '../../../src/activity/head.ts';
import { baseSide } from '../../../src/learning/retrain/base-rows.ts';
import { chooseRetrainedOutputs } from '../../../src/learning/retrain/choose-outputs.ts';
import { activitiesWithNew, warmStart } from '../../../src/learning/retrain/warm-start.ts';
import { ACTIVITIES, balancedSamples, randomHead, separableSet } from '../support.ts';
import { toyBase, toyHead, withBackground } from './support.ts';

const FROM = { slope: 1, intercept: 0 };
describe('chooseRetrainedOutputs', () => {
  const head = toyHead();
  const shifted = { ...head, outputBias: head.outputBias.map(bias => bias + 3) };
  const held = { ...separableSet(balancedSamples(40), 2) };

  it('makes up for logits that have moved as a whole', () => {
    const { calibration, thresholds } = chooseRetrainedOutputs(head, shifted, held, []);
    const outputs = chooseRetrainedOutputs(head, head, held, []);
    for (const [index, { slope, intercept }] of calibration.entries()) {
      const before = outputs.calibration[index] as typeof FROM;
      expect(slope * 3 + intercept).toBeCloseTo(before.intercept, 0);
    }
    expect(Object.keys(thresholds)).toEqual(ACTIVITIES);
  });

  it('keeps what the incumbent has where there is too little to choose by', () => {
    const few = baseSide(toyBase(), ACTIVITIES, true);
    for (const side of [few, null]) {
      const outputs = chooseRetrainedOutputs(head, shifted, side, []);
      expect(outputs).toEqual({
        calibration: head.manifest.calibration,
        thresholds: head.manifest.thresholds,
      });
    }
  });
});

describe('a calibration for cells', () => {
  it('stays what it was whatever the share of riders in the base set', () => {
    const head = toyHead();
    // Riders are rare among cells: the incumbent is calibrated to that, and the base set is half of them.
    const calibration = ACTIVITIES.map(() => ({ slope: 0.8, intercept: -5 }));
    const rare = { ...head, manifest: { ...head.manifest, calibration } };
    const held = separableSet(balancedSamples(40), 2);
    const moved = { ...rare, outputBias: rare.outputBias.map(bias => bias + 3) };
    expect(chooseRetrainedOutputs(rare, rare, held, [])).toEqual({
      calibration: ACTIVITIES.map(() => ({
        slope: expect.closeTo(0.8, 5),
        intercept: expect.closeTo(-5, 5),
      })),
      thresholds: head.manifest.thresholds,
    });
    for (const { slope, intercept } of chooseRetrainedOutputs(rare, moved, held, []).calibration) {
      // The logits are 3 higher, so that is taken off again.
      expect(intercept + slope * 3).toBeCloseTo(-5, 0);
      expect(slope).toBeCloseTo(0.8, 1);
    }
  });
});

describe('warmStart', () => {
  it('gives the logits of the incumbent, and of a new activity a low one', () => {
    const incumbent = randomHead(4);
    const start = warmStart(incumbent, [...ACTIVITIES, 'sup'], 1);
    const inputs = separableSet(balancedSamples(2)).embeddings;
    const manifest = { ...incumbent.manifest, activities: [...ACTIVITIES, 'sup'] };
    const before = headLogits(incumbent, inputs, 8);
    const after = headLogits({ ...start, manifest }, inputs, 8);
    for (let row = 0; row < 8; row++) {
      for (const [index] of ACTIVITIES.entries()) {
        expect(after[row * 4 + index]).toBeCloseTo(before[row * 3 + index] as number, 5);
      }
    }
    expect(start.outputBias[3]).toBeLessThan(0);
    expect(start.hiddenKernel).not.toBe(incumbent.hiddenKernel);
  });

  it('keeps background outputs, after those of new activities', () => {
    const incumbent = withBackground(toyHead());
    const activities = [...ACTIVITIES, 'sup'];
    const start = warmStart(incumbent, activities, 1);
    const { hidden } = incumbent.manifest;
    expect(start.outputBias).toHaveLength(6);
    expect([...start.outputBias.subarray(4)]).toEqual([...incumbent.outputBias.subarray(3)]);
    expect(start.outputKernel.subarray(4 * hidden)).toEqual(incumbent.outputKernel.subarray(3 * hidden));
  });
});

describe('activitiesWithNew', () => {
  const frames = (labels: string[], count: number) => Array.from({ length: count }, () => ({ labels }));

  it('adds what enough frames show, in order of name', () => {
    const shown = [...frames(['wingfoil', 'sup'], 8), ...frames(['surfing'], 20), ...frames(['foil'], 7)];
    expect(activitiesWithNew(['surfing'], shown, 8)).toEqual(['surfing', 'sup', 'wingfoil']);
  });
});
