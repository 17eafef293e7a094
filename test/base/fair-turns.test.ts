import { expect, test } from 'vitest';
import { deferred } from '../../src/base/deferred.ts';
import { fairTurns, type InTurn } from '../../src/base/fair-turns.ts';

/** Notes in which order work is done, one piece at a time. */
function bench() {
  const user = fairTurns();
  const order: string[] = [];
  let running = 0;
  const gate = deferred<void>();
  const give = (inTurn: InTurn, name: string, signal?: AbortSignal) =>
    inTurn(async () => {
      running += 1;
      expect(running).toBe(1);
      order.push(name);
      await gate.promise;
      running -= 1;
      return name;
    }, signal);
  return { user, order, give, open: () => gate.resolve() };
}

test('one at a time, and nobody twice while another waits', async () => {
  const { user, order, give, open } = bench();
  const [a, b, c] = [user(), user(), user()];
  const all = [give(a, 'a1'), give(a, 'a2'), give(a, 'a3'), give(b, 'b1'), give(b, 'b2'), give(c, 'c1')];
  expect(order).toEqual(['a1']);
  open();
  expect(await Promise.all(all)).toEqual(['a1', 'a2', 'a3', 'b1', 'b2', 'c1']);
  expect(order).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3']);
});

test('work that fails keeps nobody from his turn', async () => {
  const user = fairTurns();
  const [a, b] = [user(), user()];
  const failed = a(() => Promise.reject(new Error('no')));
  const done = b(async () => 'done');
  await expect(failed).rejects.toThrow('no');
  expect(await done).toBe('done');
});

test('who gives up while waiting is rejected at once, and what runs is left alone', async () => {
  const { user, order, give, open } = bench();
  const [a, b] = [user(), user()];
  const controller = new AbortController();
  const running = give(a, 'a', controller.signal);
  const waiting = give(b, 'b', controller.signal);
  controller.abort(new Error('given up'));
  await expect(waiting).rejects.toThrow('given up');
  await expect(give(b, 'late', controller.signal)).rejects.toThrow('given up');
  open();
  expect(await running).toBe('a');
  expect(order).toEqual(['a']);
});
