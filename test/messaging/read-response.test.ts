import { describe, expect, it } from 'vitest';
import { mayAnswerPicture } from '../../src/messaging/read-response.ts';

describe('mayAnswerPicture', () => {
  const answer = (labels: readonly string[]) => ({ v: 1, status: 'ok', data: { labels } }) as const;

  it.each([
    [['none'], [], true],
    [[], [], true],
    [['surfing', 'kitesurfing'], ['kitesurfing', 'surfing'], true],
    [['none'], ['surfing'], false],
    [['surfing'], [], false],
  ])('a picture of %j is answered by %j: %s', (asked, given, matches) => {
    expect(mayAnswerPicture(answer(given), asked)).toBe(matches);
  });
});
