import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { createSource } from '../../src/capture/create.ts';
import type { CameraOptions } from '../../src/capture/options.ts';
import { DEFAULTS } from '../support/defaults.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { failure, jpeg, never, setPath } from './fixtures.ts';
import { RPICAM } from './rpicam-fixtures.ts';

const deps = { clock: systemClock, log: pino({ level: 'silent' }) };

const OPTIONS: CameraOptions = {
  ...DEFAULTS.camera,
  kind: 'directory',
  webcam: { ...DEFAULTS.camera.webcam, device: '/dev/video97' },
  rpicam: RPICAM,
  directory: { path: '/nonexistent', loop: true, watch: false },
  http: { ...DEFAULTS.camera.http, url: 'http://camera.invalid/' },
  ffmpeg: { ...DEFAULTS.camera.ffmpeg, input: '/nonexistent.mp4' },
};

test('a picture comes through, and again after close', async () => {
  const path = await temporaryFolder();
  await writeFile(join(path, 'a.jpg'), await jpeg(1));
  const source = createSource({ ...OPTIONS, directory: { path, loop: true, watch: false } }, deps);
  await source.close();
  const picture = { bytes: await jpeg(1), origin: join(path, 'a.jpg') };
  expect(await source.grab(never)).toEqual(picture);
  await source.close();
  expect(await source.grab(never)).toEqual(picture);
  expect(source.dropped).toBe(0);
});

describe('the kind decides what is tried', () => {
  test.each([
    ['webcam', 'camera-program-missing'],
    ['rpicam', 'camera-program-missing'],
    ['directory', 'camera-missing'],
    ['http', 'camera-unreachable'],
    ['ffmpeg', 'camera-missing'],
  ] as const)('%s', async (kind, code) => {
    setPath('/nonexistent');
    const source = createSource({ ...OPTIONS, kind }, deps);
    expect(source.kind).toBe(kind);
    await failure(code, source.grab(never));
    await source.close();
  });
});

test('a grab that was aborted while the code was loading opens nothing', async () => {
  const source = createSource({ ...OPTIONS, kind: 'ffmpeg' }, deps);
  await expect(source.grab(AbortSignal.abort(new Error('stopped')))).rejects.toThrow('stopped');
});

describe('only the settings of the kind in use are judged', () => {
  const webcam = { ...OPTIONS.webcam, device: '$(reboot)' };

  test('at once when it is in use', () => {
    const create = () => createSource({ ...OPTIONS, kind: 'webcam', webcam }, deps);
    expect(create).toThrow(expect.objectContaining({ code: 'camera-option-refused', exitStatus: 78 }));
    expect(create).toThrow('camera.webcam.device');
  });

  test('not otherwise', () => {
    expect(createSource({ ...OPTIONS, webcam }, deps).kind).toBe('directory');
  });
});
