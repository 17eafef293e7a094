/** Settings of learning on the board: what is kept, what may be labelled, when a new head is taken. */

import { formatDuration } from '../../base/duration.ts';
import { LEARNING_DEFAULTS as DEFAULTS, type LearningOptions } from '../../learning/options.ts';
import type { SchemaOf } from '../setting.ts';

export const learningSchema = {
  keep: {
    doc: 'What is kept on the board of frames that are worth a label.',
    format: 'choice',
    default: DEFAULTS.keep,
    choices: {
      nothing: 'nothing, but the numbers of frames that somebody labels',
      embeddings: 'numbers that a head can be trained on, no picture',
      pictures: 'the picture too',
    },
  },
  pixelate: {
    doc: 'Kept pictures show only coarse blocks outside of the zones.',
    format: 'switch',
    default: DEFAULTS.pixelate,
  },
  maxFrames: { doc: 'Most frames that are kept.', format: 'whole', default: DEFAULTS.maxFrames, min: 10 },
  maxBytes: {
    doc: 'Most bytes that kept frames take.',
    format: 'bytes',
    default: DEFAULTS.maxBytes,
    min: 1_000_000,
  },
  maxAge: {
    doc: 'Frames without a label are deleted after this long.',
    format: 'duration',
    default: formatDuration(DEFAULTS.maxAgeMs),
    min: 60_000,
  },
  minFree: {
    doc: 'Bytes that stay free on the disk: nothing is kept where there are fewer.',
    format: 'bytes',
    default: DEFAULTS.minFree,
  },
  sampleEvery: {
    doc: 'A frame is kept this often whatever it shows. 0 keeps none for that reason.',
    format: 'duration',
    default: formatDuration(DEFAULTS.sampleEveryMs),
  },
  newActivities: {
    doc: 'Activities that may be labelled though no head knows them yet: `["sup", "wingfoil"]`.',
    format: 'names',
    default: DEFAULTS.newActivities,
  },
  newActivityFrames: {
    doc: 'Labelled frames of a new activity before a head learns it.',
    format: 'whole',
    default: DEFAULTS.newActivityFrames,
    min: 2,
  },
  labelledDir: {
    doc: 'Folder that is watched for labelled pictures: `<labels>/*.jpg`, as `surfing+kitesurfing/a.jpg`.',
    format: 'path',
    default: null,
    none: 'omit',
    noneMeans: 'none is watched',
  },
  maxImageBytes: {
    doc: 'Largest picture that may be sent to be labelled, in bytes.',
    format: 'bytes',
    default: DEFAULTS.maxImageBytes,
    min: 10_000,
    max: 50_000_000,
  },
  epochs: {
    doc: 'Passes over the data in a retraining, where the command does not say.',
    format: 'whole',
    default: DEFAULTS.epochs,
    min: 1,
    max: 200,
  },
  macroF1Tolerance: {
    doc: 'A new head is refused where its macro-F1 on held-back data is lower by more than this.',
    format: 'ratio',
    default: DEFAULTS.macroF1Tolerance,
  },
  recallTolerance: {
    doc: "A new head is refused where an activity's recall on held-back data is lower by more than this.",
    format: 'ratio',
    default: DEFAULTS.recallTolerance,
  },
  keepHeads: {
    doc: 'Heads made on the board that are kept, to roll back to.',
    format: 'whole',
    default: DEFAULTS.keepHeads,
    min: 2,
    max: 100,
  },
  probation: {
    doc: 'A new head is on probation for this long, and rolled back if the activity begins to flicker. 0 does not watch.',
    format: 'duration',
    default: formatDuration(DEFAULTS.probationMs),
  },
} as const satisfies SchemaOf<LearningOptions>;
