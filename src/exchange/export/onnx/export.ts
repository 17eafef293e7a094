/** Writes the model for onnxruntime and whatever else reads ONNX. */
import { scoreEmbeddings } from '../../../activity/head.ts';
import { SurfwatchError } from '../../../errors.ts';
import { goldenPixels } from '../../../vision/backbone.ts';
import { createOnnxBackbone, openOnnxSession } from '../../../vision/engines/onnx.ts';
import { backboneGraph, poolNodes } from '../../../vision/engines/onnx-graph.ts';
import { dequantise, int8Layers, joined } from '../../../vision/engines/onnx-int8.ts';
import { writeOnnxModel } from '../../../vision/engines/onnx-proto.ts';
import { quantise } from '../../../vision/engines/quantise.ts';
import { DESCRIPTION, describeExport } from '../describe.ts';
import type { ExportFiles, ExportModel, ExportOptions } from '../model.ts';
import { headGraph } from './head-graph.ts';

/**
 * Input `pixels` [n, size, size, 3] uint8, RGB 0..255, scaled inside the graph; output `probabilities` [n, activities]
 * float32. In int8 the backbone computes in eight bits and the head in float32.
 *
 * @throws SurfwatchError `export-needs-ranges`
 */
export async function exportOnnx(
  model: ExportModel,
  { precision, ranges }: ExportOptions,
): Promise<ExportFiles> {
  const { size } = model.input;
  const backbone = precision === 'int8' ? quantisedBackbone(model, ranges) : backboneGraph(model.backbone);
  const head = headGraph(model);
  const bytes = writeOnnxModel({
    name: model.headId,
    description: DESCRIPTION,
    producerVersion: model.version,
    nodes: [...backbone.nodes, ...head.nodes],
    constants: [...backbone.constants, ...head.constants],
    inputs: [{ name: 'pixels', type: 'uint8', shape: ['n', size, size, 3] }],
    outputs: [{ name: 'probabilities', type: 'float32', shape: ['n', model.activities.length] }],
    metadata: {
      ...describeExport(model, precision),
      input: 'uint8 RGB 0..255; scale and offset are applied inside',
    },
  });
  return { 'model.onnx': bytes };
}

function quantisedBackbone(model: ExportModel, ranges: ExportOptions['ranges']) {
  if (ranges === null) throw new SurfwatchError('export-needs-ranges', 'int8 was asked for without ranges');
  const quantised = quantise(model, ranges);
  return joined([
    {
      nodes: [{ op: 'Transpose', inputs: ['pixels'], output: 'planes/q', ints: { perm: [0, 3, 1, 2] } }],
      constants: [],
    },
    dequantise('planes', quantised.pixels, 'uint8'),
    int8Layers(model.layers, quantised, 'uint8'),
    { nodes: poolNodes(model.layers), constants: [] },
  ]);
}

/** @returns the largest difference of a probability on the drawn pattern, or null where onnxruntime does not load */
export async function checkOnnx(model: ExportModel, files: ExportFiles): Promise<number | null> {
  const [bytes] = Object.values(files);
  const runtime = await import('onnxruntime-node').catch(() => null);
  if (runtime === null || !(bytes instanceof Uint8Array)) return null;
  const { size } = model.input;
  const pixels = goldenPixels(size);
  const session = await openOnnxSession(bytes, 1);
  const input = new runtime.Tensor('uint8', pixels, [1, size, size, 3]);
  const { probabilities } = await session.run({ pixels: input });
  const found = probabilities?.data as Float32Array;
  await session.release();
  const backbone = await createOnnxBackbone(model.backbone, 1);
  const expected = scoreEmbeddings(model.head, await backbone.embed(pixels, 1), 1);
  await backbone.close();
  return Math.max(...expected.map((value, index) => Math.abs(value - (found[index] ?? Number.NaN))));
}
