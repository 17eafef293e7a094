/** Tells a camera that repeats its last picture from a calm sea. */
import { type GateOptions, judgeQuality, type PictureQuality } from './quality.ts';

// More than a still picture moves when a camera encodes it anew.
const CHANGED_LEVELS = 4;

/** Since when the picture has stood still, and how it looked then. Null before the first picture. */
export type StillState = { readonly signature: Uint8Array; readonly sinceMs: number } | null;

/**
 * Takes one picture in. It is compared with the first of the still ones, not with the one before: in a live picture
 * changes too small to tell between two frames add up.
 */
function watchStill(
  state: StillState,
  signature: Uint8Array,
  monotonicMs: number,
  options: GateOptions,
): NonNullable<StillState> {
  const still = state !== null && changedShare(state.signature, signature) <= options.frozenShare;
  return still ? state : { signature, sinceMs: monotonicMs };
}

/** Share of the points, 0..1, whose luma differs by more than 4 levels. */
export function changedShare(before: Uint8Array, after: Uint8Array): number {
  let changed = 0;
  for (let point = 0; point < after.length; point++) {
    if (Math.abs((before[point] as number) - (after[point] as number)) > CHANGED_LEVELS) changed++;
  }
  return changed / after.length;
}

export interface GateResult {
  readonly state: StillState;
  readonly visibility: 'ok' | 'dark' | 'obscured' | 'frozen';
}

/**
 * All gates in one: hand in the state the last picture gave, null at first.
 * A dark or obscured picture is never called frozen, as a black one stays the same all night.
 */
export function gatePicture(
  state: StillState,
  quality: PictureQuality,
  monotonicMs: number,
  options: GateOptions,
): GateResult {
  const visibility = judgeQuality(quality, options);
  if (visibility !== 'ok') return { state: null, visibility };
  const still = watchStill(state, quality.signature, monotonicMs, options);
  return { state: still, visibility: monotonicMs - still.sinceMs >= options.frozenAfterMs ? 'frozen' : 'ok' };
}
