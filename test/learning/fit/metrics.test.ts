import { describe, expect, it } from 'vitest';
import { measure, type Prediction, strongest } from '../../../src/learning/fit/metrics.ts';

const predicted = (
  truth: string[],
  found: string[],
  scores: Record<string, number> = { surf: 0.9, kite: 0.1 },
): Prediction => ({
  truth,
  found,
  scores,
});

describe('measure', () => {
  it('counts as by hand', () => {
    const metrics = measure(
      [
        predicted(['surf'], ['surf']),
        predicted(['surf'], ['surf']),
        predicted(['surf'], ['kite'], { surf: 0.2, kite: 0.8 }),
        predicted(['surf'], []),
        predicted(['kite'], ['kite'], { surf: 0.1, kite: 0.7 }),
        predicted(['kite'], ['surf']),
        predicted([], []),
        predicted([], []),
        predicted([], []),
        predicted([], ['kite'], { surf: 0.1, kite: 0.9 }),
      ],
      ['surf', 'kite'],
    );
    expect(metrics.pictures).toBe(10);
    expect(metrics.accuracy).toBeCloseTo(6 / 10, 9);
    expect(metrics.balancedAccuracy).toBeCloseTo((2 / 4 + 1 / 2 + 3 / 4) / 3, 9);
    // The fourth surfing picture is missed by its threshold, not by its highest score.
    expect(metrics.activityAccuracy).toBeCloseTo(4 / 6, 9);
    expect(metrics.confusion).toEqual({
      surf: { surf: 2, kite: 1, none: 1 },
      kite: { surf: 1, kite: 1, none: 0 },
      none: { surf: 0, kite: 1, none: 3 },
    });
    expect(metrics.classes.surf).toEqual({ support: 4, precision: 2 / 3, recall: 2 / 4, f1: 4 / 7 });
    expect(metrics.classes.kite).toEqual({ support: 2, precision: 1 / 3, recall: 1 / 2, f1: 2 / 5 });
    expect(metrics.classes.none).toEqual({ support: 4, precision: 3 / 4, recall: 3 / 4, f1: 6 / 8 });
  });

  it('takes either activity of a picture that shows two', () => {
    const both = measure(
      [predicted(['surf', 'kite'], ['kite', 'surf']), predicted(['surf', 'kite'], ['surf'])],
      ['surf', 'kite'],
    );
    expect(both.accuracy).toBe(1);
    expect(both.confusion.kite).toEqual({ surf: 0, kite: 1, none: 0 });
    expect(both.confusion.surf).toEqual({ surf: 1, kite: 0, none: 0 });
    expect(both.classes.kite).toMatchObject({ support: 2, recall: 1 / 2, precision: 1 });
  });

  it('has no figure where there is nothing to divide by', () => {
    const metrics = measure([predicted([], [])], ['surf', 'kite']);
    expect(metrics.classes.surf).toEqual({ support: 0, precision: null, recall: null, f1: null });
    expect(metrics).toMatchObject({ accuracy: 1, balancedAccuracy: 1, activityAccuracy: null });
    expect(measure([], ['surf'])).toMatchObject({ pictures: 0, accuracy: 0, balancedAccuracy: 0 });
  });
});

describe('strongest', () => {
  it('is the first of the highest', () => {
    expect(strongest({ surf: 0.2, kite: 0.7, wind: 0.7 })).toBe('kite');
  });
});
