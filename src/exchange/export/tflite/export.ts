/** Writes the model for TensorFlow Lite (LiteRT). */
import { strToU8, zipSync } from 'fflate';
import { SurfwatchError } from '../../../errors.ts';
import { quantise } from '../../../vision/engines/quantise.ts';
import { DESCRIPTION } from '../describe.ts';
import type { ExportFiles, ExportModel, ExportOptions } from '../model.ts';
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

const END_RECORD_SIZE = 22;
const END_DIRECTORY_SIZE = 12;
const END_DIRECTORY_OFFSET = 16;
const ENTRY_SIZE = 46;
const ENTRY_NAME_LENGTH = 28;
const ENTRY_OFFSET = 42;

/** The bytes with an archive of the files behind them. They are stored as they are, since readers map them into memory. */
export function appendZip(bytes: Uint8Array, files: Readonly<Record<string, string>>): Uint8Array {
  const entries = Object.entries(files).map(([name, text]) => [name, strToU8(text)] as const);
  // A fixed time, so that the same model gives the same file.
  const archive = zipSync(Object.fromEntries(entries), { level: 0, mtime: new Date(1980, 0, 1) });
  const whole = new Uint8Array(bytes.length + archive.length);
  whole.set(bytes);
  whole.set(shifted(archive, bytes.length), bytes.length);
  return whole;
}

/** An archive whose offsets count from `start` bytes before it (APPNOTE.TXT 4.3.12 and 4.3.16; no ZIP64, no comments). */
function shifted(archive: Uint8Array, start: number): Uint8Array {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength);
  const end = archive.length - END_RECORD_SIZE;
  const directory = view.getUint32(end + END_DIRECTORY_OFFSET, true);
  const after = directory + view.getUint32(end + END_DIRECTORY_SIZE, true);
  for (let entry = directory; entry < after; ) {
    view.setUint32(entry + ENTRY_OFFSET, view.getUint32(entry + ENTRY_OFFSET, true) + start, true);
    entry +=
      ENTRY_SIZE +
      [0, 2, 4].reduce((sum, at) => sum + view.getUint16(entry + ENTRY_NAME_LENGTH + at, true), 0);
  }
  view.setUint32(end + END_DIRECTORY_OFFSET, directory + start, true);
  return archive;
}
