/** When a picture can't be judged. */
export interface GateOptions {
  /** A picture that stays the same for this long is a frozen camera, in milliseconds. */
  readonly frozenAfterMs: number;
  /**
   * Share of the points, 0..1, that must have changed by more than 4 of 255 levels since the picture stood still, or it
   * still does. A sea changes 0.3 within a second, and 0.04 at least in a stream compressed until it is blocky; a still
   * picture that a camera encodes over and over changes 0.001, and a burnt-in clock covers less than the default.
   */
  readonly frozenShare: number;
  /** Dark where 95 % of the picture is darker than this luma, 0..255. */
  readonly darkLuma: number;
  /** Over-exposed where more than this share of the picture, 0..1, is white. */
  readonly overexposedShare: number;
  /** Over-exposed where 95 % of the picture is brighter than this luma, 0..255. */
  readonly overexposedLuma: number;
  /** Obscured where luma spreads (5th to 95th percentile) over less than this, 0..255. */
  readonly obscuredSpread: number;
  /** Fogged where the picture is less sharp than this (root mean square of the Laplacian of the thumbnail). */
  readonly obscuredSharpness: number;
  /** Fogged where √(spread × sharpness) is less than this: contrast and detail together. */
  readonly obscuredStructure: number;
  /** Fogged where the finest detail is less than this share of the next coarser: a picture out of focus. */
  readonly foggedFineness: number;
  /** Share of what stood still, 0..1, that is gone when the camera has moved. */
  readonly movedShare: number;
  /** What sticks to the lens must be seen for this long, in milliseconds. */
  readonly dirtyAfterMs: number;
  /** A moved or fogged camera must be seen for this long, in milliseconds. */
  readonly movedAfterMs: number;
  /** A new view that has stayed for this long is the camera's view from then on, in milliseconds. */
  readonly acceptViewAfterMs: number;
  /** Whether a moved camera, and fog beside the usual view, are told from the learnt view. */
  readonly view: 'on' | 'off';
  /** Whether dirt on the lens is told, where the backbone has a read-out for it. */
  readonly dirt: 'on' | 'off';
}

/** Measured with `scripts/measure-gates.ts`; see docs/gates.md. */
export const DEFAULT_GATE_OPTIONS: GateOptions = {
  frozenAfterMs: 60_000,
  frozenShare: 0.03,
  darkLuma: 48,
  overexposedShare: 0.3,
  overexposedLuma: 185,
  obscuredSpread: 15,
  obscuredSharpness: 3.4,
  obscuredStructure: 20,
  foggedFineness: 0.58,
  movedShare: 0.4,
  dirtyAfterMs: 120_000,
  movedAfterMs: 30_000,
  acceptViewAfterMs: 6 * 3_600_000,
  view: 'on',
  dirt: 'on',
};
