/** All gates in one: what a picture shows by itself, and what only the pictures before it tell. */
import { isFrozen, type Stillness, watchStill } from './frozen.ts';
import type { GateOptions } from './quality/options.ts';
import { type ViewFault, type ViewState, watchView } from './quality/watch-view.ts';
import { judgeQuality, type PictureFault, type PictureQuality } from './quality.ts';

/** Plain data. Null before the first picture. */
export type GateState = { readonly still: Stillness | null; readonly view: ViewState | null } | null;

export interface GateResult {
  readonly state: GateState;
  readonly visibility: 'ok' | 'frozen' | PictureFault | ViewFault;
}

/**
 * Hand in the state the last picture gave, null at first.
 * A picture that can't be judged by itself is never called frozen, as a black one stays the same all night.
 *
 * @param repeated the camera gave the file before, byte by byte
 */
export function gatePicture(
  state: GateState,
  quality: PictureQuality,
  monotonicMs: number,
  options: GateOptions,
  repeated = false,
): GateResult {
  const fault = judgeQuality(quality, options);
  if (fault !== 'ok')
    return { state: state && { ...state, still: interrupted(state.still) }, visibility: fault };
  const { signature, grey } = quality;
  const still = watchStill(state?.still ?? null, { signature, repeated }, monotonicMs, options);
  if (isFrozen(still, monotonicMs, options))
    return { state: { view: state?.view ?? null, still }, visibility: 'frozen' };
  if (options.view === 'off') return { state: { still, view: null }, visibility: 'ok' };
  // The same file again is nothing new to learn.
  const before = state?.view ?? null;
  const view = repeated && before !== null ? before : watchView(before, grey, monotonicMs, options);
  return { state: { still, view }, visibility: view.fault ?? 'ok' };
}

/** How long a picture stood still is not known across a gap; how often there is a new one is. */
function interrupted(still: Stillness | null): Stillness | null {
  return still && { ...still, signature: new Uint8Array(still.signature.length), seen: 0, partial: true };
}
