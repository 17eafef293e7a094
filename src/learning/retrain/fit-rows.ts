/** Rows that a retraining draws from: base and board side by side, in the columns of the head to come. */
import { type HeadInput, prepareEmbeddings } from '../../activity/head-input.ts';

/** The outputs of the head to come: new activities come after those known, and background after them all. */
export interface Columns {
  readonly activities: readonly string[];
  /** Such as kite or person: no label of the board says anything of it. */
  readonly background: readonly string[];
}

export function outputsNamed({ activities, background }: Columns): string[] {
  return [...activities, ...background];
}

export interface FitRows {
  readonly count: number;
  readonly width: number;
  /** Columns of `targets` and `mask`. */
  readonly outputs: readonly string[];
  /** [count, width], after the head's input transform. */
  readonly inputs: Float32Array;
  /** [count, outputs]: probability that it shows that, 0..1. */
  readonly targets: Float32Array;
  /** [count, outputs]: 0 where it is not known, and the loss leaves it out; else 1. */
  readonly mask: Float32Array;
  /** [count]: how often each is drawn, any scale. */
  readonly weights: Float64Array;
}

/** `prepareEmbeddings` of a head's manifest, which may say nothing of its input. */
export function preparedFor(
  manifest: { readonly width: number; readonly input?: HeadInput | undefined },
  embeddings: Float32Array,
): Float32Array {
  return prepareEmbeddings(embeddings, manifest.input);
}

/** Both after one another; `inputs` holds those of both, as they are by far the most of it. */
export function joinRows(
  inputs: Float32Array,
  base: Pick<FitRows, 'targets' | 'mask' | 'weights'>,
  board: FitRows,
): FitRows {
  return {
    ...board,
    count: base.weights.length + board.count,
    inputs,
    targets: joined(base.targets, board.targets),
    mask: joined(base.mask, board.mask),
    weights: Float64Array.of(...base.weights, ...board.weights),
  };
}

function joined(one: Float32Array, other: Float32Array): Float32Array {
  const all = new Float32Array(one.length + other.length);
  all.set(one);
  all.set(other, one.length);
  return all;
}
