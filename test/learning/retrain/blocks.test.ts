import { describe, expect, it } from 'vitest';
import { blockOf, divideByBlock, isHeldBlock } from '../../../src/learning/retrain/blocks.ts';
import { fc } from '../../support/fast-check.ts';

const times = fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2060, 0) });

describe('blockOf', () => {
  it('names the UTC hour', () => {
    expect(blockOf(Date.UTC(2026, 5, 1, 9, 59, 59, 999))).toBe('2026-06-01T09');
    expect(blockOf(Date.UTC(2026, 5, 1, 10))).toBe('2026-06-01T10');
  });
});

describe('isHeldBlock', () => {
  it('holds about a fifth of the hours', () => {
    const hours = Array.from({ length: 5000 }, (_, hour) => blockOf(Date.UTC(2026, 0, 1, hour)));
    const held = hours.filter(hour => isHeldBlock(hour)).length / hours.length;
    expect(held).toBeGreaterThan(0.18);
    expect(held).toBeLessThan(0.22);
  });

  it('never changes its mind', () => {
    // Written down when the rule was made: a board must hold back for ever what it held back once.
    expect(
      ['2026-06-01T04', '2026-06-01T05', '2026-06-01T06', '2026-06-01T07'].map(hour => isHeldBlock(hour)),
    ).toEqual(KNOWN);
  });
});

const KNOWN = [false, true, false, true];

describe('divideByBlock', () => {
  it('puts every frame on one side, and frames of one hour on the same', () => {
    fc.assert(
      fc.property(fc.array(times, { maxLength: 60 }), taken => {
        const frames = taken.map(takenAt => ({ takenAt }));
        const { fitted, held } = divideByBlock(frames);
        expect(new Set([...fitted, ...held])).toEqual(new Set(frames));
        expect(fitted.length + held.length).toBe(frames.length);
        const sides = [fitted, held].map(side => new Set(side.map(({ takenAt }) => blockOf(takenAt))));
        expect([...(sides[0] as Set<string>)].filter(block => sides[1]?.has(block))).toEqual([]);
      }),
    );
  });

  it('gives a frame the same side whatever else there is', () => {
    fc.assert(
      fc.property(times, fc.array(times, { maxLength: 20 }), (takenAt, others) => {
        const alone = divideByBlock([{ takenAt }]).held.length;
        const among = divideByBlock([...others, takenAt].map(at => ({ takenAt: at }))).held;
        expect(among.some(frame => frame.takenAt === takenAt)).toBe(alone === 1);
      }),
    );
  });
});
