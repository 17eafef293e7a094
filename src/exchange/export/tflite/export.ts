/** Writes the model for TensorFlow Lite (LiteRT). */
import { SurfwatchError } from '../../../errors.ts';
import { quantise } from '../../../vision/engines/quantise.ts';
import { DESCRIPTION } from '../describe.ts';
import type { ExportFiles, ExportModel, ExportOptions } from '../model.ts';
import { appendZip } from './append-zip.ts';
import { floatBackbone } from './float-backbone.ts';
import { createGraph, type Graph } from './graph.ts';
import { addHead } from './head.ts';
import { int8Backbone } from './int8-backbone.ts';
import { metadataFiles, writeMetadata } from './metadata.ts';

/**
 * Output `probabilities` [1, activities] float32. Input `pixels` [1, size, size, 3]: in float32 scaled as the metadata's
 * normalization says (-1..1), in int8 the bytes of the picture, uint8. The batch is fixed, since LiteRT's compiled models
 * take no open dimension; an interpreter can resize it.
 *
 * @throws SurfwatchError `export-needs-ranges`
 */
export async function exportTflite(model: ExportModel, options: ExportOptions): Promise<ExportFiles> {
  const graph = createGraph();
  const { input, features } =
    options.precision === 'int8' ? quantisedBackbone(graph, model, options) : floatBackbone(graph, model);
  const output = addHead(graph, model, features);
  const bytes = graph.write({
    description: `surfwatch ${model.version}: ${DESCRIPTION}`,
    input,
    output,
    metadata: { TFLITE_METADATA: writeMetadata(model, options.precision) },
  });
  return { 'model.tflite': appendZip(bytes, metadataFiles(model, options.precision)) };
}

function quantisedBackbone(graph: Graph, model: ExportModel, { ranges }: ExportOptions) {
  if (ranges === null) throw new SurfwatchError('export-needs-ranges', 'int8 was asked for without ranges');
  return int8Backbone(graph, model, quantise(model, ranges));
}
