import { expect, test } from 'vitest';
import { liveView } from '../../src/base/live-view.ts';

test('a view has the values of the present object, a copy of it those of its time', () => {
  let current = { size: 1, name: 'a' };
  const view = liveView(() => current);
  const copy = { ...view };
  current = { size: 2, name: 'b' };
  expect({ ...view }).toEqual({ size: 2, name: 'b' });
  expect(view.size).toBe(2);
  expect(copy).toEqual({ size: 1, name: 'a' });
});
