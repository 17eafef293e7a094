/** Settings of what is looked at, with what, and when a picture can't be judged. */
import { DEFAULT_GATE_OPTIONS, type GateOptions } from '../../vision/quality.ts';
import type { TileGrid } from '../../vision/zone.ts';
import { formatDuration } from '../duration.ts';
import type { SchemaOf } from '../setting.ts';
import type { ModelSettings, Settings } from '../settings.ts';

export const zonesSetting = {
  doc: 'Parts of the picture that are judged by themselves: `{"name": "north", "x": 0, "y": 0.4, "w": 0.5, "h": 0.3}`, each number a share of the picture; `"tiles": {"columns": 4, "rows": 3, "overlap": 0.1}` where they differ from `tiles`. Empty: the whole picture is one zone named `beach`.',
  format: 'zones',
  default: [],
} as const satisfies SchemaOf<Pick<Settings, 'zones'>>['zones'];

export const tilesSchema = {
  columns: {
    doc: 'Square crops side by side over a zone. Riders are small: a whole picture shrunk to one tile loses them.',
    format: 'whole',
    default: 4,
    min: 1,
    max: 32,
  },
  rows: { doc: 'Rows of square crops over a zone.', format: 'whole', default: 3, min: 1, max: 32 },
  overlap: {
    doc: "Share of a tile's side that neighbours have in common at least.",
    format: 'ratio',
    default: 0.1,
    max: 0.9,
  },
} as const satisfies SchemaOf<TileGrid>;

export const visionSchema = {
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
    doc: 'Folder with `backbone/<id>` and `heads/<id>`.',
    format: 'path',
    default: null,
    none: 'derive',
    noneMeans: 'the models that come with the program',
  },
  backbone: {
    doc: 'Id of the backbone bundle.',
    format: 'text',
    default: 'surfwatch-mobilenetv2-1.0-224',
    required: true,
  },
  head: {
    doc: 'Id of the head bundle, or `current` for the one in use.',
    format: 'text',
    default: 'current',
    required: true,
  },
} as const satisfies SchemaOf<ModelSettings>;
