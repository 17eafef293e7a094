/** onnxruntime alone: the backbone as one graph in one session, over a whole picture. What the pass cannot be faster than. */
import { Tensor } from 'onnxruntime-node';
import type { Precision } from '../../src/vision/backbone.ts';
import type { BackboneBundle } from '../../src/vision/bundle.ts';
import type { RawPicture } from '../../src/vision/decode.ts';
import { openOnnxSession } from '../../src/vision/engines/onnx.ts';
import {
  CLIP_CONSTANTS,
  inputConstants,
  inputNodes,
  layerConstants,
  layersNodes,
} from '../../src/vision/engines/onnx-graph.ts';
import { dequantise, int8Layers, joined, type OnnxPart } from '../../src/vision/engines/onnx-int8.ts';
import { writeOnnxModel } from '../../src/vision/engines/onnx-proto.ts';
import { type QuantisedModel, quantise } from '../../src/vision/engines/quantise.ts';
import { type NetworkLayer, networkLayers } from '../../src/vision/network.ts';

/** @returns what runs the network over pictures, one after another */
export async function openBare(
  bundle: BackboneBundle,
  precision: Precision,
  threads: number,
): Promise<(levels: readonly RawPicture[]) => Promise<void>> {
  const { layers } = bundle.manifest;
  const last = layers.at(-1)?.name ?? '';
  const graph = writeOnnxModel({
    name: 'bare',
    ...(precision === 'fp32' ? floatPart(bundle) : int8Part(bundle)),
    inputs: [{ name: 'pixels', type: 'uint8', shape: [1, 'height', 'width', 3] }],
    outputs: [
      precision === 'fp32'
        ? { name: last, type: 'float32', shape: [1, 'channels', 'rows', 'columns'] }
        : { name: `${last}/q`, type: 'uint8', shape: [1, 'channels', 'rows', 'columns'] },
    ],
  });
  const session = await openOnnxSession(graph, threads);
  return async levels => {
    for (const { width, height, rgb } of levels) {
      await session.run({ pixels: new Tensor('uint8', rgb, [1, height, width, 3]) });
    }
  };
}

function floatPart(bundle: BackboneBundle): OnnxPart {
  const { layers, input } = bundle.manifest;
  return {
    nodes: [...inputNodes('uint8'), ...layersNodes(layers, input.size)],
    constants: [
      ...inputConstants(bundle),
      ...CLIP_CONSTANTS,
      ...layers.flatMap(layer => layerConstants(bundle, layer)),
    ],
  };
}

function int8Part(bundle: BackboneBundle): OnnxPart {
  const { input, ranges } = bundle.manifest;
  const layers = networkLayers(bundle);
  return plainInt8(layers, quantise({ input, layers }, ranges ?? {}));
}

/** Layers from the pixels on as exports have them: `pixels`, uint8 [1, height, width, 3] → `<layer>/q` */
export function plainInt8(layers: readonly NetworkLayer[], quantised: QuantisedModel): OnnxPart {
  const toPlanes = { op: 'Transpose', inputs: ['pixels'], output: 'planes/q', ints: { perm: [0, 3, 1, 2] } };
  return joined([
    { nodes: [toPlanes], constants: [] },
    dequantise('planes', quantised.pixels, 'uint8'),
    int8Layers(layers, quantised, 'uint8'),
  ]);
}
