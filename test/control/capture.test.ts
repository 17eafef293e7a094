import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { type CaptureDeps, capture } from '../../src/control/capture.ts';
import { SurfwatchError } from '../../src/errors.ts';
import type { PauseState } from '../../src/pipeline/pause.ts';
import type { ProcessedFrame } from '../../src/pipeline/processed-frame.ts';
import { frameOf, takenPicture } from './pictures.ts';

const picture = await takenPicture();
const signal = new AbortController().signal;

/** What the daemon saw on a frame, as far as a capture looks at it. */
function processed(zones: Record<string, Record<string, number>>, visibility = 'ok'): ProcessedFrame {
  const observation = {
    visibility,
    zones: Object.fromEntries(Object.entries(zones).map(([name, scores]) => [name, { scores }])),
  };
  return {
    frame: frameOf(picture),
    observed: { read: { head: 'head-1' }, observation },
  } as unknown as ProcessedFrame;
}

function deps(given: Partial<CaptureDeps> = {}): CaptureDeps {
  return {
    pause: { state: null },
    captureNow: async () =>
      processed({ north: { surfing: 0.9, kitesurfing: 0.2 }, south: { surfing: 0.1, kitesurfing: 0.61234 } }),
    keep: async () => 'kept',
    remember: async () => undefined,
    thresholds: () => ({ surfing: 0.5, kitesurfing: 0.6 }),
    onlyZones: () => null,
    ...given,
  };
}

describe('a capture', () => {
  it('is judged by itself: the strongest zone of each activity', async () => {
    const answer = await capture(deps(), {}, signal);
    expect(answer).toEqual({
      frame: expect.stringMatching(/^01/),
      takenAt: expect.stringMatching(/Z$/),
      activity: 'surfing',
      activities: ['surfing', 'kitesurfing'],
      scores: { surfing: 0.9, kitesurfing: 0.612 },
      visibility: 'ok',
      model: 'head-1',
    });
  });

  it('shows nobody, or what cannot be judged', async () => {
    const nobody = await capture(
      deps({ captureNow: async () => processed({ beach: { surfing: 0.3 } }) }),
      {},
      signal,
    );
    expect(nobody).toMatchObject({ activity: 'none', activities: [] });
    const dark = await capture(
      deps({ captureNow: async () => processed({ beach: { surfing: 0.9 } }, 'dark') }),
      {},
      signal,
    );
    expect(dark).toMatchObject({ activity: 'unknown', activities: [], visibility: 'dark' });
  });

  it('is kept and shown where that is asked for', async () => {
    const kept: string[] = [];
    const keep: CaptureDeps['keep'] = async ({ frame }) => {
      kept.push(frame.id);
      return 'full';
    };
    const answer = await capture(deps({ keep }), { keep: true, jpeg: true, width: 100 }, signal);
    expect(answer).toMatchObject({ keep: 'full', width: 100, height: 150 });
    expect(kept).toEqual([answer.frame]);
    const { width, exif } = await sharp(Buffer.from(answer.jpeg ?? '', 'base64')).metadata();
    expect([width, exif]).toEqual([100, undefined]);
  });

  it('is shown as blocks outside of the zones where the archive has it so', async () => {
    const [plain, masked] = await Promise.all(
      [null, []].map(onlyZones => capture(deps({ onlyZones: () => onlyZones }), { jpeg: true }, signal)),
    );
    const deviation = async (jpeg = '') =>
      (await sharp(Buffer.from(jpeg, 'base64')).greyscale().stats()).channels[0]?.stdev;
    expect(await deviation(masked?.jpeg)).toBeLessThan(((await deviation(plain?.jpeg)) ?? 0) / 3);
  });

  it('is refused in a pause, without asking the camera', async () => {
    const asked: string[] = [];
    const until = Date.UTC(2026, 5, 1, 13);
    const given = deps({
      pause: { state: { since: 0, until, reason: null } },
      captureNow: async () => void asked.push('asked') as never,
    });
    await expect(capture(given, { jpeg: true }, signal)).rejects.toMatchObject({
      code: 'capture-paused',
      message: 'the camera is paused until 2026-06-01T13:00:00.000Z',
    });
    expect(asked).toEqual([]);
  });

  it('is refused where a pause began while it was taken', async () => {
    const pause: { state: PauseState | null } = { state: null };
    const given = deps({
      pause,
      captureNow: async () => {
        pause.state = { since: 0, until: null, reason: null };
        return processed({ beach: { surfing: 0.3 } });
      },
    });
    await expect(capture(given, { jpeg: true }, signal)).rejects.toMatchObject({ code: 'capture-paused' });
  });

  it('fails as the camera does, or says that the picture is none', async () => {
    const missing = new SurfwatchError('camera-missing', '/dev/video0: no such device');
    await expect(capture(deps({ captureNow: () => Promise.reject(missing) }), {}, signal)).rejects.toBe(
      missing,
    );
    const unreadable = {
      frame: frameOf(picture),
      observed: { observation: { visibility: 'unreadable' }, error: new Error('no JPEG') },
    };
    const given = deps({ captureNow: async () => unreadable as unknown as ProcessedFrame });
    await expect(capture(given, {}, signal)).rejects.toMatchObject({
      code: 'capture-unreadable',
      message: 'no JPEG',
    });
  });
});
