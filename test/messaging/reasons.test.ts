import { describe, expect, it } from 'vitest';
import { reason } from '../../src/messaging/reasons.ts';

describe('a reason', () => {
  it('is an English sentence with its values, each written as what it is', () => {
    const values = { activity: 'surfing', judged: 120, before: 0.9134, after: 0.8, allowed: 0.1 };
    expect(reason('base-recall-fell', values)).toEqual({
      code: 'base-recall-fell',
      text: 'Recall of surfing on the base set (120 judged) fell from 91.3\u{a0}% to 80.0\u{a0}%; 10.0\u{a0}% less is let pass.',
      values,
    });
  });

  it('says of a value that is not known that it is unknown', () => {
    const { text } = reason('flips', { flips: 81.7, flipsBefore: null });
    expect(text).toBe('the activity changes 82 times an hour, before unknown');
  });
});
