/** onnxruntime's CPU kernels: the fastest engine measured, and the smallest in memory. */
import { messageOf, SurfwatchError } from '../../errors.ts';
import type { Backbone } from '../backbone.ts';
import type { BackboneBundle } from '../bundle.ts';
import { embedInChunks } from './chunks.ts';
import { writeOnnxGraph } from './onnx-graph.ts';

/** On one thread two tiles take twice the time of one, and more memory. */
const CHUNK = 1;

/**
 * @param threads of one inference; libvips and onnxruntime fight over few cores, so one is often best
 * @throws SurfwatchError `engine-unavailable` where onnxruntime-node has no binary for this machine
 */
export async function createOnnxBackbone(bundle: BackboneBundle, threads: number): Promise<Backbone> {
  const { manifest } = bundle;
  const { InferenceSession, Tensor, env } = await load();
  const session = await InferenceSession.create(writeOnnxGraph(bundle), {
    executionProviders: ['cpu'],
    graphOptimizationLevel: 'all',
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    enableCpuMemArena: true,
    // Spinning threads burn a core that the camera and the broker need.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  });
  const size = manifest.input.size;
  return {
    engine: 'onnx',
    runtime: `onnxruntime ${env.versions.node ?? env.versions.common}`,
    manifest,
    embed: (pixels, count) =>
      embedInChunks(pixels, count, manifest.width, CHUNK, async (part, tiles) => {
        const { embeddings } = await session.run({
          pixels: new Tensor('uint8', part, [tiles, size, size, 3]),
        });
        return embeddings?.data as Float32Array;
      }),
    close: () => session.release(),
  };
}

async function load(): Promise<typeof import('onnxruntime-node')> {
  try {
    return await import('onnxruntime-node');
  } catch (error) {
    throw new SurfwatchError('engine-unavailable', `engine onnx does not load: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
