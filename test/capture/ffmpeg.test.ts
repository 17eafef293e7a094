import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, readdir, readFile, rename } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { FfmpegSource } from '../../src/capture/ffmpeg.ts';
import { ffmpegCommand } from '../../src/capture/ffmpeg-command.ts';
import type { FfmpegOptions } from '../../src/capture/options.ts';
import { EndOfFrames } from '../../src/capture/source.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';
import { ffmpeg, installed, OPTIONS, QUIET, video } from './ffmpeg-fixtures.ts';
import { alive, failure, fakeProgram, never, setPath } from './fixtures.ts';

/** The living ffmpeg children of this process that read this input, in one of these states. */
async function children(input: string, states = /[^Z]/): Promise<number[]> {
  const pids: number[] = [];
  for (const entry of await readdir('/proc')) {
    const about = (file: string) => readFile(`/proc/${entry}/${file}`, 'utf8').catch(() => '');
    if (!(await about('cmdline')).includes(input)) continue;
    const [, name, state = 'Z', parent] = /\((.*)\) (\S) (\d+)/.exec(await about('stat')) ?? [];
    if (name === 'ffmpeg' && states.test(state) && Number(parent) === process.pid) pids.push(Number(entry));
  }
  return pids;
}

describe.skipIf(!installed).concurrent('with the real ffmpeg (skipped where it is not installed)', () => {
  test('a video file in real time: pictures change, those not grabbed are dropped, close ends the child', async () => {
    const input = await video();
    const source = ffmpeg({ input, maxWidth: 160 });
    const first = await source.grab(never);
    expect(await sharp(first.bytes).metadata()).toMatchObject({ format: 'jpeg', width: 160, height: 120 });
    const second = await source.grab(never);
    expect(second.bytes.equals(first.bytes)).toBe(false);
    await until(() => source.dropped > 2);
    expect(await children(input)).toHaveLength(1);
    await source.close();
    expect(await children(input)).toEqual([]);
    await source.close();
    expect(source.dropped).toBeGreaterThan(2);
  });

  test('a file read at the pace of its grabs gives every picture, then the end', async () => {
    const source = ffmpeg({ input: await video(), loop: false });
    const pictures = new Set<string>();
    const play = async () => {
      for (;;) {
        pictures.add((await source.grab(never)).bytes.toString('base64'));
        // Slower than ffmpeg, which is over long before the last picture is taken.
        await new Promise(resolve => setTimeout(resolve, 60));
      }
    };
    await expect(play()).rejects.toBeInstanceOf(EndOfFrames);
    expect(pictures.size).toBe(20);
    expect(source.dropped).toBe(0);
    await expect(source.grab(never)).rejects.toBeInstanceOf(EndOfFrames);
  });

  test('a looping file goes on past its end', async () => {
    const source = ffmpeg({ input: await video() });
    for (let picture = 0; picture < 25; picture++) await source.grab(never);
  });

  test('file names that look like options, protocols or patterns are files', async () => {
    const ready = await video();
    for (const name of ["a b'c.mp4", '%03d.mp4', '-y.mp4', 'http:x.mp4']) {
      const input = join(await temporaryFolder(), name);
      await copyFile(ready, input);
      await ffmpeg({ input }).grab(never);
    }
  });

  test('kill -9: one coded error, then it starts again', async () => {
    const input = await video();
    const source = ffmpeg({ input });
    await source.grab(never);
    const [pid = 0] = await children(input);
    process.kill(pid, 'SIGKILL');
    const lost = await until(() =>
      source.grab(never).then(
        () => undefined,
        (error: unknown) => error,
      ),
    );
    expect(lost).toMatchObject({ code: 'camera-failed', message: expect.stringContaining('SIGKILL') });
    await source.grab(never);
    expect(await children(input)).not.toContain(pid);
  });

  test('a child that hangs: the grab ends on abort, and the next one has a new child', async () => {
    const input = await video();
    const source = ffmpeg({ input });
    await source.grab(never);
    const [pid = 0] = await children(input);
    process.kill(pid, 'SIGSTOP');
    const stalled = async () => {
      for (;;) await source.grab(AbortSignal.timeout(300));
    };
    await expect(stalled()).rejects.toThrow(/timeout/i);
    await source.grab(never);
    expect(alive(pid)).toBe(false);
  });

  test('a picture from before a stall is not passed off as fresh', async () => {
    const clock = fakeClock();
    const input = await video();
    const source = ffmpeg({ input }, clock);
    await source.grab(never);
    await until(() => source.dropped > 2);
    for (const pid of await children(input)) process.kill(pid, 'SIGSTOP');
    await until(async () => (await children(input, /T/)).length === 1);
    // What it wrote before is read before time goes on.
    for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate);
    await clock.advance(60_000);
    await expect(source.grab(AbortSignal.timeout(300))).rejects.toThrow(/timeout/i);
  });

  test('a video that is missing, then no video, then there', async () => {
    const ready = await video();
    const input = `${ready}.moved`;
    const source = ffmpeg({ input });
    await failure('camera-missing', source.grab(never));
    execFileSync('cp', ['/etc/passwd', input]);
    expect((await failure('camera-bad-response', source.grab(never))).message).toContain('Invalid data');
    await rename(ready, input);
    await source.grab(never);
  });

  test('a device that is not there', async () => {
    await failure('camera-missing', ffmpeg({ input: '/dev/video97' }).grab(never));
  });

  const recordings = resolve('../shared/data/streams');
  test.skipIf(!existsSync(recordings))(
    'recordings of real surf cams (skipped without ../shared)',
    async () => {
      for (const name of (await readdir(recordings)).filter(file => file.endsWith('.mp4'))) {
        const source = ffmpeg({ input: join(recordings, name), loop: false, fps: 1, maxWidth: 640 });
        expect((await sharp((await source.grab(never)).bytes).metadata()).width).toBe(640);
        await source.close();
      }
    },
  );
});

describe('a program that misbehaves', () => {
  test('not installed', async () => {
    setPath('/nonexistent');
    await failure('camera-program-missing', ffmpeg({ input: 'http://127.0.0.1:1/x' }).grab(never));
  });

  test('endless garbage: the grab ends on abort, memory stays bounded', async () => {
    await fakeProgram('ffmpeg', 'exec cat /dev/urandom');
    const source = ffmpeg({ input: 'http://127.0.0.1:1/x' });
    const before = process.memoryUsage().rss;
    await expect(source.grab(AbortSignal.timeout(1000))).rejects.toThrow(/timeout/i);
    expect(process.memoryUsage().rss - before).toBeLessThan(300e6);
    await source.close();
  });

  test('ignores SIGTERM: is killed', async () => {
    await fakeProgram('ffmpeg', 'trap "" TERM\necho $$ > "$(dirname "$0")/pid"\nwhile :; do sleep 0.1; done');
    const source = ffmpeg({ input: 'http://127.0.0.1:1/x' });
    const limit = new AbortController();
    const grab = expect(source.grab(limit.signal)).rejects.toThrow('late');
    const file = join(process.env.PATH?.split(':')[0] ?? '', 'pid');
    const pid = await until(async () => Number(await readFile(file, 'utf8').catch(() => '')), 'its start');
    limit.abort(new Error('late'));
    await grab;
    await source.close();
    expect(alive(pid)).toBe(false);
  });

  test.each([
    ['exit 0', 'camera-failed', 'ended with 0'],
    [
      'echo "[rtsp @ 0x1] method DESCRIBE failed: 401 Unauthorized" >&2; exit 1',
      'camera-unauthorized',
      '401',
    ],
    ['echo "rtsp://cam.local:554/live: Connection refused" >&2; exit 1', 'camera-unreachable', 'refused'],
    [
      'i=0; while [ $i -lt 2000 ]; do echo "line $i" >&2; i=$((i+1)); done; exit 1',
      'camera-failed',
      'line 1999',
    ],
  ])('%s', async (script, code, message) => {
    await fakeProgram('ffmpeg', script);
    const error = await failure(code, ffmpeg({ input: 'rtsp://cam.local/live' }).grab(never));
    expect(error.message).toContain(message);
    expect(error.message.length).toBeLessThan(1200);
  });

  test('what it says about its input holds no password', async () => {
    await fakeProgram('ffmpeg', 'for a; do echo "$a: failed" >&2; done; cat >&2; exit 1');
    const inputs: Partial<FfmpegOptions>[] = [
      { input: 'rtsp://viewer:hunter2@cam.local/live?token=hunter2' },
      { input: 'http://cam.local/live?pwd=hunter2' },
      { input: 'rtsp://cam.local/live', username: 'viewer', password: 'hunter2' },
    ];
    for (const options of inputs) {
      const error = await failure('camera-failed', ffmpeg(options).grab(never));
      expect(error.message).toContain('cam.local/live');
      expect(error.message).not.toContain('hunter2');
    }
  });
});

describe('options', () => {
  test.each<Partial<FfmpegOptions>>([
    { input: '' },
    { input: '-y' },
    { input: 'concat:/etc/passwd' },
    { input: 'file:/etc/passwd' },
    { input: 'data:,x' },
    { input: 'pipe:0' },
    { input: 'tcp://cam:1' },
    { input: 'rtsp://' },
    { input: 'rtsp://cam/\nx' },
    { input: '/dev/video0', v4l2: { format: null, width: 640, height: 0, fps: 0 } },
  ])('refused: %j', options => {
    expect(() => new FfmpegSource({ ...OPTIONS, ...options }, { clock: systemClock, log: QUIET })).toThrow(
      expect.objectContaining({ code: 'camera-option-refused' }),
    );
  });

  test('a refused URL is shown without its password', () => {
    expect(() => ffmpeg({ input: 'tcp://viewer:hunter2@cam/x' })).toThrow(/^(?!.*hunter2)/);
  });

  test('each kind of input gets its own arguments', () => {
    const line = (options: Partial<FfmpegOptions>) =>
      ffmpegCommand({ ...OPTIONS, ...options }).args.join(' ');
    expect(line({ input: 'rtsp://cam/live', rtspTransport: 'udp' })).toContain(
      '-protocol_whitelist rtp,udp,tcp,tls,crypto -rtsp_transport udp -i rtsp://cam/live',
    );
    expect(line({ input: '/dev/video2' })).toContain('-f v4l2 -i /dev/video2');
    expect(line({ input: 'v.mp4', loop: false })).toContain('file,crypto,data -i file:v.mp4');
    const v4l2 = { format: 'mjpeg', width: 1920, height: 1080, fps: 5 } as const;
    expect(line({ input: '/dev/video2', v4l2 })).toContain(
      '-f v4l2 -input_format mjpeg -video_size 1920x1080 -framerate 5 -i /dev/video2',
    );
    expect(line({ hwaccel: 'v4l2m2m' })).toContain('-c:v h264_v4l2m2m -protocol');
    expect(line({ hwaccel: 'vaapi', maxWidth: 640 })).toMatch(
      /-hwaccel vaapi .* -vf fps=10,scale='min\(640,iw\)':-2 /,
    );
  });
});
