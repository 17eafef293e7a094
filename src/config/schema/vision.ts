/** Settings of what is looked at, with what, and when a picture cannot be judged. */
import type { Setting, SettingTree } from '../setting.ts';

export const zonesSetting = {
  doc: 'Parts of the beach that are reported separately: `{"name": "north", "x": 0, "y": 0.4, "w": 0.5, "h": 0.3}`, or a polygon `{"name": "reef", "points": [[0.1, 0.5], [0.6, 0.4], [0.5, 0.7]]}`, each number a fraction of the frame. Zones group and filter riders, and full detail is read around them. Empty: the whole frame is one zone named `beach`.',
  format: 'zones',
  default: [],
} as const satisfies Setting;

export const visionSchema = {
  detail: {
    doc: 'How finely a frame is read: `auto`, or pixels of the picture that is read per pixel of the frame. At 1 the model sees riders of 12 pixels and more well, at 2 those of 6; twice as fine takes four times as long.',
    format: 'detail',
    default: 'auto',
  },
  share: {
    doc: 'With `detail: auto`, fraction of the interval between two frames that reading one may take.',
    format: 'ratio',
    default: 0.5,
  },
  engine: {
    doc: 'Engine that computes the backbone.',
    format: 'choice',
    default: 'auto',
    choices: {
      auto: 'the first of the others that loads',
      onnx: 'onnxruntime-node, the fastest',
      'tfjs-node': "TensorFlow's native library, if it is installed",
      wasm: 'TensorFlow.js in WebAssembly, runs everywhere',
    },
  },
  precision: {
    doc: 'Numbers that frames are read in, with the engine `onnx`. Eight bits take about half the time and less memory.',
    format: 'choice',
    default: 'auto',
    choices: {
      auto: 'the daemon tries both at its first start and takes int8 if it is faster and agrees; commands use fp32',
      fp32: 'float32',
      int8: 'eight bits',
    },
  },
  threads: {
    doc: 'Threads of the engine; 0 chooses by the number of cores.',
    format: 'whole',
    default: 0,
    min: 0,
    max: 64,
  },
} as const satisfies SettingTree;

export const gatesSchema = {
  frozenAfter: {
    doc: 'A camera that shows the same picture for this long is frozen, and the activity `unknown`.',
    format: 'duration',
    default: '1m',
    min: 1_000,
  },
  darkLuma: {
    doc: 'A picture is dark if 95 % of it is darker than this luma, 0 to 255.',
    format: 'decimal',
    default: 48,
    min: 0,
    max: 255,
  },
  view: {
    doc: 'What the daemon detects by the learnt view.',
    format: 'choice',
    default: 'on',
    choices: {
      on: 'a moved camera, and fog',
      off: 'nothing',
    },
  },
  dirt: {
    doc: 'Whether the daemon detects dirt on the lens: drops, salt, a cobweb, something in front of part of it.',
    format: 'choice',
    default: 'on',
    choices: { on: 'if the backbone can, as the shipped one does', off: 'not told' },
  },
} as const satisfies SettingTree;

export const modelsSchema = {
  dir: {
    doc: 'Folder with `backbone/<id>`, `riders/<id>` and `heads/<id>`.',
    format: 'path',
    default: null,
    none: 'derive',
    noneMeans: 'the models that come with the program',
  },
  backbone: {
    doc: 'Id of the backbone bundle.',
    format: 'text',
    default: 'surfwatch-mobilenetv2-v3',
    required: true,
  },
  pictureHead: {
    doc: 'Id of the head that judges photos as a whole (`classify`, `evaluate`), or `current`.',
    format: 'text',
    default: 'current',
    required: true,
  },
  head: {
    doc: 'Id of the head that finds riders in frames, or `current` for the one in use.',
    format: 'text',
    default: 'current',
    required: true,
  },
} as const satisfies SettingTree;
