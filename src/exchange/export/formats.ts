/** The formats a model can be exported to. A format's module is loaded only when it is asked for. */

import type { ExportFiles, ExportModel, Precision, WriteExport } from './model.ts';

interface Format {
  /** For whom it is, for `--help`. */
  readonly summary: string;
  /** Whether `--out` names one file or a folder of files. */
  readonly kind: 'file' | 'folder';
  /** Extension of the file, with its dot; empty for a folder. */
  readonly extension: string;
  readonly precisions: readonly Precision[];
  readonly load: () => Promise<WriteExport>;
  /**
   * Runs what was written on a drawn pattern.
   *
   * @returns the largest difference of a probability from the daemon's, or null where the runtime does not load here
   */
  readonly check?: (model: ExportModel, files: ExportFiles) => Promise<number | null>;
}

export const FORMATS = {
  onnx: {
    summary: 'onnxruntime, on servers, desktops and boards',
    kind: 'file',
    extension: '.onnx',
    precisions: ['float32', 'int8'],
    load: async () => (await import('./onnx/export.ts')).exportOnnx,
    check: async (model, files) => (await import('./onnx/export.ts')).checkOnnx(model, files),
  },
  tflite: {
    summary: "TensorFlow Lite / LiteRT: Android, iOS, microcontrollers, Python's tf.lite",
    kind: 'file',
    extension: '.tflite',
    precisions: ['float32', 'int8'],
    load: async () => (await import('./tflite/export.ts')).exportTflite,
  },
  tfjs: {
    summary: 'TensorFlow.js, in browsers and Node.js: a layers model that can be trained on',
    kind: 'folder',
    extension: '',
    precisions: ['float32'],
    load: async () => (await import('./tfjs.ts')).exportTfjs,
    check: async (model, files) => (await import('./tfjs-check.ts')).checkTfjs(model, files),
  },
  keras: {
    summary: 'Keras 3 (.keras), to train on in Python',
    kind: 'file',
    extension: '.keras',
    precisions: ['float32'],
    load: async () => (await import('./keras.ts')).exportKeras,
  },
  'keras-h5': {
    summary: 'Keras 2 and 3 (.h5)',
    kind: 'file',
    extension: '.h5',
    precisions: ['float32'],
    load: async () => (await import('./keras.ts')).exportKerasHdf5,
  },
} as const satisfies Record<string, Format>;

export type FormatName = keyof typeof FORMATS;

export const FORMAT_NAMES = Object.keys(FORMATS) as FormatName[];

/** The format of that name. */
export function formatOf(name: FormatName): Format {
  return FORMATS[name];
}
