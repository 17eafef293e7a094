import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { noisyPicture, put, surfwatch } from './support.ts';

describe('surfwatch look', () => {
  test('draws on the frame what classify --camera says of it', async () => {
    const folder = await temporaryFolder();
    const file = await put(folder, 'beach & <sea>.jpg', await noisyPicture(640, 360));
    const out = join(folder, 'look.png');
    const zones = '[{"name":"reef","points":[[0.1,0.1],[0.9,0.2],[0.5,0.9]]}]';
    const look = await surfwatch(['look', file, '--out', out, '--json', '--set', `zones=${zones}`]);
    expect([look.status, look.errors]).toEqual([0, '']);
    expect(JSON.parse(look.output)).toMatchObject({ file, out, zones: { reef: {} }, detail: { scale: 2 } });
    // Enlarged to be read, with a caption below.
    expect(await sharp(out).metadata()).toMatchObject({ format: 'png', width: 1280, height: 720 + 64 });
  });

  test('takes a picture of the camera, and writes JPEG', async () => {
    const folder = await temporaryFolder();
    const out = join(folder, 'look.jpg');
    const camera = [
      '--set',
      'camera.kind=directory',
      '--set',
      `camera.directory.path=${join(folder, 'frames')}`,
    ];
    await put(folder, 'frames/1.jpg', await noisyPicture());
    const { status, output, errors } = await surfwatch(['look', 'camera', '--out', out, ...camera]);
    expect([status, errors]).toEqual([0, '']);
    expect(output).toMatch(/^camera: \w+.*; drawn in .*look\.jpg$/m);
    expect((await readFile(out)).subarray(0, 3)).toEqual(Buffer.from([0xff, 0xd8, 0xff]));
  });

  test('refuses other formats, and pictures that are none', async () => {
    const folder = await temporaryFolder();
    const text = await put(folder, 'text.jpg', 'text');
    const [format, broken] = await Promise.all([
      surfwatch(['look', text, '--out', join(folder, 'look.gif')]),
      surfwatch(['look', text, '--out', join(folder, 'look.png')]),
    ]);
    expect([format.status, format.errors]).toEqual([2, expect.stringContaining('.png or .jpg')]);
    expect([broken.status, broken.errors]).toEqual([1, expect.stringContaining('image-unreadable')]);
  });
});
