/** What an engine must do to read the cells of whole frames, and what comes of it. */
import type { Maps } from './bands.ts';
import type { Numbers, PassMemory } from './pass-memory.ts';
import type { Stage } from './stages.ts';

/** Width and height of a picture that is read must be multiples of this: the network's largest stride. */
export const GRAIN = 32;
/** Width and height of a cell in pixels. */
export const CELL = 16;

/** The pass over a whole frame, stage by stage; {@link readCells} leads a picture through it. */
export interface CellEngine {
  readonly stages: readonly Stage[];
  readonly memory: PassMemory;
  /** What stages but the last give. */
  readonly gives: 'floats' | 'bytes';
  /**
   * Runs a stage but the last over a band: of pixels the first, of the stage's output before it any other.
   *
   * @param data where its output goes, from the start
   */
  run(stage: number, input: Maps, data: Numbers): Promise<Maps>;
  /** Runs the last stage, the projection and the head. */
  finish(input: Maps, head: CellHead): Promise<Cells>;
}

/** The head as an engine computes it on each cell: a dense layer, ReLU, and one output each. */
export interface CellHead {
  readonly width: number;
  readonly hidden: number;
  readonly outputs: number;
  /** [hidden, width] */
  readonly hiddenKernel: Float32Array;
  /** [hidden] */
  readonly hiddenBias: Float32Array;
  /** [outputs, hidden] */
  readonly outputKernel: Float32Array;
  /** [outputs] */
  readonly outputBias: Float32Array;
}

/** Cells of one picture, row by row, each 16 pixels wide and high. */
export interface Cells {
  readonly columns: number;
  readonly rows: number;
  /** [rows, columns, width] */
  readonly vectors: Float32Array;
  /** [rows, columns, outputs] */
  readonly logits: Float32Array;
}
