import { describe, expect, it } from 'vitest';
import { headLogits } from '../../../src/activity/head.ts';
import { activitiesWithNew, warmStart } from '../../../src/learning/retrain/warm-start.ts';
import { ACTIVITIES, balancedSamples, randomHead, separableSet } from '../support.ts';
import { toyHead, withBackground } from './support.ts';

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
