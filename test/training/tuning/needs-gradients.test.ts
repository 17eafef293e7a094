import { expect, it } from 'vitest';
import { fineTune } from '../../../src/training/tuning/fine-tune.ts';
import { loadTensorflow } from '../../../src/vision/engines/tensorflow.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { drawnViews, picturesOf, smallBundle, tuningOptions } from './support.ts';

it('says what it needs where TensorFlow.js lacks gradients, before it reads a picture', async () => {
  const tf = await loadTensorflow('wasm');
  const pictures = picturesOf(drawnViews(4));
  const options = tuningOptions(await temporaryFolder());
  await expect(fineTune(tf, smallBundle(), pictures, options)).rejects.toMatchObject({
    code: 'training-needs-tfjs-node',
    message: expect.stringContaining('on wasm'),
    remedy: expect.stringContaining('run `npm ci` again'),
  });
  expect(pictures.read()).toBe(0);
});
