import { describe, expect, it } from 'vitest';
import { moved, WHOLE, zoomed } from '../../../src/web/ui/parts/zoom.ts';
import { fc } from '../../support/fast-check.ts';

describe('zoom', () => {
  it('keeps the place under the pointer where it is', () => {
    const at = { x: 0.7, y: 0.4 };
    const once = zoomed(WHOLE, 3, at);
    expect(once.x + at.x / once.scale).toBeCloseTo(0.7);
    const twice = zoomed(once, 2, at);
    expect(twice.x + at.x / twice.scale).toBeCloseTo(0.7);
    expect(twice.y + at.y / twice.scale).toBeCloseTo(0.4);
  });

  it('shows the whole again when it is made small', () => {
    expect(zoomed(zoomed(WHOLE, 5, { x: 1, y: 1 }), 0.01, { x: 0, y: 0 })).toEqual(WHOLE);
  });

  it('never shows what lies beyond the picture', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const step = fc.record({ factor: fc.double({ min: 0.1, max: 10, noNaN: true }), x: share, y: share });
    fc.assert(
      fc.property(fc.array(step), steps => {
        const end = steps.reduce((zoom, { factor, ...at }) => moved(zoomed(zoom, factor, at), at), WHOLE);
        expect(end.scale).toBeGreaterThanOrEqual(1);
        for (const start of [end.x, end.y]) {
          expect(start).toBeGreaterThanOrEqual(0);
          expect(start + 1 / end.scale).toBeLessThanOrEqual(1 + 1e-9);
        }
      }),
    );
  });
});
