import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Tensor } from 'onnxruntime-node';
import { afterAll, expect, it } from 'vitest';
import { PACKAGE_ROOT } from '../../src/base/paths.ts';
import { decodeFrame, PICTURE_LIMITS, resizePicture } from '../../src/vision/decode.ts';
import { openOnnxSession } from '../../src/vision/engines/onnx.ts';
import { openStretcher } from '../../src/vision/engines/onnx-stretch.ts';

const FRAME = join(PACKAGE_ROOT, 'test/data/surfcam-cc0/frames/train_frame_0096.jpg');

const stretcher = openStretcher(Tensor, graph => openOnnxSession(graph, 1));
afterAll(() => stretcher.close());

async function frameOf(width: number, height: number) {
  const { picture } = await decodeFrame(await readFile(FRAME), PICTURE_LIMITS);
  return resizePicture(picture, { width, height });
}

it.each([
  // The last band is of few rows, or of 48.
  [
    { width: 640, height: 360 },
    { width: 1280, height: 720 },
  ],
  [
    { width: 320, height: 240 },
    { width: 640, height: 480 },
  ],
  [
    { width: 960, height: 540 },
    { width: 1280, height: 720 },
  ],
])('a frame of %j is enlarged to %j as libvips enlarges it', async (from, to) => {
  const frame = await frameOf(from.width, from.height);
  const usual = await resizePicture(frame, to);
  const stretched = await stretcher.stretch(frame, to);
  expect(stretched).toMatchObject(to);
  const off = usual.rgb.map((byte, at) => Math.abs(byte - (stretched?.rgb[at] as number)));
  expect(stretched?.rgb.length).toBe(usual.rgb.length);
  expect(off.filter(each => each === 0).length).toBeGreaterThan(0.9 * off.length);
  expect(off.filter(each => each > 1).length).toBeLessThan(0.002 * off.length);
  // Where a light edge overshoots, libvips bounds the sum alone.
  expect(off.reduce((most, each) => Math.max(most, each))).toBeLessThan(16);
});

it('other sizes are left to libvips', async () => {
  const frame = await frameOf(640, 360);
  for (const size of [
    { width: 1280, height: 704 },
    { width: 1024, height: 576 },
    { width: 640, height: 360 },
    { width: 320, height: 180 },
  ]) {
    expect(stretcher.stretch(frame, size)).toBeNull();
  }
});
