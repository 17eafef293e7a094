/** All quality gates in one: what a picture shows by itself, and what only the pictures before it tell. */
import { isFrozen, type Stillness, watchStill } from './frozen.ts';
import { type DirtState, watchDirt } from './quality/dirt.ts';
import type { GateOptions } from './quality/options.ts';
import { type ViewFault, type ViewState, watchView } from './quality/watch-view.ts';
import { judgeQuality, type PictureFault, type PictureQuality } from './quality.ts';
import type { AreaSoiling } from './soiling.ts';

/** Plain data. Null before the first picture. */
export type QualityGateState = {
  readonly still: Stillness | null;
  readonly view: ViewState | null;
  readonly dirt: DirtState | null;
} | null;

export interface GateResult {
  readonly state: QualityGateState;
  readonly visibility: 'ok' | 'frozen' | 'lens-dirty' | PictureFault | ViewFault;
}

/** What is known of a picture beside its quality. */
export interface Beside {
  /** The camera gave the file before, byte by byte. */
  readonly repeated?: boolean;
  /** Null where the backbone cannot tell. */
  readonly soiling?: AreaSoiling | null;
}

/**
 * Hand in the state the last picture gave, null at first.
 * A picture that cannot be judged by itself is never called frozen, as a black one stays the same all night.
 */
export function passQualityGates(
  state: QualityGateState,
  quality: PictureQuality,
  monotonicMs: number,
  options: GateOptions,
  { repeated = false, soiling = null }: Beside = {},
): GateResult {
  const fault = judgeQuality(quality, options);
  if (fault !== 'ok')
    return { state: state && { ...state, still: interrupted(state.still) }, visibility: fault };
  const { signature, grey } = quality;
  const still = watchStill(state?.still ?? null, { signature, repeated }, monotonicMs);
  const before = { view: state?.view ?? null, dirt: state?.dirt ?? null };
  if (isFrozen(still, monotonicMs, options)) return { state: { ...before, still }, visibility: 'frozen' };
  // The same file again is nothing new to learn.
  const view =
    options.view === 'off'
      ? null
      : repeated && before.view !== null
        ? before.view
        : watchView(before.view, grey, monotonicMs);
  const dirt = dirtOf(before, view, { soiling: repeated ? null : soiling, monotonicMs, options });
  const seen = dirt?.dirty ? 'lens-dirty' : 'ok';
  return { state: { still, view, dirt }, visibility: view?.fault ?? seen };
}

interface DirtSeen {
  readonly soiling: AreaSoiling | null;
  readonly monotonicMs: number;
  readonly options: GateOptions;
}

function dirtOf(
  before: Pick<NonNullable<QualityGateState>, 'view' | 'dirt'>,
  view: ViewState | null,
  { soiling, monotonicMs, options }: DirtSeen,
): DirtState | null {
  if (options.dirt === 'off') return null;
  // Of another view, or behind fog, tiles look other than usual without any dirt.
  if (soiling === null || (view?.suspect ?? null) !== null) return before.dirt;
  const isNew = view !== null && before.view !== null && view.view.frames < before.view.view.frames;
  return watchDirt(isNew ? null : before.dirt, soiling, monotonicMs);
}

/** How long a picture stood still is not known across a gap; how often there is a new one is. */
function interrupted(still: Stillness | null): Stillness | null {
  return still && { ...still, signature: new Uint8Array(still.signature.length), seen: 0, partial: true };
}
