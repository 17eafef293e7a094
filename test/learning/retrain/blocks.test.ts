import { ulid } from 'ulid';
import { describe, expect, it } from 'vitest';
import { blockOf, divideByBlock, heldFrames, isHeldBlock } from '../../../src/learning/retrain/blocks.ts';
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
    // Written down when the rule was made: a board must hold back for ever what it held out once.
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

describe('heldFrames', () => {
  const FIRST = Date.UTC(2026, 5, 1, 9);
  const entry = (frame: string) => ({ seq: 0, frame, at: 0, by: '', way: 'mqtt' as const, labels: [] });
  const framesAt = (...seconds: number[]) => seconds.map(after => ulid(FIRST + after * 1000));
  const heldOf = (frames: readonly string[], images: readonly string[] = []) => {
    const held = heldFrames(frames.map(entry), frame => images.includes(frame));
    return frames.flatMap((frame, index) => (held.has(frame) ? [index] : []));
  };

  it('holds the third of a session back, and every fifth after it', () => {
    expect(heldOf(framesAt(0, 20))).toEqual([]);
    expect(heldOf(framesAt(...Array.from({ length: 13 }, (_, index) => index * 20)))).toEqual([2, 7, 12]);
  });

  it('puts frames taken within ten seconds, and later within an hour, on the same side', () => {
    const hour = 3600;
    expect(heldOf(framesAt(0, 20, 40, 43, 60))).toEqual([2, 3]);
    expect(heldOf(framesAt(0, hour, 2 * hour, 2 * hour + 1800, 3 * hour))).toEqual([2, 3]);
  });

  it('lets a picture that was sent in stand by itself', () => {
    const frames = framesAt(0, 0, 0, 0);
    expect(heldOf(frames, frames)).toEqual([2]);
  });

  it('never moves a frame to the other side, whatever is labelled later', () => {
    const seconds = fc.array(fc.integer({ min: 0, max: 40_000 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(seconds, fc.nat(), (times, cut) => {
        const frames = framesAt(...times);
        const some = frames.slice(0, 1 + (cut % frames.length));
        expect(heldOf(frames).filter(index => index < some.length)).toEqual(heldOf(some));
      }),
    );
  });
});
