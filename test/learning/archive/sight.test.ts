import { describe, expect, it } from 'vitest';
import { frameScoresOf, zoneScoresOf } from '../../../src/learning/archive/sight.ts';
import { CELL_SENSE } from '../support.ts';

const HEAD = { activities: ['surfing', 'kitesurfing'], cells: CELL_SENSE };
const cell = (zone: string, surfing: number, kitesurfing = 0) => ({ zone, scores: { surfing, kitesurfing } });

describe('a frame by its cells', () => {
  it('is judged zone by zone, and as a whole by the strongest', () => {
    const cells = [cell('reef', 0.2), cell('reef', 0.2), cell('bay', 0.1, 0.7)];
    const zones = zoneScoresOf(cells, HEAD);
    expect([...zones.keys()]).toEqual(['reef', 'bay']);
    // By its surest rider: another as faint adds nothing.
    expect(zones.get('reef')?.surfing).toBeCloseTo(0.2, 2);
    const frame = frameScoresOf(cells, HEAD);
    expect(frame.surfing).toBe(zones.get('reef')?.surfing);
    expect(frame.kitesurfing).toBe(zones.get('bay')?.kitesurfing);
    expect(frame.kitesurfing).toBeGreaterThan(0.7);
  });

  it('does not depend on how many cells show nobody', () => {
    const empty = Array.from({ length: 40 }, () => cell('reef', 1e-4));
    const [few, many] = [[cell('reef', 0.6)], [cell('reef', 0.6), ...empty]].map(cells =>
      frameScoresOf(cells, HEAD),
    );
    expect(many?.surfing).toBeCloseTo(few?.surfing ?? 0, 2);
  });

  it('is not judged by what lies in no zone', () => {
    expect(frameScoresOf([cell('', 0.99)], HEAD)).toEqual(frameScoresOf([], HEAD));
    expect(Object.keys(frameScoresOf([], HEAD))).toEqual(HEAD.activities);
    expect(frameScoresOf([], HEAD).surfing).toBeLessThan(0.01);
  });
});
