/** What only time tells: a moved camera, fog that a soft camera cannot be told from by one picture. */
import { CELLS } from './cells.ts';
import { isShifted } from './shift.ts';
import { type Fit, firstView, fitOf, learnView, sightOf, type View } from './view.ts';

export type ViewFault = 'moved' | 'fogged' | 'damaged';

/** Plain data, replaced at each picture. */
export interface ViewState {
  readonly view: View;
  readonly lastMs: number;
  /** [9 × 16] fit of the last pictures together. */
  readonly fits: Float32Array;
  /** [2, 72, 128] edges of the last pictures together. */
  readonly edges: Float32Array;
  /** Pictures in a row that were not the usual view; -1 for each that was, down to none. */
  readonly suspect: { readonly fault: ViewFault; readonly sinceMs: number; readonly frames: number } | null;
  readonly fault: ViewFault | null;
}

/** A new view that stays for this long is the usual one from then on. */
export const ACCEPT_VIEW_AFTER_MS = 6 * 3_600_000;
/** A moved camera must be seen for this long, and so must fog that shows only beside the usual view. */
const FAULT_AFTER_MS = 30_000;
/** Share of what stood still that is gone when the camera has moved. */
const MOVED_SHARE = 0.4;
/** A view is trusted once learnt from so many pictures over such a time. */
const LEARNT_FRAMES = 40;
const LEARNT_MS = 600_000;
/** Pictures that a fault must last for, whatever their pace. */
const FRAMES = 6;
/** Share of the last picture in what the last ones have together. */
const RECENT = 0.1;
/** ... and at most so much of it for a time: waves must have passed. */
const RECENT_MS = 60_000;
/** Logarithm of the clarity that fog leaves: half of the usual. */
const UNCLEAR = -0.7;
const HALF_FIT = 0.5;
/** Fit of a picture that is not of the view at all. */
const OTHER_VIEW = 0.25;

/** @param grey [72, 128] of a picture that can be judged by itself */
export function watchView(state: ViewState | null, grey: Float32Array, monotonicMs: number): ViewState {
  const sight = sightOf(grey);
  if (state === null) return startView(firstView(sight), monotonicMs);
  const { view } = state;
  const passedMs = Math.max(0, monotonicMs - state.lastMs);
  const fit = fitOf(view, sight.edges);
  const rate = Math.min(RECENT, passedMs / RECENT_MS);
  const fits = recent(state.fits, fit.cells, rate);
  const edges = recent(state.edges, sight.edges.direction, rate);
  const learnt = view.frames >= LEARNT_FRAMES && view.learntMs >= LEARNT_MS;
  const strength = sight.clarity - view.clarity;
  const found = learnt ? faultOf({ view, fits, fit, strength, edges }) : null;
  const next = { ...state, fits, edges, lastMs: monotonicMs };
  if (found === null) {
    const left = (state.suspect?.frames ?? 0) - 1;
    if (left > 0 && state.suspect !== null)
      return { ...next, suspect: { ...state.suspect, frames: Math.min(left, FRAMES) } };
    return { ...next, view: learnView(view, sight, passedMs), suspect: null, fault: null };
  }
  const before = state.suspect;
  const same = before?.fault === found;
  const suspect = {
    fault: found,
    sinceMs: same ? before.sinceMs : monotonicMs,
    frames: same ? before.frames + 1 : 1,
  };
  const lastedMs = monotonicMs - suspect.sinceMs;
  if (lastedMs >= ACCEPT_VIEW_AFTER_MS && found !== 'fogged') return startView(firstView(sight), monotonicMs);
  const lasting = suspect.frames >= FRAMES && lastedMs >= FAULT_AFTER_MS;
  // What does not fit the view at all for a picture or two is a torn picture, or a bird.
  const torn = suspect.frames <= 2 && fit.whole !== null && fit.whole < OTHER_VIEW;
  const standing = state.fault === 'damaged' ? null : state.fault;
  return { ...next, suspect, fault: lasting ? found : (standing ?? (torn ? 'damaged' : null)) };
}

export function startView(view: View, monotonicMs: number): ViewState {
  const fits = new Float32Array(CELLS).fill(1);
  return { view, lastMs: monotonicMs, fits, edges: view.edges, suspect: null, fault: null };
}

interface Compared {
  readonly view: View;
  readonly fits: Float32Array;
  readonly fit: Fit;
  /** [2, 72, 128] edges of the last pictures together. */
  readonly edges: Float32Array;
  /** Logarithm of the strength of the edges over the usual. */
  readonly strength: number;
}

function faultOf({ view, fits, fit, edges, strength }: Compared): ViewFault | null {
  let [told, lost] = [0, 0];
  for (let cell = 0; cell < CELLS; cell++) {
    const cellFit = fits[cell] as number;
    const fixed = !Number.isNaN(cellFit);
    if (fixed) told++;
    const gone = fixed && cellFit < 0.4;
    if (gone) lost++;
  }
  if (strength < UNCLEAR) return 'fogged';
  if (fit.whole !== null) {
    if (fit.whole < OTHER_VIEW || (lost > MOVED_SHARE * told && fit.whole < HALF_FIT)) return 'moved';
    if (isShifted(view.edges, edges, fit.still)) return 'moved';
  }
  return null;
}

function recent(old: Float32Array, fresh: Float32Array, rate: number): Float32Array {
  return old.map((value, cell) => {
    const now = fresh[cell] as number;
    if (Number.isNaN(now)) return Number.NaN;
    return Number.isNaN(value) ? now : value + rate * (now - value);
  });
}
