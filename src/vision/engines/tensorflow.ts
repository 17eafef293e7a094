/** Loads TensorFlow.js on its native library or on WebAssembly: for embedding, and for tuning the backbone. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import util from 'node:util';
import { messageOf, SurfwatchError } from '../../errors.ts';

/** Its core: operations are functions (`tf.add(a, b)`), since only the whole package has them as methods of tensors. */
export type Tensorflow = typeof import('@tensorflow/tfjs-core');
export type TensorflowEngine = 'tfjs-node' | 'wasm';

/** @throws SurfwatchError `engine-unavailable` where the backend does not load on this machine */
export async function loadTensorflow(engine: TensorflowEngine): Promise<Tensorflow> {
  try {
    return engine === 'tfjs-node' ? await loadNative() : await loadWasm();
  } catch (error) {
    throw new SurfwatchError('engine-unavailable', `engine ${engine} does not load: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

async function loadNative(): Promise<Tensorflow> {
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  restoreRemovedUtilities();
  // Not typed by a static import: the package is optional, and absent where its binary could not be fetched.
  const name = '@tensorflow/tfjs-node';
  const module: { default?: Tensorflow } & Tensorflow = await import(name);
  const tf = module.default ?? module;
  // Chosen by the first import alone: another engine may have been loaded since.
  await tf.setBackend('tensorflow');
  await tf.ready();
  if (tf.getBackend() !== 'tensorflow') throw new Error(`its backend is ${tf.getBackend()}, not tensorflow`);
  return tf;
}

async function loadWasm(): Promise<Tensorflow> {
  const tf = await import('@tensorflow/tfjs-core');
  const wasm = await import('@tensorflow/tfjs-backend-wasm');
  const require = createRequire(import.meta.url);
  wasm.setWasmPaths(join(dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json')), 'dist/'));
  await tf.setBackend('wasm');
  await tf.ready();
  // A failed start falls back silently to plain JavaScript, 30 times slower.
  if (tf.getBackend() !== 'wasm') throw new Error(`its backend is ${tf.getBackend()}, not wasm`);
  return tf;
}

/** tfjs-node 4.22 calls functions that Node 23 removed (tensorflow/tfjs#8609). */
function restoreRemovedUtilities(): void {
  const removed = {
    isNullOrUndefined: (value: unknown) => value === null || value === undefined,
    isArray: Array.isArray,
  };
  for (const [name, restored] of Object.entries(removed)) {
    if (!(name in util)) Object.defineProperty(util, name, { value: restored });
  }
}
