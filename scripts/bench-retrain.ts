/**
 * Measures what fitting a head takes: each way to compute it in a process of its own, the kernel of
 * src/activity/matrix-kernel.ts beside TensorFlow.js; and a whole retraining in its thread.
 *
 *     npx tsx scripts/bench-retrain.ts
 */
import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PACKAGE_ROOT } from '../src/base/paths.ts';
import { printTable } from '../src/cli/table.ts';
import { bundle } from './build.js';

interface Measured {
  /** Time of the work alone: wall clock, and processor time, which other programs do not lengthen. */
  readonly seconds: number;
  readonly cpu: number;
  /** Largest resident memory of the process, MB. */
  readonly peak: number;
}

const ENGINES = ['own kernel', 'own kernel without SIMD', 'tfjs wasm', 'tfjs-node'] as const;
const ENGINE = fileURLToPath(new URL('./bench-retrain/engine.ts', import.meta.url));
/** Bundled, as the product is. */
const BUILT = join(PACKAGE_ROOT, '.cache', 'bench-retrain');
const JOB = join(BUILT, 'job.js');

function run(path: string, given: readonly string[], execArgv: readonly string[]): Measured | string {
  try {
    const out = execFileSync(process.execPath, [...execArgv, path, ...given], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return JSON.parse(out.trim().split('\n').at(-1) ?? '') as Measured;
  } catch (error) {
    return error instanceof Error ? (error.message.match(/\[([a-z-]+)\]/)?.[1] ?? 'fails') : 'fails';
  }
}

function row(name: string, measured: Measured | string, bare: Measured | string): string[] {
  if (typeof measured === 'string' || typeof bare === 'string') return [name, 'not here', '', ''];
  return [
    name,
    measured.seconds.toFixed(2),
    measured.cpu.toFixed(2),
    `+${(measured.peak - bare.peak).toFixed(0)}`,
  ];
}

const tsx = ['--import', 'tsx'];
console.log(
  `${cpus()[0]?.model.trim()}, ${availableParallelism()} cores, Node.js ${process.versions.node}\n`,
);
for (const width of ['128', '1280']) {
  const bare = run(ENGINE, ['nothing', width], tsx);
  console.log(`12 epochs of 2,000 embeddings of ${width} numbers, 16 steps of 128 each, one thread`);
  printTable(
    ['', 'seconds', 'of a processor', 'memory, MB'],
    ENGINES.map(engine => row(engine, run(ENGINE, [engine, width], tsx), bare)),
  );
}
await bundle(BUILT, { job: 'scripts/bench-retrain/job.mjs' });
console.log('\nThe whole job in its thread, with calibration and gate: labelled frames of 40 cells each');
const nothing = run(JOB, ['nothing'], []);
printTable(
  ['', 'seconds', 'of a processor', 'memory, MB'],
  [
    row('52 frames, 2,800 base cells', run(JOB, ['few'], []), nothing),
    row('2,000 frames, 9,400 base cells', run(JOB, ['many'], []), nothing),
  ],
);
