/** Settings of learning on the board: what is kept, what may be labelled, when a new head is taken. */
import type { SettingTree } from '../setting.ts';

export const learningSchema = {
  keep: {
    doc: 'What the board keeps of frames worth labelling.',
    format: 'choice',
    default: 'pictures',
    choices: {
      nothing: 'only the numbers of frames that somebody labels',
      embeddings: 'numbers that a head can be trained on, no picture',
      pictures: 'the picture too',
    },
  },
  pixelate: {
    doc: 'Kept pictures show only coarse blocks outside the zones.',
    format: 'switch',
    default: false,
  },
  maxFrames: { doc: 'Maximum number of kept frames.', format: 'whole', default: 5_000, min: 10 },
  maxBytes: {
    doc: 'Maximum size of all kept frames, in bytes.',
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
  sampleEvery: {
    doc: 'One frame is kept this often whatever it shows; 0: none.',
    format: 'duration',
    default: '30m',
  },
  newActivities: {
    doc: 'Activities that may be labelled although no head knows them yet: `["sup", "wingfoil"]`.',
    format: 'names',
    default: [],
  },
  labelledDir: {
    doc: 'Folder to watch for labelled pictures: `<labels>/*.jpg`, such as `surfing+kitesurfing/a.jpg`.',
    format: 'path',
    default: null,
    none: 'omit',
    noneMeans: 'none is watched',
  },
  probation: {
    doc: 'A new head is on probation for this long, and rolled back if the activity begins to flicker. 0: no probation.',
    format: 'duration',
    default: '30m',
  },
} as const satisfies SettingTree;
