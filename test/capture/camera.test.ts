import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { Camera, type CameraParts, type StatusChange } from '../../src/capture/camera.ts';
import { EndOfFrames, type Frame, type FrameSource, type Picture } from '../../src/capture/source.ts';
import { SurfwatchError } from '../../src/errors.ts';
import { type FakeClock, fakeClock } from '../support/fake-clock.ts';
import { fc } from '../support/fast-check.ts';

/** What a scripted camera does at one grab. `deaf`: hangs and ignores its signal. */
type Act = 'picture' | 'hang' | 'deaf' | 'missing' | 'garbage' | 'end' | 'slow';

class ScriptedSource implements FrameSource {
  readonly kind = 'simulator';
  dropped = 0;
  closes = 0;
  grabs: number[] = [];
  /** Grabs begun and not ended, those left behind aside. */
  open = 0;
  readonly #clock: FakeClock;
  readonly #next: () => Act;

  constructor(clock: FakeClock, next: () => Act) {
    this.#clock = clock;
    this.#next = next;
  }

  async grab(signal: AbortSignal): Promise<Picture> {
    this.grabs.push(this.#clock.monotonic());
    const act = this.#next();
    if (act === 'deaf') return new Promise(() => {});
    this.open += 1;
    try {
      if (act === 'hang') await this.#clock.sleep(1e12, signal);
      if (act === 'slow') await this.#clock.sleep(900, signal);
      if (act === 'missing') throw new SurfwatchError('camera-missing', 'no such device');
      if (act === 'garbage') throw new SurfwatchError('camera-bad-response', 'no picture');
      if (act === 'end') throw new EndOfFrames('that was all');
      return { bytes: Buffer.from([1]), origin: 'script' };
    } finally {
      this.open -= 1;
    }
  }

  async close(): Promise<void> {
    this.closes += 1;
  }
}

function set(next: () => Act, parts: Partial<CameraParts> = {}) {
  const clock = fakeClock();
  const source = new ScriptedSource(clock, next);
  const frames: Frame[] = [];
  const changes: StatusChange[] = [];
  const lines: string[] = [];
  const camera = new Camera({
    source,
    clock,
    log: pino({ level: 'debug' }, { write: line => lines.push(line) }),
    options: { intervalMs: 1000, timeoutMs: 5000, offlineAfterMs: 20_000 },
    retry: { retryMinMs: 500, retryMaxMs: 8000 },
    onFrame: async frame => {
      frames.push(frame);
    },
    onStatus: change => changes.push(change),
    random: () => 1,
    ...parts,
  });
  const statuses = () => changes.map(change => change.status);
  return { camera, clock, source, frames, changes, statuses, lines };
}

/** Plays acts in order, then the last one for ever. */
const acts = (...list: Act[]) => {
  let index = 0;
  return () => list[Math.min(index++, list.length - 1)] ?? 'picture';
};

describe('pace', () => {
  test('one picture at once, then one each interval', async () => {
    const { camera, clock, source, frames, statuses } = set(acts('picture'));
    expect(camera.stats.status).toBe('starting');
    camera.start();
    camera.start();
    await clock.advance(3500);
    expect(source.grabs).toEqual([0, 1000, 2000, 3000]);
    expect(frames.map(frame => frame.takenAt - (frames[0]?.takenAt ?? 0))).toEqual([0, 1000, 2000, 3000]);
    expect(statuses()).toEqual(['online']);
    await camera.stop();
    await clock.advance(10_000);
    expect(source.grabs).toHaveLength(4);
    expect(source.closes).toBe(1);
    expect(clock.sleeping).toBe(0);
  });

  test('ids are ULIDs that sort by time, even when the wall clock jumps back', async () => {
    const { camera, clock, frames } = set(acts('picture'));
    camera.start();
    await clock.advance(2500);
    clock.jump(-3_600_000);
    await clock.advance(3000);
    const ids = frames.map(frame => frame.id);
    expect(ids).toHaveLength(6);
    for (const id of ids) expect(id).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
    await camera.stop();
  });

  test('no backlog: moments missed while a frame is at work are counted and skipped', async () => {
    const clock = fakeClock();
    let busy = 0;
    const { camera, source } = set(acts('picture'), {
      clock,
      onFrame: async () => {
        expect(++busy).toBe(1);
        await clock.sleep(2500);
        busy -= 1;
      },
    });
    const grabs = () => source.grabs.length;
    camera.start();
    await clock.advance(0);
    expect(grabs()).toBe(1);
    await clock.advance(2999);
    expect(grabs()).toBe(1);
    await clock.advance(1);
    expect(grabs()).toBe(2);
    expect(camera.stats).toMatchObject({ frames: 2, dropped: 2 });
    await clock.advance(3000);
    expect(camera.stats).toMatchObject({ frames: 3, dropped: 4 });
    const stopped = camera.stop();
    await clock.advance(2500);
    await stopped;
  });

  test('what the source dropped is counted too', () => {
    const { camera, source } = set(acts('picture'));
    source.dropped = 7;
    expect(camera.stats.dropped).toBe(7);
  });

  test('setPace takes effect from the moment it is called, and a slower one too', async () => {
    const { camera, clock, source } = set(acts('picture'));
    camera.start();
    await clock.advance(300);
    camera.setPace(200);
    camera.setPace(200);
    await clock.advance(700);
    expect(source.grabs).toEqual([0, 500, 700, 900]);
    camera.setPace(60_000);
    await clock.advance(60_000);
    expect(source.grabs).toEqual([0, 500, 700, 900, 61_000]);
    await camera.stop();
  });

  test('a picture that is asked for while a frame is at work follows it at once', async () => {
    let done: () => void = () => undefined;
    const { camera, clock, source } = set(() => 'picture', {
      onFrame: () =>
        new Promise(resolve => {
          done = resolve;
        }),
    });
    camera.start();
    await clock.advance(300);
    camera.takeNow();
    await clock.advance(1900);
    done();
    await clock.settle();
    expect(source.grabs).toEqual([0, 2200]);
    done();
    // The pace goes on from there.
    await clock.advance(999);
    expect(source.grabs).toHaveLength(2);
    await clock.advance(1);
    expect(source.grabs).toEqual([0, 2200, 3200]);
    done();
    await camera.stop();
  });

  test('a picture that is asked for does not wait for the back-off; each failure is told', async () => {
    const failures: string[] = [];
    const { camera, clock, source } = set(() => 'missing', {
      onFailure: ({ code }) => failures.push(code),
    });
    camera.start();
    await clock.advance(100);
    camera.takeNow();
    await clock.settle();
    expect(source.grabs).toEqual([0, 100]);
    expect(failures).toEqual(['camera-missing', 'camera-missing']);
    await clock.advance(500);
    expect(source.grabs).toHaveLength(2);
    await camera.stop();
  });

  test('a pace slower than offlineAfterMs does not make the camera flicker', async () => {
    const { camera, clock, statuses } = set(acts('picture'));
    camera.start();
    await clock.advance(1);
    camera.setPace(60_000);
    await clock.advance(600_000);
    expect(statuses()).toEqual(['online']);
    await camera.stop();
  });
});

describe('failures', () => {
  test.each<Act>(['hang', 'deaf'])('%s: times out, closes the source and starts afresh', async act => {
    const { camera, clock, source, statuses } = set(acts('picture', act, 'picture'));
    camera.start();
    await clock.advance(1000);
    expect(source.grabs).toEqual([0, 1000]);
    await clock.advance(5000);
    expect(source.closes).toBe(1);
    expect(camera.stats).toMatchObject({ failures: 1, lastError: { code: 'camera-timeout' } });
    await clock.advance(1000);
    expect(source.grabs).toEqual([0, 1000, 7000]);
    expect(source.open).toBe(0);
    expect(statuses()).toEqual(['online']);
    await camera.stop();
  });

  test('backs off between retryMinMs and retryMaxMs, doubling, and is forgiven at the first picture', async () => {
    const { camera, clock, source } = set(
      acts(
        'picture',
        'garbage',
        'garbage',
        'garbage',
        'garbage',
        'garbage',
        'garbage',
        'picture',
        'garbage',
        'picture',
      ),
    );
    camera.start();
    await clock.advance(45_000);
    const waits = source.grabs.slice(0, 11).map((at, index) => at - (source.grabs[index - 1] ?? 0));
    expect(waits).toEqual([0, 1000, 1000, 2000, 4000, 8000, 8000, 8000, 1000, 1000, 1000]);
    expect(source.closes).toBe(0);
    await camera.stop();
  });

  test.each<[Act, number]>([
    ['missing', 0],
    ['garbage', 3000],
    ['hang', 18_000],
    ['deaf', 18_000],
  ])('a camera that begins with %s is offline after %i ms', async (act, at) => {
    const { camera, clock, changes } = set(acts(act));
    camera.start();
    if (at > 0) {
      await clock.advance(at - 1);
      expect(changes).toEqual([]);
    }
    await clock.advance(Math.min(at, 1));
    expect(changes).toMatchObject([
      { status: 'offline', error: { code: expect.stringMatching(/^camera-/) } },
    ]);
    await clock.advance(100_000);
    expect(changes).toHaveLength(1);
    await camera.stop();
  });

  test('vanishes: offline once after offlineAfterMs with the reason, online once when it returns', async () => {
    let present = true;
    const { camera, clock, changes, statuses } = set(() => (present ? 'picture' : 'missing'));
    camera.start();
    await clock.advance(10_000);
    const lastFrameAt = camera.stats.lastFrameAt ?? 0;
    present = false;
    await clock.advance(19_999);
    expect(statuses()).toEqual(['online']);
    await clock.advance(1);
    expect(statuses()).toEqual(['online', 'offline']);
    expect(changes[1]).toEqual({
      status: 'offline',
      at: lastFrameAt + 20_000,
      error: { code: 'camera-missing', message: 'no such device' },
    });
    await clock.advance(3_600_000);
    present = true;
    await clock.advance(8000);
    expect(statuses()).toEqual(['online', 'offline', 'online']);
    await camera.stop();
    expect(statuses()).toHaveLength(3);
  });

  test('a picture that takes longer than offlineAfterMs to time out: offline all the same', async () => {
    const { camera, clock, changes } = set(acts('hang'), {
      options: {
        intervalMs: 1000,
        timeoutMs: 60_000,
        offlineAfterMs: 20_000,
      },
    });
    camera.start();
    await clock.advance(20_000);
    expect(changes.map(change => change.status)).toEqual(['offline']);
    await camera.stop();
  });

  test('the end of a finite source is no failure', async () => {
    const { camera, clock, source, statuses } = set(acts('picture', 'picture', 'end'));
    camera.start();
    await clock.advance(100_000);
    expect(statuses()).toEqual(['online', 'ended']);
    expect(source.grabs).toHaveLength(3);
    expect(source.closes).toBe(1);
    expect(camera.stats).toMatchObject({ status: 'ended', failures: 0 });
    expect(clock.sleeping).toBe(0);
    await camera.stop();
  });

  test('an exception in onFrame or onStatus is logged with its code and does not end the loop', async () => {
    const { camera, clock, lines, source } = set(acts('picture'), {
      onFrame: () => Promise.reject(new SurfwatchError('config-invalid', 'bad frame')),
      onStatus: () => {
        throw new Error('nobody listens');
      },
    });
    camera.start();
    await clock.advance(2000);
    expect(source.grabs).toHaveLength(3);
    expect(lines.filter(line => line.includes('"code":"config-invalid"'))).toHaveLength(3);
    expect(lines.filter(line => line.includes('nobody listens'))).toHaveLength(1);
    await camera.stop();
  });

  test('the same failure again and again is one warning', async () => {
    const { camera, clock, lines } = set(acts('missing'));
    camera.start();
    await clock.advance(3_600_000);
    expect(camera.stats.failures).toBeGreaterThan(400);
    expect(lines.filter(line => line.includes('"level":40'))).toHaveLength(2);
    await camera.stop();
  });
});

test('a camera that hangs again and again is offline with the advice of its source', async () => {
  const { camera, clock, source, changes } = set(acts('hang'));
  Object.assign(source, { advice: async () => 'pull the plug' });
  camera.start();
  await clock.advance(20_000);
  expect(changes).toMatchObject([
    { status: 'offline', error: { code: 'camera-timeout', message: 'no picture within 5 s; pull the plug' } },
  ]);
  await camera.stop();
});

test('a frame with the bytes of the one before tells since when', async () => {
  const { camera, clock, frames } = set(acts('picture'));
  camera.start();
  await clock.advance(2000);
  const first = frames[0]?.takenAt;
  expect(frames.map(frame => frame.unchangedSince)).toEqual([undefined, first, first]);
  await camera.stop();
});

describe('stop', () => {
  test.each<Act>(['hang', 'deaf', 'missing', 'picture'])('during %s, without time passing', async act => {
    const { camera, clock, source, changes } = set(acts(act));
    camera.start();
    await clock.advance(10);
    const before = changes.length;
    await camera.stop();
    expect(source.closes).toBe(1);
    expect(clock.sleeping).toBe(0);
    expect(changes).toHaveLength(before);
    await camera.stop();
  });

  test('after a source that threw rather than rejected', async () => {
    const { camera, clock, source } = set(acts('picture'));
    source.grab = () => {
      throw new Error('broken');
    };
    camera.start();
    await clock.advance(10);
    expect(camera.stats.lastError).toEqual({ code: 'camera-failed', message: 'broken' });
    // A rejection that nobody hears would fail this run of the tests.
    await camera.stop();
    await clock.settle();
  });

  test('before start', async () => {
    const { camera, source } = set(acts('picture'));
    await camera.stop();
    expect(source.grabs).toEqual([]);
  });

  test('a source that never closes is waited for no longer than for a picture', async () => {
    const { camera, clock, source } = set(acts('picture'));
    source.close = () => new Promise(() => {});
    camera.start();
    await clock.advance(10);
    let stopped = false;
    const done = camera.stop().then(() => {
      stopped = true;
    });
    await clock.advance(4999);
    expect(stopped).toBe(false);
    await clock.advance(1);
    await done;
    expect(stopped).toBe(true);
  });
});

test('whatever the camera does: one grab at a time, ordered frames, honest status, and it recovers', async () => {
  const act = fc.constantFrom<Act>('picture', 'hang', 'deaf', 'missing', 'garbage', 'slow');
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 25 }), async script => {
      const { camera, clock, source, frames, changes } = set(acts(...script, 'picture'));
      camera.start();
      for (let second = 0; second < 400; second++) {
        await clock.advance(1000);
        expect(source.open).toBeLessThanOrEqual(1);
        const { status, lastFrameAt = 0 } = camera.stats;
        if (status === 'online') expect(clock.now() - lastFrameAt).toBeLessThanOrEqual(20_000);
      }
      expect(source.grabs.length).toBeGreaterThan(script.length);
      expect(camera.stats.status).toBe('online');
      const bad = script.filter(one => one !== 'picture' && one !== 'slow').length;
      expect(camera.stats).toMatchObject({ frames: source.grabs.length - bad, failures: bad });
      expect(frames.map(frame => frame.id)).toEqual(frames.map(frame => frame.id).sort());
      for (const [index, change] of changes.entries()) {
        expect(change.status).not.toBe(changes[index - 1]?.status ?? 'starting');
      }
      await camera.stop();
      expect(clock.sleeping).toBe(0);
    }),
    { numRuns: 15 },
  );
});
