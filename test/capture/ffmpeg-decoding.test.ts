import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { EndOfFrames } from '../../src/capture/source.ts';
import { SurfwatchError } from '../../src/errors.ts';
import { ffmpeg, installed, video } from './ffmpeg-fixtures.ts';
import { failure, fakeProgram, jpeg, never } from './fixtures.ts';

function logged() {
  const lines: { level: number; hwaccel?: string; msg: string }[] = [];
  const log = pino({ level: 'debug' }, { write: line => lines.push(JSON.parse(line)) });
  return { log, lines };
}

/** Says what this ffmpeg does with hardware and without. */
async function pretend(withHardware: string, without = 'cat "$here/picture.jpg"; sleep 600'): Promise<void> {
  const script = `here=$(dirname "$0")\ncase "$*" in\n*hwaccel*) ${withHardware};;\n*) ${without};;\nesac`;
  const folder = await fakeProgram('ffmpeg', script);
  await writeFile(join(folder, 'picture.jpg'), await jpeg(90));
}

const NO_DEVICE = 'echo "No device available for decoder: device type vaapi needed" >&2; exit 1';

describe('a hardware decoder that fails', () => {
  test('is replaced by the processor in the same grab; the log says so once', async () => {
    const { log, lines } = logged();
    await pretend(NO_DEVICE, 'cat "$here/picture.jpg"; sleep 0.3; exit 1');
    const source = ffmpeg({ input: 'rtsp://cam/live', hwaccel: 'vaapi' }, systemClock, log);
    for (let start = 0; start < 3; start++) {
      expect((await source.grab(never)).bytes).toEqual(await jpeg(90));
      // The end of the stream; the hardware is tried again when the next one starts.
      await failure('camera-failed', source.grab(never));
    }
    expect(lines.map(line => line.level)).toEqual([40, 20, 20]);
    expect(lines[0]).toMatchObject({ hwaccel: 'vaapi', msg: expect.stringContaining('on the processor') });
  });

  test('is not blamed for a camera that cannot be reached', async () => {
    const { log, lines } = logged();
    await pretend('echo "Connection refused" >&2; exit 1');
    const source = ffmpeg({ input: 'rtsp://cam/live', hwaccel: 'vaapi' }, systemClock, log);
    await failure('camera-unreachable', source.grab(never));
    await failure('camera-unreachable', source.grab(never));
    expect(lines).toEqual([]);
  });

  test('stays silent: replaced after the time-out, but not when it is stopped from outside', async () => {
    const { log, lines } = logged();
    await pretend('exec sleep 600');
    const source = ffmpeg({ input: 'rtsp://cam/live', hwaccel: 'drm' }, systemClock, log);
    const grabUntil = (reason: Error) => {
      const limit = new AbortController();
      setTimeout(() => limit.abort(reason), 200);
      return source.grab(limit.signal);
    };
    await expect(grabUntil(new Error('stopped'))).rejects.toThrow('stopped');
    expect(lines).toEqual([]);
    const late = new SurfwatchError('camera-timeout', 'no picture');
    await expect(grabUntil(late)).rejects.toThrow('no picture');
    await source.grab(never);
    expect(lines).toHaveLength(1);
  });

  test('and so does the processor: the failure is that of the processor, and the hardware is next', async () => {
    await pretend(NO_DEVICE, 'echo "Invalid data found when processing input" >&2; exit 1');
    const source = ffmpeg({ input: 'rtsp://cam/live', hwaccel: 'vaapi' });
    await failure('camera-bad-response', source.grab(never));
    await pretend('cat "$here/picture.jpg"; sleep 600', 'exit 1');
    await source.grab(never);
  });

  test.skipIf(!installed)(
    'the real ffmpeg, whatever hardware there is (skipped without ffmpeg)',
    async () => {
      for (const hwaccel of ['vaapi', 'v4l2m2m', 'drm', 'auto'] as const) {
        const source = ffmpeg({ input: await video(), hwaccel });
        await source.grab(never);
        await source.close();
      }
    },
  );
});

describe.skipIf(!installed)('keyframes only (skipped without ffmpeg)', () => {
  test('gives each keyframe once, and adds nothing between them', async () => {
    const all = async (keyframesOnly: boolean) => {
      const source = ffmpeg({ input: await video(), loop: false, keyframesOnly });
      for (let pictures = 0; ; pictures++) {
        const end = await source.grab(never).catch((error: unknown) => error);
        if (end instanceof EndOfFrames) return pictures;
        if (end instanceof Error) throw end;
      }
    };
    expect(await all(false)).toBe(20);
    // Every 12th of the 20 is one.
    expect(await all(true)).toBe(2);
  });
});
