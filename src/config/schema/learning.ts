/** Settings of learning on the board: what is kept, what may be labelled, when a new head is taken. */
import type { SettingTree } from '../setting.ts';

export const learningSchema = {
  keep: {
    doc: 'What is kept on the board of frames that are worth a label.',
    format: 'choice',
    default: 'pictures',
    choices: {
      nothing: 'nothing, but the numbers of frames that somebody labels',
      embeddings: 'numbers that a head can be trained on, no picture',
      pictures: 'the picture too',
    },
  },
  pixelate: {
    doc: 'Kept pictures show only coarse blocks outside of the zones.',
    format: 'switch',
    default: false,
  },
  maxFrames: { doc: 'Most frames that are kept.', format: 'whole', default: 5_000, min: 10 },
  maxBytes: {
    doc: 'Most bytes that kept frames take.',
    format: 'bytes',
    default: 1_000_000_000,
    min: 1_000_000,
  },
  maxAge: {
    doc: 'Frames without a label are deleted after this long.',
    format: 'duration',
    default: '90d',
    min: 60_000,
  },
  minFree: {
    doc: 'Bytes that stay free on the disk: nothing is kept where there are fewer.',
    format: 'bytes',
    default: 500_000_000,
  },
  sampleEvery: {
    doc: 'A frame is kept this often whatever it shows. 0 keeps none for that reason.',
    format: 'duration',
    default: '30m',
  },
  newActivities: {
    doc: 'Activities that may be labelled though no head knows them yet: `["sup", "wingfoil"]`.',
    format: 'names',
    default: [],
  },
  labelledDir: {
    doc: 'Folder that is watched for labelled pictures: `<labels>/*.jpg`, as `surfing+kitesurfing/a.jpg`.',
    format: 'path',
    default: null,
    none: 'omit',
    noneMeans: 'none is watched',
  },
  keepHeads: {
    doc: 'Heads made on the board that are kept, to roll back to.',
    format: 'whole',
    default: 5,
    min: 2,
    max: 100,
  },
  probation: {
    doc: 'A new head is on probation for this long, and rolled back if the activity begins to flicker. 0 does not watch.',
    format: 'duration',
    default: '30m',
  },
} as const satisfies SettingTree;
