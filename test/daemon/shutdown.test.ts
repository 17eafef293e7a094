import { expect, it } from 'vitest';
import { Shutdown } from '../../src/daemon/shutdown.ts';

it('closes last what was opened first, each after the one before, and once', async () => {
  const closed: string[] = [];
  const shutdown = new Shutdown();
  shutdown.add(() => void closed.push('state'));
  shutdown.add(async () => {
    await Promise.resolve();
    closed.push('broker');
  });
  await Promise.all([shutdown.run(), shutdown.run()]);
  expect(closed).toEqual(['broker', 'state']);
});

it('closes the rest where one fails, and says what failed first', async () => {
  const closed: string[] = [];
  const shutdown = new Shutdown();
  shutdown.add(() => void closed.push('state'));
  shutdown.add(() => {
    throw new Error('second');
  });
  shutdown.add(() => Promise.reject(new Error('first')));
  await expect(shutdown.run()).rejects.toThrow('first');
  expect(closed).toEqual(['state']);
});
