/** onnxruntime's CPU kernels: the fastest engine measured, and the smallest in memory. */
import type { InferenceSession } from 'onnxruntime-node';
import { lazy } from '../../base/lazy.ts';
import { messageOf, SurfwatchError } from '../../errors.ts';
import type { Backbone, Precision } from '../backbone.ts';
import type { BackboneBundle } from '../bundle.ts';
import { embedInChunks } from './chunks.ts';
import { openOnnxCells } from './onnx-cells.ts';
import { openInt8Cells } from './onnx-cells-int8.ts';
import { writeOnnxGraph } from './onnx-graph.ts';
import { openStretcher } from './onnx-stretch.ts';

/** On one thread two tiles take twice the time of one, and more memory. */
const CHUNK = 1;

/**
 * @param threads of one inference; libvips and onnxruntime fight over few cores, so one is often best
 * @param precision of the pass over frames; photos are embedded in float32
 * @throws SurfwatchError `engine-unavailable` where onnxruntime-node has no binary for this machine, or the backbone no
 *   ranges for `int8`
 */
export async function createOnnxBackbone(
  bundle: BackboneBundle,
  threads: number,
  precision: Precision = 'fp32',
): Promise<Backbone> {
  const { manifest } = bundle;
  const { Tensor, env } = await load();
  // Opened when first used: a daemon embeds no photos, and a session takes tens of megabytes.
  const photos = lazy(() => openOnnxSession(writeOnnxGraph(bundle), threads));
  const openCells = precision === 'int8' ? openInt8Cells : openOnnxCells;
  const open = (graph: Uint8Array) => openOnnxSession(graph, threads);
  const cells = openCells(bundle, Tensor, open);
  const stretcher = openStretcher(Tensor, open);
  if (precision === 'int8' && cells === null) {
    throw new SurfwatchError(
      'engine-unavailable',
      `backbone ${manifest.id} has no ranges to compute in int8 by`,
    );
  }
  const size = manifest.input.size;
  return {
    engine: 'onnx',
    runtime: `onnxruntime ${env.versions.node ?? env.versions.common}${precision === 'int8' ? ' int8' : ''}`,
    precision,
    manifest,
    embed: (pixels, count) =>
      embedInChunks(pixels, count, manifest.width, CHUNK, async (part, tiles) => {
        const { embeddings } = await (await photos.get()).run({
          pixels: new Tensor('uint8', part, [tiles, size, size, 3]),
        });
        return embeddings?.data as Float32Array;
      }),
    cells,
    stretch: stretcher.stretch,
    async close() {
      await photos.opened?.then(session => session.release());
      await cells?.close();
      await stretcher.close();
    },
  };
}

export interface BackboneFront {
  /**
   * Runs one tile.
   *
   * @param pixels [size, size, 3] RGB bytes
   * @returns [height, width, channels] little-endian float16 bits
   */
  features(pixels: Uint8Array): Promise<Uint16Array>;
  close(): Promise<void>;
}

/**
 * The network up to a layer: its output feature map, from which the rest can be computed elsewhere.
 *
 * @param through name of the last layer
 * @throws SurfwatchError `engine-unavailable` where onnxruntime-node has no binary for this machine
 */
export async function createOnnxFront(
  bundle: BackboneBundle,
  through: string,
  threads: number,
): Promise<BackboneFront> {
  const { Tensor } = await load();
  const session = await openOnnxSession(writeOnnxGraph(bundle, 'uint8', through), threads);
  const { size } = bundle.manifest.input;
  return {
    async features(pixels) {
      const { features } = await session.run({ pixels: new Tensor('uint8', pixels, [1, size, size, 3]) });
      // A Uint16Array, or a Float16Array where the runtime has one: the same bits. Copied, as the memory may be reused.
      const { buffer, byteOffset, byteLength } = (features as { data: unknown }).data as Uint16Array;
      return new Uint16Array(buffer, byteOffset, byteLength / 2).slice();
    },
    close: () => session.release(),
  };
}

/**
 * A session on the CPU, as the daemon runs them.
 *
 * @throws SurfwatchError `engine-unavailable` where onnxruntime-node has no binary for this machine
 */
export async function openOnnxSession(graph: Uint8Array, threads: number): Promise<InferenceSession> {
  const { InferenceSession } = await load();
  return InferenceSession.create(graph, {
    executionProviders: ['cpu'],
    graphOptimizationLevel: 'all',
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    // An arena keeps the most that any frame ever took; without one a frame takes as long.
    enableCpuMemArena: false,
    enableMemPattern: false,
    // Spinning threads burn a core that the camera and the broker need.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  });
}

async function load(): Promise<typeof import('onnxruntime-node')> {
  // It would report to its makers, from its first session on.
  process.env.ORT_DISABLE_TELEMETRY = '1';
  try {
    return await import('onnxruntime-node');
  } catch (error) {
    throw new SurfwatchError('engine-unavailable', `engine onnx does not load: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
