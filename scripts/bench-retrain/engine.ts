/** One way to compute a retraining, measured: prints seconds and peak memory. Run by bench-retrain.ts. */

import { createRandom } from '../../src/base/random.ts';
import { plainMultiply } from '../../src/learning/retrain/matrix-kernel.ts';
import { createOwnTrainer } from '../../src/learning/retrain/own-trainer.ts';
import { refit } from '../../src/learning/retrain/refit.ts';
import { RETRAIN_FIT } from '../../src/learning/retrain/retrain-head.ts';
import type { HeadTrainer } from '../../src/learning/retrain/trainer.ts';

const [WIDTH, HIDDEN, COUNT, EPOCHS] = [128, 64, 2000, 12];
const ACTIVITIES = ['surfing', 'windsurfing', 'kitesurfing'];

const engine = process.argv[2] ?? '';
const random = createRandom(1);
const values = (length: number, size = 1) => Float32Array.from({ length }, () => random.between(-size, size));
const start = {
  hiddenKernel: values(HIDDEN * WIDTH, 0.05),
  hiddenBias: values(HIDDEN),
  outputKernel: values(ACTIVITIES.length * HIDDEN),
  outputBias: values(ACTIVITIES.length),
};
const rows = {
  count: COUNT,
  width: WIDTH,
  outputs: ACTIVITIES,
  inputs: values(COUNT * WIDTH),
  targets: Float32Array.from({ length: COUNT * ACTIVITIES.length }, () => (random.next() < 0.3 ? 1 : 0)),
  mask: new Float32Array(COUNT * ACTIVITIES.length).fill(1),
  weights: new Float64Array(COUNT).fill(1),
};

async function trainer(): Promise<HeadTrainer | null> {
  if (engine === 'own kernel') return createOwnTrainer(start, RETRAIN_FIT.batch);
  if (engine === 'own kernel without SIMD') return createOwnTrainer(start, RETRAIN_FIT.batch, plainMultiply);
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
  let newest = 0;
  await refit(
    chosen,
    HIDDEN,
    rows,
    { ...RETRAIN_FIT, epochs: EPOCHS, patience: EPOCHS, seed: 1 },
    { heldLoss: () => --newest, lookAgain: () => rows },
  );
}
const seconds = (performance.now() - begun) / 1000;
const { user, system } = process.cpuUsage(before);
console.log(
  JSON.stringify({ seconds, cpu: (user + system) / 1e6, peak: process.resourceUsage().maxRSS / 1024 }),
);
