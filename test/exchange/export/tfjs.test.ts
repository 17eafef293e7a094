import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadHead } from '../../../src/activity/head-bundle.ts';
import { exportTfjs } from '../../../src/exchange/export/tfjs.ts';
import { checkTfjs, loadExported } from '../../../src/exchange/export/tfjs-check.ts';
import { loadTensorflow } from '../../../src/vision/engines/tensorflow.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { largestDifference } from '../../vision/support.ts';
import { importInto } from '../import/support.ts';
import { daemonAnswers, IMAGES, modelWith } from './keras-support.ts';

const identity = [0, 1, 2].map(() => ({ slope: 1, intercept: 0 }));

describe('export tfjs', () => {
  it.each([
    ['', {}],
    [' with a head that prepares its input', { input: { kind: 'softsign', scale: 7 } }],
  ] as const)("loads in TensorFlow.js and gives the daemon's answers%s", async (_, change) => {
    const model = await modelWith(change);
    const files = await exportTfjs(model);
    const { pixels, scores } = await daemonAnswers(model);
    const tf = await loadTensorflow('wasm');
    const loaded = await loadExported(files);
    const { size } = model.input;
    const answer = loaded.predict(tf.tensor4d(pixels, [IMAGES, size, size, 3], 'float32'));
    if (Array.isArray(answer)) throw new Error('one output expected');
    expect(largestDifference(await answer.data<'float32'>(), scores)).toBeLessThan(1e-4);
    expect(Math.max(...scores) - Math.min(...scores)).toBeGreaterThan(0.05);
    // Kernel and bias of each layer, to train on.
    expect(loaded.trainableWeights).toHaveLength(2 * (model.layers.length + 2));
    expect(loaded.getUserDefinedMetadata()).toEqual(JSON.parse(String(files['metadata.json'])));
    loaded.dispose();
  });

  it('gives a softmax all its classes', async () => {
    const change = { output: 'softmax', background: ['none'], calibration: identity } as const;
    const model = await modelWith({ ...change, background: ['none'] });
    const files = await exportTfjs(model);
    expect(JSON.parse(String(files['metadata.json']))).toMatchObject({
      labels: ['surfing', 'windsurfing', 'kitesurfing', 'none'],
      background: ['none'],
    });
    expect(await checkTfjs(model, files)).toBeLessThan(1e-4);
  });

  it('refuses what standard layers cannot compute: a calibrated softmax', async () => {
    const model = await modelWith({ output: 'softmax', background: ['none'] });
    await expect(exportTfjs(model)).rejects.toMatchObject({ code: 'export-unsupported' });
  });

  it('comes back as the same backbone and a head that answers the same', async () => {
    const model = await modelWith();
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'tfjs'));
    for (const [name, bytes] of Object.entries(await exportTfjs(model))) {
      await writeFile(join(folder, 'tfjs', name), bytes);
    }
    const { backbone } = await importInto(folder, join(folder, 'tfjs'));
    const { id, weights, licence, layers } = backbone.manifest;
    // Its id tells the weights, which are without the projection of cells.
    expect(id).toMatch(/^mobilenetv2-/);
    expect({ licence, layers }).toEqual({
      licence: model.licence,
      layers: model.backbone.manifest.layers,
    });
    const [name] = await readdir(join(folder, 'heads'));
    const head = await loadHead(join(folder, 'heads'), String(name), { id, sha256: weights.sha256 });
    expect(head.manifest).toMatchObject({
      activities: [...model.activities],
      thresholds: model.head.manifest.thresholds,
      training: { parent: model.headId },
    });
    expect(head.hiddenKernel).toEqual(model.hidden.kernel);
    expect(head.hiddenBias).toEqual(model.hidden.bias);
    // The calibration is a part of the last layer now.
    expect(head.outputKernel).toEqual(model.output.kernel);
    expect(head.outputBias).toEqual(model.output.bias);
  });
});
