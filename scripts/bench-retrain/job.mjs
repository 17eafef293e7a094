/** A whole retraining, bundled as it ships, measured: prints seconds and peak memory. Run by bench-retrain.ts. */

import { createRandom } from '../../src/base/random.ts';
import { RETRAIN_DEFAULTS } from '../../src/learning/retrain/retrain-head.ts';
import { startRetrainJob } from '../../src/learning/retrain/run-in-worker.ts';

const [WIDTH, HIDDEN, CELLS] = [128, 64, 40];
const activities = ['surfing', 'windsurfing', 'kitesurfing'];
const random = createRandom(1);
const values = (length, size = 1) => Float32Array.from({ length }, () => random.between(-size, size));

/** Anywhere on the grid of one of three levels, as the kept cells of a camera lie. */
function place() {
  const across = [80, 40, 20][random.below(3)];
  const down = (across * 9) / 16;
  return {
    x: random.below(across) / across,
    y: random.below(Math.floor(down)) / down,
    w: 3 / across,
    h: 3 / down,
  };
}

function input(base, held, found, frames) {
  const setOf = (length, groupOf) => ({
    samples: Array.from({ length }, (_, row) => ({
      labels: activities.map((_, index) => (row % 4 === index ? 1 : 0)),
      group: groupOf(row),
      source: 'photos',
      file: String(row),
      part: '',
      augmented: false,
    })),
    embeddings: values(length * WIDTH).map(Math.abs),
    width: WIDTH,
  });
  return {
    base: {
      activities,
      backbone: '0'.repeat(64),
      set: setOf(base + held, row => (row < base ? `g${row % 50}` : `h${row % 10}`)),
      found: setOf(found, row => `f${row % 19}`),
      held: new Set(Array.from({ length: 10 }, (_, index) => `h${index}`)),
    },
    board: Array.from({ length: frames }, (_, index) => ({
      id: String(index),
      takenAt: Date.UTC(2026, 5, 1, index),
      labels: index % 2 === 0 ? [activities[index % 3]] : [],
      cells: Array.from({ length: CELLS }, () => ({
        zone: 'beach',
        rectangle: place(),
      })),
      embeddings: values(CELLS * WIDTH).map(Math.abs),
    })),
    incumbent: {
      manifest: {
        format: 1,
        id: 'bench',
        createdAt: '2026-06-01T09:00:00.000Z',
        activities,
        width: WIDTH,
        hidden: HIDDEN,
        backbone: { id: 'bench', sha256: '0'.repeat(64) },
        calibration: activities.map(() => ({ slope: 1, intercept: 0 })),
        thresholds: Object.fromEntries(activities.map(activity => [activity, 0.5])),
        cells: { rider: 0.5, presence: { slope: 1, intercept: 0 } },
        weights: { file: 'weights.f32.bin', sha256: '0'.repeat(64) },
        training: { parent: null, seed: 1, dataSha256: '0'.repeat(64), command: '' },
      },
      hiddenKernel: values(HIDDEN * WIDTH, 0.05),
      hiddenBias: values(HIDDEN),
      outputKernel: values(activities.length * HIDDEN),
      outputBias: values(activities.length),
    },
  };
}

const JOBS = { few: [1500, 500, 800, 52], many: [4000, 2000, 3400, 2000] };

// What a process takes that does not retrain: the data counts as the job's, for which it is read.
const sizes = JOBS[process.argv[2]];
const data = sizes === undefined ? null : input(...sizes);
const begun = performance.now();
const before = process.cpuUsage();
const options = { ...RETRAIN_DEFAULTS, tuning: { patience: 99 } };
// At the lowest priority other programs would be measured.
if (data !== null) await startRetrainJob(data, options, {}, { niceness: 0 }).result;
const seconds = (performance.now() - begun) / 1000;
const { user, system } = process.cpuUsage(before);
console.log(
  JSON.stringify({ seconds, cpu: (user + system) / 1e6, peak: process.resourceUsage().maxRSS / 1024 }),
);
