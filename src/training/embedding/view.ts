/** One thing the backbone is shown: a photo or a changed copy of one. */

import type { Sample } from '../../learning/fit/sample.ts';

export interface ViewLabel {
  /** Which part of the file it shows; empty for the file as a whole. */
  readonly part: string;
  /** Activities in it. */
  readonly activities: readonly string[];
  /** A changed copy, for fitting only. */
  readonly augmented: boolean;
}

export interface View extends ViewLabel {
  /** [input, input, 3] RGB bytes. */
  readonly pixels: Uint8Array;
}

/** A sample with its pixels, [input, input, 3] RGB bytes. */
export interface SampleView {
  readonly sample: Sample;
  readonly pixels: Uint8Array;
}
