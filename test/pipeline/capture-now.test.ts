import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import getPort from 'get-port';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { createSource } from '../../src/capture/create.ts';
import { SurfwatchError } from '../../src/errors.ts';
import { grabOnce, NextLook } from '../../src/pipeline/capture-now.ts';
import type { Look } from '../../src/pipeline/watch.ts';
import { settingsWith } from '../control/support.ts';
import { drawnBeach } from '../daemon/support.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { silent as log } from '../support/log.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const signal = new AbortController().signal;

/** A look at a frame whose work began then. */
function lookAt(monotonicMs: number): Look {
  return { looked: { observation: { monotonicMs } } } as unknown as Look;
}

/** What became of a promise so far. */
function outcomeOf<T>(promise: Promise<T>) {
  const outcome: { value?: T; error?: unknown } = {};
  promise.then(
    value => Object.assign(outcome, { value }),
    error => Object.assign(outcome, { error }),
  );
  return outcome;
}

describe('the next look', () => {
  it('is one at a frame that came in after it was asked for, for all who wait', async () => {
    const [clock, next] = [fakeClock(), new NextLook()];
    await clock.advance(50);
    const waiting = [
      outcomeOf(next.within(1000, clock, signal)),
      outcomeOf(next.within(1000, clock, signal)),
    ];
    next.give(lookAt(49));
    await clock.settle();
    expect(waiting).toEqual([{}, {}]);
    const look = lookAt(50);
    next.give(look);
    await clock.settle();
    expect(waiting).toEqual([{ value: look }, { value: look }]);
    expect(clock.sleeping).toBe(0);
  });

  it('fails at once with what it is told, and is none where none will come', async () => {
    const [clock, next] = [fakeClock(), new NextLook()];
    const failing = outcomeOf(next.within(1e9, clock, signal));
    const missing = new SurfwatchError('camera-missing', 'no such device');
    next.fail(missing);
    await clock.settle();
    expect(failing).toEqual({ error: missing });
    const none = outcomeOf(next.within(1e9, clock, signal));
    next.give(null);
    await clock.settle();
    expect(none).toEqual({ value: null });
    expect(clock.sleeping).toBe(0);
    // Nobody waits any more: what comes now is nobody's.
    next.fail(missing);
  });

  it('is waited for no longer than is said', async () => {
    const [clock, next] = [fakeClock(), new NextLook()];
    const waiting = outcomeOf(next.within(1000, clock, signal));
    await clock.advance(999);
    expect(waiting).toEqual({});
    await clock.advance(1);
    expect(waiting.error).toMatchObject({ code: 'camera-timeout', message: 'no picture within 1 s' });
  });
});

describe('one picture from a source of its own', () => {
  const options = { clock: systemClock, timeoutMs: 60_000, newId: () => 'id-1' };
  const sourceOf = (set: readonly string[]) =>
    createSource(settingsWith(set).camera, { clock: systemClock, log });

  it('is taken from a folder', async () => {
    const folder = await temporaryFolder();
    const bytes = await drawnBeach(1, 'none');
    await writeFile(join(folder, 'beach.jpg'), bytes);
    const source = sourceOf(['camera.kind=directory', `camera.directory.path=${folder}`]);
    const frame = await grabOnce(source, options, signal);
    expect(frame).toMatchObject({ id: 'id-1', takenAt: expect.any(Number) });
    expect(bytes.equals(frame.bytes)).toBe(true);
  });

  it('fails as the source does', async () => {
    const missing = sourceOf(['camera.kind=directory', 'camera.directory.path=/nowhere/at/all']);
    await expect(grabOnce(missing, options, signal)).rejects.toMatchObject({ code: 'camera-missing' });
    const closed = sourceOf(['camera.kind=http', `camera.http.url=http://127.0.0.1:${await getPort()}/`]);
    await expect(grabOnce(closed, options, signal)).rejects.toMatchObject({ code: 'camera-unreachable' });
  });

  it('ends when whoever asked ends it, or time is up', async () => {
    const server = createServer(() => undefined).listen(0, '127.0.0.1');
    await new Promise(resolve => server.once('listening', resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const url = `camera.http.url=http://127.0.0.1:${port}/`;
    const asked = new Promise(resolve => server.once('request', resolve));
    const ending = new AbortController();
    const grab = grabOnce(sourceOf(['camera.kind=http', url]), options, ending.signal);
    await asked;
    ending.abort(new Error('nobody waits'));
    await expect(grab).rejects.toThrow('nobody waits');
    const late = grabOnce(sourceOf(['camera.kind=http', url]), { ...options, timeoutMs: 100 }, signal);
    await expect(late).rejects.toMatchObject({ code: 'camera-timeout' });
  });
});
