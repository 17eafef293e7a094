/** Models to export, and what the daemon makes of some noise. */

import { scoreEmbeddings } from '../../../src/activity/head.ts';
import type { HeadBundle } from '../../../src/activity/head-bundle.ts';
import { createRandom } from '../../../src/base/random.ts';
import { type ExportModel, exportModel } from '../../../src/exchange/export/model.ts';
import { loadBackboneBundle } from '../../../src/vision/bundle.ts';
import { createOnnxBackbone } from '../../../src/vision/engines/onnx.ts';
import { randomHead } from '../../learning/support.ts';
import { randomPixels, SHIPPED_BACKBONE } from '../../vision/support.ts';

/** The shipped backbone with a head of random weights, calibrated, whose answers lie well between 0 and 1. */
export async function modelWith(change: Partial<HeadBundle['manifest']> = {}): Promise<ExportModel> {
  const backbone = await loadBackboneBundle(SHIPPED_BACKBONE);
  const { id, width, weights } = backbone.manifest;
  const toy = randomHead(4, { width, backbone: { id, sha256: weights.sha256 }, ...change });
  const { hidden, activities, background = [] } = toy.manifest;
  const random = createRandom(8);
  const values = (length: number, reach: number) =>
    Float32Array.from({ length }, () => random.between(-reach, reach));
  const outputs = activities.length + background.length;
  return exportModel(backbone, {
    ...toy,
    hiddenKernel: values(hidden * width, 0.1),
    outputKernel: values(outputs * hidden, 0.5),
    outputBias: values(outputs, 0.5),
  });
}

export const IMAGES = 2;

/** [2, size, size, 3] RGB bytes, and the daemon's probabilities. */
export async function daemonAnswers({ backbone, head, input }: ExportModel) {
  const pixels = randomPixels(IMAGES * input.size * input.size * 3, 3);
  const engine = await createOnnxBackbone(backbone, 1);
  const scores = scoreEmbeddings(head, await engine.embed(pixels, IMAGES), IMAGES);
  await engine.close();
  return { pixels, scores };
}
