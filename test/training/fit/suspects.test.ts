import { describe, expect, it } from 'vitest';
import type { JudgedSample } from '../../../src/learning/fit/judge-set.ts';
import { findSuspects } from '../../../src/training/fit/suspects.ts';
import { ACTIVITIES } from '../../learning/support.ts';

function judged(file: string, truth: string | null, likely: string | null, sure = 0.9): JudgedSample {
  const scores = Object.fromEntries(ACTIVITIES.map(name => [name, name === likely ? sure : (1 - sure) / 3]));
  return {
    truth: truth === null ? [] : [truth],
    found: likely === null ? [] : [likely],
    scores,
    group: file,
    source: 'photos',
    file,
    part: '',
  };
}

describe('findSuspects', () => {
  const right = [...ACTIVITIES, null].flatMap(name =>
    Array.from({ length: 10 }, (_, index) => judged(`${name}-${index}.jpg`, name, name)),
  );

  it('names what is labelled as one class and surely another, none included', () => {
    const wrong = [
      judged('swapped.jpg', 'surfing', 'kitesurfing', 0.95),
      judged('empty.jpg', 'windsurfing', null, 0.97),
      judged('rider.jpg', null, 'surfing', 0.93),
    ];
    const files = findSuspects([...right, ...wrong], ACTIVITIES).map(({ file }) => file);
    expect(files.sort()).toEqual(['empty.jpg', 'rider.jpg', 'swapped.jpg']);
  });

  it('leaves alone what is right, and what the head is not sure of', () => {
    expect(findSuspects(right, ACTIVITIES)).toEqual([]);
    expect(findSuspects([...right, judged('hard.jpg', 'surfing', 'kitesurfing', 0.5)], ACTIVITIES)).toEqual(
      [],
    );
  });

  it('takes any of several activities for right', () => {
    const both = { ...judged('both.jpg', 'surfing', 'kitesurfing', 0.95), truth: ['surfing', 'kitesurfing'] };
    expect(findSuspects([...right, both], ACTIVITIES)).toEqual([]);
  });
});
