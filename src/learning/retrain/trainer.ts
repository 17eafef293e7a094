/** What computes a head while it is fitted. */
import type { FittedHead } from '../fit/head-model.ts';

export interface MaskedBatch {
  readonly rows: number;
  /** [rows, width], after dropout. */
  readonly inputs: Float32Array;
  /** [rows, outputs] */
  readonly targets: Float32Array;
  /** [rows, outputs]: 0 where the target is not known. */
  readonly mask: Float32Array;
  /** [rows, hidden]: what each hidden unit is multiplied by. */
  readonly kept: Float32Array;
}

export interface HeadTrainer {
  /**
   * A step of Adam (Kingma and Ba 2015), after which each weight is drawn towards where it started by the share `pull`.
   *
   * @returns mean binary cross-entropy of what is known, before the step
   */
  step(batch: MaskedBatch, rate: number, pull: number): number;
  /**
   * Scores with the weights as they are.
   *
   * @param inputs [count, width], after the head's input transform
   * @returns [count, outputs] logits
   */
  logits(inputs: Float32Array, count: number): Float32Array;
  weights(): FittedHead;
}
