import { describe, expect, it } from 'vitest';
import { ridersAmong } from '../../src/activity/rider-threshold.ts';
import { sightOfFrame } from '../../src/activity/zones.ts';

const CELLS = { rider: 0.5, crowd: 0.3 };
const surfers = (...scores: number[]) =>
  scores.map(score => ({ score, scores: { surfing: score, kitesurfing: 0 } }));
const kitesurfer = { score: 0.4, scores: { surfing: 0, kitesurfing: 0.4 } };

describe('riders in a single frame', () => {
  it('count from a lower threshold where three of their activity surely are', () => {
    expect(ridersAmong(surfers(0.9, 0.8, 0.4, 0.35), CELLS)).toHaveLength(2);
    expect(ridersAmong(surfers(0.9, 0.8, 0.5, 0.4, 0.35, 0.2), CELLS)).toHaveLength(5);
  });

  it('are no likelier for a crowd that does something else', () => {
    expect(ridersAmong([...surfers(0.9, 0.8, 0.7), kitesurfer], CELLS)).not.toContain(kitesurfer);
  });

  it('all count from the one threshold of a head that has no other', () => {
    expect(ridersAmong(surfers(0.9, 0.8, 0.7, 0.4), { rider: 0.5 })).toHaveLength(3);
    expect(ridersAmong(surfers(0.9, 0.8, 0.7, 0.4))).toHaveLength(3);
  });

  it('are counted so in a zone, which changes nothing of how surely somebody rides', () => {
    const head = {
      activities: ['surfing', 'kitesurfing'],
      cells: { ...CELLS, presence: { slope: 1, intercept: 0 } },
    };
    const sight = sightOfFrame(surfers(0.9, 0.8, 0.7, 0.4), head);
    expect(sight.count).toEqual({ surfing: 4, kitesurfing: 0 });
    expect(sight.scores).toEqual(sightOfFrame(surfers(0.9), head).scores);
  });
});
