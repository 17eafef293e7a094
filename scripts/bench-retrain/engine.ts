/** One way to compute a fit, measured: prints seconds and peak memory. Run by bench-retrain.ts. */

import { plainMultiply } from '../../src/activity/matrix-kernel.ts';
import { createRandom } from '../../src/base/random.ts';
import { drawByWeight, fitHead } from '../../src/learning/fit/fit-head.ts';
import { createHeadTrainer, type HeadTrainer, startWeights } from '../../src/learning/fit/head-trainer.ts';
import { RETRAIN_FIT } from '../../src/learning/retrain/retrain-head.ts';

const [HIDDEN, OUTPUTS, COUNT, EPOCHS] = [64, 3, 2000, 12];

const [engine = '', widthText = '128'] = process.argv.slice(2);
const width = Number(widthText);
const random = createRandom(1);
const start = startWeights({ width, hidden: HIDDEN, outputs: OUTPUTS }, random);
const rows = {
  inputs: Float32Array.from({ length: COUNT * width }, () => random.between(-1, 1)),
  targets: Float32Array.from({ length: COUNT * OUTPUTS }, () => (random.next() < 0.3 ? 1 : 0)),
  mask: new Float32Array(COUNT * OUTPUTS).fill(1),
};

async function trainer(): Promise<HeadTrainer | null> {
  if (engine === 'own kernel') return createHeadTrainer(start, RETRAIN_FIT.batch);
  if (engine === 'own kernel without SIMD') return createHeadTrainer(start, RETRAIN_FIT.batch, plainMultiply);
  if (engine !== 'tfjs wasm' && engine !== 'tfjs-node') return null;
  const { createTfjsTrainer } = await import('./tfjs-trainer.ts');
  const { loadTensorflow } = await import('../../src/vision/engines/tensorflow.ts');
  return createTfjsTrainer(await loadTensorflow(engine === 'tfjs wasm' ? 'wasm' : engine), start);
}

// Loading counts: a board loads it for every retraining, in a thread that ends.
const begun = performance.now();
const before = process.cpuUsage();
const chosen = await trainer();
if (chosen !== null) {
  const source = { rows, draw: drawByWeight(new Float64Array(COUNT).fill(1)) };
  const steps = Math.ceil(COUNT / RETRAIN_FIT.batch);
  await fitHead(chosen, source, steps, { ...RETRAIN_FIT, epochs: EPOCHS, patience: 0 }, random);
}
const seconds = (performance.now() - begun) / 1000;
const { user, system } = process.cpuUsage(before);
console.log(
  JSON.stringify({ seconds, cpu: (user + system) / 1e6, peak: process.resourceUsage().maxRSS / 1024 }),
);
