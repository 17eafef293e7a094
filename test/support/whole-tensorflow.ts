/** TensorFlow.js on WebAssembly with what surfwatch does without: layers, gradients, operations as methods of tensors. */
import * as tf from '@tensorflow/tfjs';
import { loadTensorflow } from '../../src/vision/engines/tensorflow.ts';

export async function loadWholeTensorflow(): Promise<typeof tf> {
  await loadTensorflow('wasm');
  return tf;
}
