import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock as clock } from '../../src/base/clock.ts';
import { Camera } from '../../src/capture/camera.ts';
import { createSource } from '../../src/capture/create.ts';
import type { Frame } from '../../src/capture/source.ts';
import { loadConfig } from '../../src/config/load.ts';
import { CameraSwitch } from '../../src/pipeline/camera-switch.ts';
import { drawnBeach } from '../daemon/support.ts';
import { silent as log } from '../support/log.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';

/** A switch for a camera on a folder with one picture, every `intervalMs`. */
async function folderSwitch(interval: string) {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'beach.jpg'), await drawnBeach(1, 'none'));
  const set = [
    'camera.kind=directory',
    `camera.directory.path=${folder}`,
    `camera.interval=${interval}`,
    'activity.staleAfter=3h',
  ];
  const options = loadConfig({ set, env: {}, cwd: process.cwd() }).settings.camera;
  const frames: Frame[] = [];
  const camera = new CameraSwitch(
    () =>
      new Camera({
        source: createSource(options, { clock, log }),
        clock,
        log,
        options,
        onFrame: async frame => {
          frames.push(frame);
        },
        onStatus: () => undefined,
      }),
  );
  onTestFinished(() => camera.close());
  return { camera, frames };
}

describe('the switch of the camera', () => {
  it('opens, closes and opens again, and goes on counting', async () => {
    const { camera, frames } = await folderSwitch('100ms');
    await camera.open();
    await until(() => frames.length >= 2, 'two frames');
    await camera.close();
    const before = frames.length;
    expect(camera.isOpen).toBe(false);
    expect(camera.stats).toMatchObject({ frames: before, status: 'starting' });
    await camera.open();
    await until(() => frames.length > before, 'a frame after it');
    expect(camera.stats.frames).toBeGreaterThan(before);
  });

  it('does in turn what is asked of it at one time', async () => {
    const { camera, frames } = await folderSwitch('100ms');
    await Promise.all([camera.open(), camera.close(), camera.open(), camera.open()]);
    await until(() => frames.length >= 1, 'a frame');
    expect(camera.isOpen).toBe(true);
    await camera.close();
    await camera.close();
    expect(camera.isOpen).toBe(false);
  });

  it('takes a picture at once where the pace is slow', async () => {
    const { camera, frames } = await folderSwitch('1h');
    await camera.open();
    await until(() => frames.length === 1, 'the first frame');
    camera.takeNow();
    await until(() => frames.length === 2, 'the second');
  });
});
