import { chmod, mkdir, readdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Aedes, type AedesOptions } from 'aedes';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { loadConfig } from '../../../src/config/load.ts';
import type { Settings } from '../../../src/config/settings.ts';
import { checkBroker } from '../../../src/host/doctor/broker.ts';
import { checkCameraProgram, checkDevice, checkPicture } from '../../../src/host/doctor/camera.ts';
import { checkClock } from '../../../src/host/doctor/clock.ts';
import type { Finding } from '../../../src/host/doctor/finding.ts';
import { checkMemory, checkNode, checkSharp } from '../../../src/host/doctor/runtime.ts';
import { checkDisk, checkStateDir } from '../../../src/host/doctor/storage.ts';
import { blackPicture, noisyPicture, put } from '../../cli/support.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

function settings(...set: string[]): Settings {
  return loadConfig({ set, env: {}, cwd: '/', systemFile: '' }).settings;
}

async function listen(handle: Parameters<typeof createServer>[1]): Promise<number> {
  const server = createServer(handle);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function mqttBroker(options: AedesOptions = {}): Promise<number> {
  const broker = await Aedes.createBroker(options);
  onTestFinished(() => new Promise<void>(resolve => broker.close(() => resolve())));
  return listen(broker.handle);
}

describe('the runtime', () => {
  test.each([
    ['18.20.0', 'fail'],
    ['20.18.9', 'fail'],
    ['20.19.0', 'ok'],
    ['24.1.0', 'ok'],
  ])('Node.js %s: %s', (version, status) => {
    expect(checkNode(version)).toMatchObject({ status });
  });

  test('little memory is a warning', () => {
    expect(checkMemory(100e6, 1e9)).toMatchObject({ status: 'warn' });
    expect(checkMemory(900e6, 1e9)).toMatchObject({ status: 'ok' });
  });

  test('sharp reads what cameras send', async () => {
    expect(await checkSharp()).toMatchObject({ status: 'ok' });
  });

  test('a clock behind the making of the model fails', async () => {
    expect(await checkClock(Date.parse('1970-01-01'), Date.parse('2026-01-01'))).toMatchObject({
      status: 'fail',
    });
    expect(await checkClock(Date.now(), 0)).not.toMatchObject({ status: 'fail' });
  });
});

async function brokerFinding(of: Settings): Promise<Finding | undefined> {
  const [first, ...others] = await checkBroker(of);
  expect(others).toEqual([]);
  return first;
}

describe('the broker', () => {
  test('a port that is taken fails, but not where an MQTT broker answers on it', async () => {
    const [mqtt, other] = [await mqttBroker(), await listen(socket => socket.destroy())];
    expect(await brokerFinding(settings(`broker.port=${mqtt}`))).toMatchObject({
      status: 'warn',
      remedy: expect.stringContaining('mqtt.url'),
    });
    expect(await brokerFinding(settings(`broker.port=${other}`))).toMatchObject({
      status: 'fail',
      remedy: expect.stringContaining('broker.port'),
    });
  });

  test('a free port is free again after the check', async () => {
    const free = settings('broker.port=0');
    expect(await brokerFinding(free)).toMatchObject({ status: 'ok', remedy: null });
  });

  test('the login at the broker of mqtt.url is tried, and the password never shown', async () => {
    const port = await mqttBroker({
      authenticate: (_client, _name, password, done) => done(null, String(password) === 'right-7316'),
    });
    const login = (password: string) =>
      settings(`mqtt.url=mqtt://127.0.0.1:${port}`, 'mqtt.username=joe', `mqtt.password=${password}`);
    const [right, wrong] = [
      await brokerFinding(login('right-7316')),
      await brokerFinding(login('wrong-7316')),
    ];
    expect(right).toMatchObject({ status: 'ok', detail: expect.stringContaining('accepts the login') });
    expect(wrong).toMatchObject({ status: 'fail', detail: expect.stringContaining('mqtt-unauthorized') });
    expect(JSON.stringify([right, wrong])).not.toContain('7316');
  });

  test('each of several servers is tried; a dead one is a warning where another serves', async () => {
    const port = await mqttBroker();
    const dead = 'mqtt://127.0.0.1:1';
    const some = await checkBroker(settings(`mqtt.url=${dead},mqtt://127.0.0.1:${port}`));
    expect(some.map(({ status }) => status)).toEqual(['warn', 'ok']);
    expect(some[0]).toMatchObject({ detail: expect.stringContaining(dead), remedy: expect.any(String) });
    const none = await checkBroker(settings(`mqtt.url=${dead}, mqtt://127.0.0.1:2`));
    expect(none.map(({ status }) => status)).toEqual(['fail', 'fail']);
  });

  test('a broker that is not there fails', async () => {
    expect(await brokerFinding(settings('mqtt.url=mqtt://127.0.0.1:1'))).toMatchObject({
      status: 'fail',
      detail: expect.stringContaining('mqtt-unreachable'),
    });
  });
});

describe('the camera', () => {
  const fromFolder = (folder: string) => settings('camera.kind=directory', `camera.directory.path=${folder}`);

  test('a picture is taken and looked at', async () => {
    const [sea, night] = [await temporaryFolder(), await temporaryFolder()];
    await put(sea, 'frame.jpg', await noisyPicture());
    await put(night, 'frame.jpg', await blackPicture());
    expect((await checkPicture(fromFolder(sea))).finding).toMatchObject({ status: 'ok' });
    expect((await checkPicture(fromFolder(night))).finding).toMatchObject({
      status: 'warn',
      detail: expect.stringContaining('dark'),
    });
  });

  test('none, or none that can be read, fails with its code', async () => {
    const folder = await temporaryFolder();
    expect((await checkPicture(fromFolder(folder))).finding).toMatchObject({ status: 'fail' });
    const good = await noisyPicture();
    await put(folder, 'frame.jpg', good.subarray(0, good.length / 2));
    expect((await checkPicture(fromFolder(folder))).finding).toMatchObject({
      status: 'fail',
      detail: expect.stringContaining('image-unreadable'),
    });
  });

  test('one that hangs fails after its time-out', async () => {
    const port = await listen(() => {});
    const hanging = settings(
      'camera.kind=http',
      `camera.http.url=http://127.0.0.1:${port}/`,
      'camera.timeout=300ms',
    );
    expect((await checkPicture(hanging)).finding).toMatchObject({
      status: 'fail',
      detail: expect.stringContaining('camera-timeout'),
    });
  });

  test('its program must be installed, and start', async () => {
    const { camera } = settings('camera.kind=ffmpeg', 'camera.ffmpeg.input=rtsp://127.0.0.1/x');
    const folder = await temporaryFolder();
    vi.stubEnv('PATH', folder);
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(await checkCameraProgram(camera)).toMatchObject([
      { status: 'fail', remedy: expect.stringContaining('apt install ffmpeg') },
    ]);
    await chmod(
      await put(folder, 'ffmpeg', '#!/bin/sh\necho "error while loading libavcodec" >&2; exit 127\n'),
      0o755,
    );
    expect(await checkCameraProgram(camera)).toMatchObject([
      { status: 'fail', detail: expect.stringContaining('libavcodec') },
    ]);
    await chmod(await put(folder, 'ffmpeg', '#!/bin/sh\necho "ffmpeg version 5.1"\n'), 0o755);
    expect(await checkCameraProgram(camera)).toMatchObject([{ status: 'ok', detail: 'ffmpeg version 5.1' }]);
  });

  test('a version told with exit status 255, as fswebcam does, is one', async () => {
    const folder = await temporaryFolder();
    vi.stubEnv('PATH', folder);
    onTestFinished(() => void vi.unstubAllEnvs());
    await chmod(await put(folder, 'fswebcam', '#!/bin/sh\necho "fswebcam 20140113" >&2; exit 255\n'), 0o755);
    expect(await checkCameraProgram(settings().camera)).toMatchObject([
      { status: 'ok', detail: 'fswebcam 20140113' },
    ]);
  });

  test('its device must exist', async () => {
    expect(await checkDevice(settings('camera.webcam.device=/dev/video99').camera)).toMatchObject([
      { name: 'cameras' },
      { status: 'fail', detail: '/dev/video99 does not exist' },
    ]);
    expect(await checkDevice(settings('camera.webcam.device=test:').camera)).toEqual([]);
  });
});

describe('storage', () => {
  test('a folder that is there is tried, one that is not could be made; neither is changed', async () => {
    const folder = await temporaryFolder();
    expect(await checkStateDir(folder)).toMatchObject({ status: 'ok', detail: `${folder}: writable` });
    expect(await checkStateDir(join(folder, 'a/b'))).toMatchObject({ detail: `${folder}/a/b: can be made` });
    expect(await readdir(folder)).toEqual([]);
    expect(await checkDisk(join(folder, 'a/b'))).toMatchObject({ detail: expect.stringContaining(folder) });
  });

  test('a file in its place fails', async () => {
    const file = await put(await temporaryFolder(), 'state', '');
    expect(await checkStateDir(file)).toMatchObject({ status: 'fail' });
  });

  test.skipIf(process.getuid?.() === 0)('a folder that may not be written fails (not as root)', async () => {
    const folder = join(await temporaryFolder(), 'locked');
    await mkdir(folder, { mode: 0o500 });
    expect(await checkStateDir(folder)).toMatchObject({
      status: 'fail',
      remedy: expect.stringContaining('chown'),
    });
  });
});
