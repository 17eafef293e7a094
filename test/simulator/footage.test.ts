import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PACKAGE_ROOT } from '../../src/base/paths.ts';
import { createSimulatorSource } from '../../src/capture/simulated.ts';
import { openFootage } from '../../src/simulator/footage.ts';
import { DEFAULTS } from '../support/defaults.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const DEMO = join(PACKAGE_ROOT, 'config', 'demo-footage');

describe('footage', () => {
  it('is shown in the order of its names, before each block of what is drawn', async () => {
    const footage = await openFootage(DEMO, 276_000);
    expect(footage.at(0)).toEqual({ frame: 'frame_0088.jpg' });
    expect(footage.at(2_500)).toEqual({ frame: 'frame_0089.jpg' });
    expect(footage.at(39_999)).toHaveProperty('frame');
    expect(footage.at(40_000)).toEqual({ ms: 0 });
    expect(footage.at(315_999)).toEqual({ ms: 275_999 });
    expect(footage.at(316_000)).toEqual({ frame: 'frame_0088.jpg' });
    expect(footage.at(356_000)).toEqual({ ms: 276_000 });
  });

  it('is shown once before a script that never begins again', async () => {
    const footage = await openFootage(DEMO, Number.POSITIVE_INFINITY);
    expect(footage.at(39_000)).toHaveProperty('frame');
    expect(footage.at(1e9)).toEqual({ ms: 1e9 - 40_000 });
  });

  it('is refused where there is no frame', async () => {
    const folder = join(await temporaryFolder(), 'empty');
    await mkdir(folder);
    await writeFile(join(folder, 'notes.txt'), '');
    for (const path of [folder, join(folder, 'missing')])
      await expect(openFootage(path, 1000)).rejects.toMatchObject({ code: 'camera-missing' });
  });

  it('comes from the simulated camera as it is, then something drawn', async () => {
    const clock = fakeClock();
    const source = createSimulatorSource({ ...DEFAULTS.camera.simulator, footage: DEMO }, { clock });
    const signal = new AbortController().signal;
    const real = await source.grab(signal);
    expect(real.origin).toBe('footage:frame_0088.jpg');
    expect(real.bytes).toEqual(await readFile(join(DEMO, 'frame_0088.jpg')));
    await clock.advance(45_000);
    const drawn = await source.grab(signal);
    expect(drawn.origin).toBe('simulator:demo?seed=1&ms=5000');
    await source.close();
  });
});
