import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { loadConfig } from '../../../src/config/load.ts';
import { checkCameraProgram, checkDevice } from '../../../src/host/doctor/camera.ts';
import { put } from '../../cli/support.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const camera = (...set: string[]) => loadConfig({ set, env: {}, cwd: '/', systemFile: '' }).settings.camera;

/** Puts a script first, and alone with the shell, on PATH. */
async function pretend(name: string, script: string): Promise<void> {
  const folder = await temporaryFolder();
  await chmod(await put(folder, name, `#!/bin/sh\n${script}\n`), 0o755);
  vi.stubEnv('PATH', `${folder}:/bin`);
  onTestFinished(() => void vi.unstubAllEnvs());
}

const LISTED = `cat <<'END'
Available cameras
-----------------
0 : imx708 [4608x2592 10-bit RGGB] (/base/soc/i2c0mux/i2c@1/imx708@1a)
    Modes: 'SRGGB10_CSI2P' : 1536x864 [120.13 fps - (768, 432)/3072x1728 crop]
                             4608x2592 [14.35 fps - (0, 0)/4608x2592 crop]

1 : imx219 [3280x2464] (/base/soc/i2c0mux/i2c@0/imx219@10)
END`;

describe('a ribbon camera', () => {
  test('is there, under the older name of the program too', async () => {
    await pretend('libcamera-vid', LISTED);
    expect(await checkDevice(camera('camera.kind=rpicam', 'camera.rpicam.camera=1'))).toEqual([
      {
        name: 'cameras',
        status: 'ok',
        detail: '0: imx708 [4608x2592 10-bit RGGB]; 1: imx219 [3280x2464]',
        remedy: null,
      },
    ]);
  });

  test('is another', async () => {
    await pretend('rpicam-vid', LISTED);
    expect(await checkDevice(camera('camera.kind=rpicam', 'camera.rpicam.camera=2'))).toMatchObject([
      { status: 'fail', remedy: expect.stringContaining('camera.rpicam.camera') },
    ]);
  });

  test('is not there', async () => {
    await pretend('rpicam-vid', 'echo "No cameras available!"');
    expect(await checkDevice(camera('camera.kind=rpicam'))).toMatchObject([
      { status: 'fail', remedy: expect.stringContaining('ribbon cable') },
    ]);
  });

  test('needs its program, by either name', async () => {
    await pretend('other', '');
    const missing = await checkCameraProgram(camera('camera.kind=rpicam'));
    expect(missing).toMatchObject([
      { status: 'fail', remedy: expect.stringContaining('apt install rpicam-apps-lite') },
    ]);
    await pretend('libcamera-vid', 'echo "libcamera-apps build: 1bf0cca"');
    expect(await checkCameraProgram(camera('camera.kind=rpicam'))).toMatchObject([
      { status: 'ok', detail: 'libcamera-apps build: 1bf0cca' },
    ]);
  });
});

describe('USB cameras', () => {
  test('are told with their names, beside a ribbon camera', async () => {
    const root = await temporaryFolder();
    const device = join(root, 'devices/usb1/1-1/1-1:1.0');
    await mkdir(join(root, 'class/video4linux/video0'), { recursive: true });
    await mkdir(join(root, 'class/video4linux/video1'), { recursive: true });
    await mkdir(device, { recursive: true });
    await writeFile(join(device, '../authorized'), '1');
    await symlink(device, join(root, 'class/video4linux/video0/device'));
    await writeFile(join(root, 'class/video4linux/video0/name'), 'C920\n');
    await writeFile(join(root, 'class/video4linux/video0/index'), '0\n');
    await writeFile(join(root, 'class/video4linux/video1/name'), 'unicam-image\n');
    const [connected, file] = await checkDevice(camera('camera.webcam.device=/dev/video98'), root);
    expect(connected).toMatchObject({
      status: 'ok',
      detail: '/dev/video0 C920 (USB 1-1); a ribbon camera (`camera.kind` "rpicam")',
    });
    expect(file).toMatchObject({ status: 'fail', detail: '/dev/video98 does not exist' });
  });

  test('there is none', async () => {
    const [connected] = await checkDevice(camera(), await temporaryFolder());
    expect(connected).toMatchObject({ status: 'ok', detail: 'no USB camera' });
  });
});
