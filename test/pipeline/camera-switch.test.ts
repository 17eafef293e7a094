import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock as clock } from '../../src/base/clock.ts';
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
  const changes: string[] = [];
  const camera = new CameraSwitch({ settings: () => options, clock, log });
  const connect = () =>
    camera.connect({
      onFrame: async frame => {
        frames.push(frame);
      },
      onStatus: ({ status }) => void changes.push(status),
      onFailure: () => undefined,
    });
  onTestFinished(() => camera.close());
  return { camera, frames, changes, connect };
}

describe('the switch of the camera', () => {
  it('opens, closes and opens again, and goes on counting', async () => {
    const { camera, frames, connect } = await folderSwitch('100ms');
    connect();
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
    const { camera, frames, connect } = await folderSwitch('100ms');
    connect();
    await Promise.all([camera.open(), camera.close(), camera.open(), camera.open()]);
    await until(() => frames.length >= 1, 'a frame');
    expect(camera.isOpen).toBe(true);
    await camera.close();
    await camera.close();
    expect(camera.isOpen).toBe(false);
  });

  it('takes a picture at once where the pace is slow', async () => {
    const { camera, frames, connect } = await folderSwitch('1h');
    connect();
    await camera.open();
    await until(() => frames.length === 1, 'the first frame');
    camera.takeNow();
    await until(() => frames.length === 2, 'the second');
  });

  it('has the first picture wait until it is known what is done with pictures', async () => {
    const { camera, frames, changes, connect } = await folderSwitch('1h');
    await camera.open();
    await until(() => camera.stats.status === 'online', 'a picture');
    expect([frames, changes]).toEqual([[], []]);
    connect();
    await until(() => frames.length === 1, 'that picture');
    expect(changes).toEqual(['online']);
  });

  it('closes though a picture waits, and gives the next one after it', async () => {
    const { camera, frames, connect } = await folderSwitch('1h');
    await camera.open();
    await until(() => camera.stats.status === 'online', 'a picture');
    await camera.close();
    expect(camera.isOpen).toBe(false);
    connect();
    await camera.open();
    await until(() => frames.length === 1, 'a picture');
  });
});
