/**
 * TensorFlow Lite metadata (tflite-support, metadata_schema.fbs 1.0): what Android's Task Library, MediaPipe and Android
 * Studio read to prepare pictures and name the outputs.
 */
import { DESCRIPTION, describeExport } from '../describe.ts';
import type { ExportModel, Precision } from '../model.ts';
import { type Table, writeFlatbuffer } from './flatbuffer.ts';

/** Packed behind the model: one name a line, in the order of the outputs. */
const LABELS_FILE = 'labels.txt';
/** Packed too: all else about the model, as JSON. */
const MODEL_FILE = 'surfwatch.json';

/** The oldest version of the schema that has all fields used here. */
const PARSER_VERSION = '1.0.0';
const FILE = { descriptions: 1, axisLabels: 2 };
const IMAGE_PROPERTIES = 2;
const RGB = 1;
const NORMALIZATION = 1;

/** The buffer `TFLITE_METADATA`. */
export function writeMetadata(model: ExportModel, precision: Precision): Uint8Array {
  const root: Table = {
    0: { text: 'surfwatch' },
    1: { text: DESCRIPTION },
    2: { text: model.headId },
    3: {
      tables: [
        {
          0: { text: 'main' },
          2: { tables: [inputTable(model, precision)] },
          3: { tables: [outputTable(model)] },
        },
      ],
    },
    4: { text: `surfwatch ${model.version}` },
    5: { text: model.licence },
    6: { tables: [fileTable(MODEL_FILE, 'All about the model, as JSON.', FILE.descriptions)] },
    7: { text: PARSER_VERSION },
  };
  return writeFlatbuffer(root, 'M001');
}

function inputTable({ input }: ExportModel, precision: Precision): Table {
  const bytes = precision === 'int8';
  const [low, high] = bytes ? [0, 255] : [input.offset, 255 * input.scale + input.offset];
  // (pixel - mean) / std = pixel × scale + offset
  const normalization: Table = {
    0: { float32s: [-input.offset / input.scale] },
    1: { float32s: [1 / input.scale] },
  };
  return {
    0: { text: 'pixels' },
    1: {
      text: `A picture of ${input.size} × ${input.size} RGB pixels, ${bytes ? 'as bytes' : `scaled to ${low}..${high}`}.`,
    },
    3: { table: { 0: { int8: IMAGE_PROPERTIES }, 1: { table: { 0: { int8: RGB } } } } },
    4: { tables: [{ 0: { int8: NORMALIZATION }, 1: { table: normalization } }] },
    5: { table: { 0: { float32s: [high] }, 1: { float32s: [low] } } },
  };
}

function outputTable({ activities, thresholds }: ExportModel): Table {
  const present = activities.map((activity, index) => `${activity} ${thresholds[index]}`).join(', ');
  return {
    0: { text: 'probabilities' },
    1: {
      text: `The probability that each activity is in the picture; several may be, or none. Present from: ${present}.`,
    },
    5: { table: { 0: { float32s: [1] }, 1: { float32s: [0] } } },
    6: { tables: [fileTable(LABELS_FILE, 'Names of the outputs.', FILE.axisLabels)] },
  };
}

function fileTable(name: string, description: string, type: number): Table {
  return { 0: { text: name }, 1: { text: description }, 2: { int8: type } };
}

/** The files that are packed behind the model. */
export function metadataFiles(model: ExportModel, precision: Precision): Record<string, string> {
  return {
    [LABELS_FILE]: `${model.activities.join('\n')}\n`,
    [MODEL_FILE]: `${JSON.stringify(describeExport(model, precision), null, 1)}\n`,
  };
}
