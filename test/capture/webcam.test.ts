import { spawnSync } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { WebcamOptions } from '../../src/capture/options.ts';
import { WebcamSource } from '../../src/capture/webcam.ts';
import { fc } from '../support/fast-check.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';
import { alive, failure, fakeProgram, jpeg, never, setPath } from './fixtures.ts';

const OPTIONS: WebcamOptions = {
  device: 'test:',
  width: 320,
  height: 240,
  skipFrames: 2,
};

async function webcam(options: Partial<WebcamOptions> = {}) {
  const scratchDir = await temporaryFolder();
  const source = new WebcamSource({ ...OPTIONS, ...options }, { scratchDir });
  onTestFinished(() => source.close());
  return { source, scratchDir };
}

const installed = spawnSync('fswebcam', ['--version']).error === undefined;

describe.skipIf(!installed)('with the real fswebcam (skipped where it is not installed)', () => {
  test('takes its generated picture in the size asked for', async () => {
    const { source, scratchDir } = await webcam();
    const picture = await source.grab(never);
    expect(picture.origin).toBe('test:');
    expect(await sharp(picture.bytes).metadata()).toMatchObject({ format: 'jpeg', width: 320, height: 240 });
    await source.close();
    expect(await readdir(scratchDir)).toEqual([]);
    await source.close();
  });

  test('takes the picture of a file, and opens again after close', async () => {
    const file = join(await temporaryFolder(), 'shot.jpg');
    await writeFile(file, await jpeg(40));
    const { source } = await webcam({ device: `file:${file}` });
    await source.grab(never);
    await source.close();
    const { bytes } = await source.grab(never);
    const { dominant } = await sharp(bytes).stats();
    expect(dominant.r).toBeLessThan(80);
  });

  test('a device that is not there is camera-missing', async () => {
    const { source } = await webcam({ device: '/dev/video97' });
    expect((await failure('camera-missing', source.grab(never))).message).toContain('/dev/video97');
  });

  test('a file that is no picture is a coded failure', async () => {
    const file = join(await temporaryFolder(), 'shot.jpg');
    await writeFile(file, 'not a picture');
    const { source } = await webcam({ device: `file:${file}` });
    await failure('camera-failed', source.grab(never));
  });
});

describe('a program that misbehaves', () => {
  test('not installed', async () => {
    const { source } = await webcam();
    setPath('/nonexistent');
    await failure('camera-program-missing', source.grab(never));
  });

  test('hangs: killed on abort, and the next grab works', async () => {
    const folder = await fakeProgram('fswebcam', 'echo $$ > "$(dirname "$0")/pid"\nexec sleep 600');
    const { source, scratchDir } = await webcam();
    const limit = new AbortController();
    const grab = source.grab(limit.signal);
    const pid = Number(await until(() => readFile(join(folder, 'pid'), 'utf8').catch(() => '')));
    expect(alive(pid)).toBe(true);
    limit.abort(new Error('time is up'));
    await expect(grab).rejects.toThrow('time is up');
    await until(() => !alive(pid));

    await writeFile(join(folder, 'ready.jpg'), await jpeg(10));
    await writeFile(
      join(folder, 'fswebcam'),
      `#!/bin/sh\nfor last; do :; done\ncp ${folder}/ready.jpg "$last"\n`,
    );
    expect((await source.grab(never)).bytes).toEqual(await jpeg(10));
    await source.close();
    expect(await readdir(scratchDir)).toEqual([]);
  });

  test('hangs in a child of its own that keeps the pipes open: the grab still ends', async () => {
    const folder = await fakeProgram('fswebcam', 'sleep 600 &\necho $! > "$(dirname "$0")/pid"\nwait');
    const { source } = await webcam();
    const limit = new AbortController();
    const grab = source.grab(limit.signal);
    const pid = Number(await until(() => readFile(join(folder, 'pid'), 'utf8').catch(() => '')));
    onTestFinished(() => {
      process.kill(pid);
    });
    limit.abort(new Error('time is up'));
    await expect(grab).rejects.toThrow('time is up');
  });

  test.each([
    ['nothing', 'exit 0', 'camera-bad-response', 'no picture'],
    ['a file of zero bytes', 'for last; do :; done; : > "$last"', 'camera-bad-response', 'no picture'],
    ['garbage', 'for last; do :; done; echo rubbish-rubbish > "$last"', 'camera-bad-response', '16 bytes'],
    ['a complaint', 'echo "Unable to find a source module" >&2', 'camera-failed', 'source module'],
    ['a refusal', 'echo "/dev/video0: Permission denied" >&2', 'camera-forbidden', 'permission'],
    ['an exit status', 'echo broken >&2; exit 3', 'camera-failed', 'ended with 3; broken'],
    ['a crash', 'kill -SEGV $$', 'camera-failed', 'SIGSEGV'],
    ['endless output', 'cat /dev/zero', 'camera-failed', 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER'],
  ])('writes %s', async (_, script, code, message) => {
    await fakeProgram('fswebcam', script);
    const { source } = await webcam();
    expect((await failure(code, source.grab(never))).message).toContain(message);
  });

  test('a failed run never gives the picture of the one before', async () => {
    const folder = await fakeProgram('fswebcam', '');
    await writeFile(join(folder, 'ready.jpg'), await jpeg(10));
    const script = (body: string) => writeFile(join(folder, 'fswebcam'), `#!/bin/sh\n${body}\n`);
    await script(`for last; do :; done; cp ${folder}/ready.jpg "$last"`);
    const { source } = await webcam();
    await source.grab(never);
    await script('exit 0');
    await failure('camera-bad-response', source.grab(never));
  });
});

describe('nothing reaches the shell but plain options', () => {
  const refused = (options: Partial<WebcamOptions>) =>
    expect(() => new WebcamSource({ ...OPTIONS, ...options })).toThrow(
      expect.objectContaining({ code: 'camera-option-refused' }),
    );

  test.each([
    '/dev/video0; touch /tmp/x',
    '/dev/video0 --exec reboot',
    '/dev/video0\n--exec',
    '/dev/$(id)',
    '/dev/`id`',
    '/dev/"video0"',
    "/dev/'video0'",
    '/dev/../etc/passwd',
    '/dev/video*',
    '/etc/passwd',
    'video0',
    '-d',
    '',
    'raw:/dev/sda',
    'file:relative.jpg',
    'file:/tmp/a b.jpg',
    'file:/tmp/../etc/x.jpg',
    'test:$HOME',
    'v4l2:/dev/video0',
  ])('device %j', device => refused({ device }));

  test('devices people have', () => {
    for (const device of [
      '/dev/video0',
      '/dev/v4l/by-id/usb-046d_HD_Pro-C920_AB-video-index0',
      'test:',
      'file:/srv/cam/a.jpg',
    ]) {
      expect(() => new WebcamSource({ ...OPTIONS, device })).not.toThrow();
    }
  });

  test('any device that is accepted holds no character a shell understands', () => {
    const text = fc.oneof(
      fc.uint8Array({ maxLength: 20 }).map(bytes => Buffer.from(bytes).toString('latin1')),
      fc.string().map(end => `/dev/${end}`),
      fc.string({ unit: fc.constantFrom(...'ab0/.-_: ;$`"\'|&<>()*?~#!\\\n') }).map(end => `file:/${end}`),
    );
    fc.assert(
      fc.property(text, device => {
        try {
          new WebcamSource({ ...OPTIONS, device });
        } catch {
          return true;
        }
        return /^[A-Za-z0-9_./:-]+$/.test(device) && !device.startsWith('-');
      }),
    );
  });

  test('a scratch folder with a name a shell would read otherwise', async () => {
    const source = new WebcamSource(OPTIONS, { scratchDir: '/tmp/a;b' });
    await failure('camera-option-refused', source.grab(never));
  });
});
