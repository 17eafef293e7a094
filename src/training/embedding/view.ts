/** One thing the backbone is shown: a photo or a changed copy of one. */

import type { Rectangle } from '../../base/geometry.ts';
import type { Sample } from '../../learning/fit/sample.ts';

export interface ViewLabel {
  /** Which judgement of the file it belongs to: empty for the file as a whole, else the number of a tile. */
  readonly part: string;
  /** Activities in it. */
  readonly activities: readonly string[];
  /** Where a tile lies, as a share of the file's picture. */
  readonly rectangle?: Rectangle;
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
