/** Runs an exported TensorFlow.js model beside the daemon's own forward pass. */
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { scoreEmbeddings } from '../../activity/head.ts';
import { goldenPixels } from '../../vision/backbone.ts';

import { loadTensorflow } from '../../vision/engines/tensorflow.ts';
import { createTfjsBackbone } from '../../vision/engines/tfjs.ts';
import type { ExportFiles, ExportModel } from './model.ts';

/** @returns the largest difference of a probability on the drawn pattern, or null where WebAssembly does not load */
export async function checkTfjs(model: ExportModel, files: ExportFiles): Promise<number | null> {
  const tf = await loadTensorflow('wasm').catch(() => null);
  if (tf === null) return null;
  const { size } = model.input;
  const pixels = goldenPixels(size);
  const loaded = await loadExported(files);
  const answer = tf.tidy(() => loaded.predict(tf.tensor4d(pixels, [1, size, size, 3], 'float32')));
  const found = Array.isArray(answer) ? new Float32Array() : await answer.data<'float32'>();
  tf.dispose(answer);
  loaded.dispose();
  const backbone = await createTfjsBackbone(model.backbone, 'wasm');
  const expected = scoreEmbeddings(model.head, await backbone.embed(pixels, 1), 1);
  await backbone.close();
  return Math.max(...expected.map((value, index) => Math.abs(value - (found[index] ?? Number.NaN))));
}

/** Loads what `exportTfjs` gave, from memory. */
export async function loadExported(files: ExportFiles): Promise<LayersModel> {
  const { loadLayersModel } = await import('@tensorflow/tfjs-layers');
  const json = JSON.parse(String(files['model.json']));
  const [group] = json.weightsManifest;
  const weightData = Buffer.concat(group.paths.map((path: string) => files[path]));
  const artifacts = {
    modelTopology: json.modelTopology,
    weightSpecs: group.weights,
    weightData: new Uint8Array(weightData).buffer,
    userDefinedMetadata: json.userDefinedMetadata,
  };
  return loadLayersModel({ load: async () => artifacts });
}
