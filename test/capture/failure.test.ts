import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { describe, expect, test } from 'vitest';
import { endChild, Undead } from '../../src/capture/child.ts';
import { failureOf } from '../../src/capture/failure.ts';
import { SamePictures } from '../../src/capture/same-pictures.ts';
import type { FrameSource } from '../../src/capture/source.ts';
import { SurfwatchError } from '../../src/errors.ts';
import { fakeClock } from '../support/fake-clock.ts';

const timeout = new SurfwatchError('camera-timeout', 'no picture within 10 s');

function source(advice?: FrameSource['advice']): FrameSource {
  const rest = {
    kind: 'webcam',
    dropped: 0,
    grab: async () => Promise.reject(timeout),
    close: async () => {},
  } as const;
  return { ...rest, ...(advice === undefined ? {} : { advice }) };
}

describe('what a failure tells', () => {
  const told = async (inARow: number, error: unknown, advice?: FrameSource['advice']) =>
    (await failureOf(error, inARow, source(advice), fakeClock())).message;

  test('the advice from the second in a row on', async () => {
    expect(await told(1, timeout, async () => 'pull the plug')).toBe('no picture within 10 s');
    expect(await told(2, timeout, async () => 'pull the plug')).toBe('no picture within 10 s; pull the plug');
    expect(await told(9, timeout, async () => undefined)).toBe('no picture within 10 s');
    expect(await told(9, timeout)).toBe('no picture within 10 s');
  });

  test('none about what has another cause', async () => {
    const refused = new SurfwatchError('camera-unauthorized', 'wrong password');
    expect(await told(9, refused, async () => 'pull the plug')).toBe('wrong password');
  });

  test('an advice that fails or never comes is none', async () => {
    expect(await told(2, timeout, () => Promise.reject(new Error('oops')))).toBe('no picture within 10 s');
    const clock = fakeClock();
    const failure = failureOf(
      timeout,
      2,
      source(() => new Promise(() => {})),
      clock,
    );
    await clock.advance(1000);
    expect(await failure).toEqual({ code: 'camera-timeout', message: 'no picture within 10 s' });
    expect(clock.sleeping).toBe(0);
  });
});

describe('a child that survives its SIGKILL', () => {
  // A process in uninterruptible sleep cannot be made to order: this one has a number, and no ears.
  function deaf() {
    return Object.assign(new EventEmitter(), {
      ...{ pid: 2 ** 30, exitCode: null as number | null, signalCode: null, kill: () => true },
      ...{ stdin: null, stdout: null, stderr: null },
    });
  }

  test('is waited for 2 s, and keeps others from being started until it is gone', async () => {
    const child = deaf();
    const undead = new Undead();
    await endChild(child as unknown as ChildProcess, 0);
    undead.watch(child as unknown as ChildProcess);
    expect(() => undead.mustBeGone('/dev/video0')).toThrow(
      expect.objectContaining({ code: 'camera-hung', message: expect.stringContaining('/dev/video0') }),
    );
    child.exitCode = 0;
    undead.mustBeGone('/dev/video0');
  });

  test('one that is gone does not', async () => {
    const child = spawn('sleep', ['600']);
    const undead = new Undead();
    await endChild(child, 0);
    undead.watch(child);
    undead.mustBeGone('/dev/video0');
    expect(child.signalCode).toBe('SIGKILL');
  });

  test('pipes that something else holds open are let go', async () => {
    const child = spawn('sh', ['-c', 'sleep 600 & echo $!']);
    const [grandchild] = await new Promise<string[]>(resolve =>
      child.stdout.once('data', data => resolve([String(data)])),
    );
    await new Promise(resolve => child.once('exit', resolve));
    await endChild(child, 0);
    expect([child.stdout.destroyed, child.stderr.destroyed]).toEqual([true, true]);
    process.kill(Number(grandchild));
  });
});

test('equal pictures tell since when they have been equal', () => {
  const same = new SamePictures();
  const [a, b] = [Buffer.from('a'), Buffer.from('b')];
  expect(same.since(a, 1000)).toEqual({});
  expect(same.since(Buffer.from('a'), 2000)).toEqual({ unchangedSince: 1000 });
  expect(same.since(a, 3000)).toEqual({ unchangedSince: 1000 });
  expect(same.since(b, 4000)).toEqual({});
  expect(same.since(a, 5000)).toEqual({});
});
