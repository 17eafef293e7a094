/** Settings of what is looked at, with what, and when a picture can't be judged. */

import { formatDuration } from '../../base/duration.ts';
import { DEFAULT_GATE_OPTIONS, type GateOptions } from '../../vision/quality.ts';
import type { SchemaOf } from '../setting.ts';
import type { ModelSettings, Settings } from '../settings.ts';

export const zonesSetting = {
  doc: 'Parts of the beach that are reported by themselves: `{"name": "north", "x": 0, "y": 0.4, "w": 0.5, "h": 0.3}`, or a polygon `{"name": "reef", "points": [[0.1, 0.5], [0.6, 0.4], [0.5, 0.7]]}`, each number a share of the frame. They group and filter riders; how well these are seen does not depend on them. Empty: the whole frame is one zone named `beach`.',
  format: 'zones',
  default: [],
} as const satisfies SchemaOf<Pick<Settings, 'zones'>>['zones'];

export const visionSchema = {
  detail: {
    doc: 'How finely a frame is read: `auto`, or pixels of the picture that is read to one of the frame. At 1 riders of 12 pixels and more are seen well, at 2 those of 6; twice as fine takes four times as long.',
    format: 'detail',
    default: 'auto',
  },
  share: {
    doc: 'With `detail: auto`, share of the interval between two frames that reading one may take.',
    format: 'ratio',
    default: 0.5,
  },
  engine: {
    doc: 'What computes the backbone.',
    format: 'choice',
    default: 'auto',
    choices: {
      auto: 'the first of the others that loads',
      onnx: 'onnxruntime-node, the fastest',
      'tfjs-node': "TensorFlow's native library, where it is installed",
      wasm: 'TensorFlow.js in WebAssembly, runs everywhere',
    },
  },
  threads: {
    doc: 'Threads of the engine; 0 chooses by the processor.',
    format: 'whole',
    default: 0,
    min: 0,
    max: 64,
  },
  maxPixels: {
    doc: 'Pictures with more pixels are refused before they are decoded.',
    format: 'whole',
    default: 50_000_000,
    min: 50_176,
  },
  maxBytes: {
    doc: 'Larger pictures are refused, in bytes.',
    format: 'bytes',
    default: 20_000_000,
    min: 1024,
  },
} as const satisfies SchemaOf<Settings['vision']>;

export const gatesSchema = {
  frozenAfter: {
    doc: 'The same picture for this long is a frozen camera, and the activity `unknown`.',
    format: 'duration',
    default: formatDuration(DEFAULT_GATE_OPTIONS.frozenAfterMs),
    min: 1_000,
  },
  frozenShare: {
    doc: 'Share of the points that must have changed since the picture stood still, or it still does.',
    format: 'ratio',
    default: DEFAULT_GATE_OPTIONS.frozenShare,
  },
  darkLuma: {
    doc: 'Dark where 95 % of the picture is darker than this luma.',
    format: 'decimal',
    default: DEFAULT_GATE_OPTIONS.darkLuma,
    min: 0,
    max: 255,
  },
  overexposedShare: {
    doc: 'Over-exposed where more than this share of the picture is white.',
    format: 'ratio',
    default: DEFAULT_GATE_OPTIONS.overexposedShare,
  },
  overexposedLuma: {
    doc: 'Over-exposed where 95 % of the picture is brighter than this luma.',
    format: 'decimal',
    default: DEFAULT_GATE_OPTIONS.overexposedLuma,
    min: 0,
    max: 255,
  },
  obscuredSpread: {
    doc: 'Obscured where luma spreads (5th to 95th percentile) over less than this.',
    format: 'decimal',
    default: DEFAULT_GATE_OPTIONS.obscuredSpread,
    min: 0,
    max: 255,
  },
  obscuredSharpness: {
    doc: 'Fogged where the picture is less sharp than this: the root mean square Laplacian of the luma of a 128 × 72 thumbnail.',
    format: 'decimal',
    default: DEFAULT_GATE_OPTIONS.obscuredSharpness,
    min: 0,
  },
  obscuredStructure: {
    doc: 'Fogged where the square root of spread times sharpness is less than this: contrast and detail together.',
    format: 'decimal',
    default: DEFAULT_GATE_OPTIONS.obscuredStructure,
    min: 0,
  },
  foggedFineness: {
    doc: 'Fogged where the finest detail is less than this share of the next coarser: out of focus.',
    format: 'decimal',
    default: DEFAULT_GATE_OPTIONS.foggedFineness,
    min: 0,
  },
  view: {
    doc: 'What is told from the view that is learnt.',
    format: 'choice',
    default: DEFAULT_GATE_OPTIONS.view,
    choices: {
      on: 'a moved camera, and fog',
      off: 'nothing',
    },
  },
  dirt: {
    doc: 'Whether dirt on the lens is told: drops, salt, a web, something before a part of it.',
    format: 'choice',
    default: DEFAULT_GATE_OPTIONS.dirt,
    choices: { on: 'where the backbone can tell it, as the shipped one', off: 'not told' },
  },
  movedShare: {
    doc: 'Share of what stood still that must be gone to call the camera moved.',
    format: 'ratio',
    default: DEFAULT_GATE_OPTIONS.movedShare,
  },
  dirtyAfter: {
    doc: 'Dirt must be seen for this long.',
    format: 'duration',
    default: formatDuration(DEFAULT_GATE_OPTIONS.dirtyAfterMs),
    min: 1_000,
  },
  movedAfter: {
    doc: 'A moved camera must be seen for this long, and so must fog that shows only beside the usual view.',
    format: 'duration',
    default: formatDuration(DEFAULT_GATE_OPTIONS.movedAfterMs),
    min: 1_000,
  },
  acceptViewAfter: {
    doc: 'A new view that stays for this long is the usual one from then on. What sticks to the lens is, after twelve times as long.',
    format: 'duration',
    default: formatDuration(DEFAULT_GATE_OPTIONS.acceptViewAfterMs),
    min: 60_000,
  },
} as const satisfies SchemaOf<GateOptions>;

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
} as const satisfies SchemaOf<ModelSettings>;
