/** Dirt on the lens: tiles that for a while look more soiled than they ever did in hours of watching. */
import type { AreaSoiling } from '../soiling.ts';
import { ACCEPT_VIEW_AFTER_MS } from './watch-view.ts';

/** Plain data, replaced at each picture. */
export interface DirtState {
  readonly layout: string;
  /** [tiles] the highest that the smoothed score has been. */
  readonly usual: Float32Array;
  /** [tiles] scores of the last pictures together. */
  readonly lately: Float32Array;
  /** Time it was learnt over, in milliseconds. */
  readonly learntMs: number;
  readonly lastMs: number;
  /** Since when the lens looks soiled, monotonic; null where it does not. */
  readonly sinceMs: number | null;
  readonly dirty: boolean;
}

/** Scores are smoothed over so long: riders, birds and splashes pass. */
const SMOOTHED_MS = 600_000;
/** Share of one picture at the most, however rare they are. */
const MOST = 0.1;
/** A gap counts no more than this. */
const STEP_MS = 600_000;
/** Dirt must be seen for this long. */
const DIRTY_AFTER_MS = 120_000;
/** Before, nothing is told. */
const LEARNT_MS = 1_800_000;
/** A camera knows most of its light after so long. */
const LIGHT_MS = 10 * 3_600_000;
/** The tiles that look worst beside what is usual. */
const WORST = 3;
/** Log odds that they must have more than ever, together: at first, and when the light is known. */
const RISE_EARLY = 3;
const RISE = 1.5;
/** Log odds that they must have anyhow: a clear lens is no dirty one, whatever it was. */
const LEVEL = 0.5;
/** Share of the rise below which it counts as clean again. */
const CLEAN = 0.6;
/** What is usual rises to a higher score within so long: light takes hours, a drop takes seconds. */
const RAISED_MS = 3_600_000;
/** What was usual is forgotten by so much an hour of watching, in log odds: a season's change is followed. */
const FORGOTTEN = 0.01;
/** Dirt is accepted as usual so many times later than a new view. */
const ACCEPTED = 12;

export function watchDirt(
  state: DirtState | null,
  { layout, scores }: AreaSoiling,
  monotonicMs: number,
): DirtState {
  if (state === null || state.layout !== layout)
    return {
      layout,
      usual: scores,
      lately: scores,
      learntMs: 0,
      lastMs: monotonicMs,
      sinceMs: null,
      dirty: false,
    };
  const passedMs = Math.max(0, monotonicMs - state.lastMs);
  const rate = Math.min(MOST, passedMs / SMOOTHED_MS);
  const lately = state.lately.map((old, tile) => old + rate * ((scores[tile] as number) - old));
  const now = { ...state, lately, lastMs: monotonicMs };
  const bound = (state.learntMs < LIGHT_MS ? RISE_EARLY : RISE) * (state.sinceMs === null ? 1 : CLEAN);
  const soiled = state.learntMs >= LEARNT_MS && isSoiled(lately, state.usual, bound);
  if (!soiled) {
    const stepMs = Math.min(passedMs, STEP_MS);
    const forgotten = (FORGOTTEN * stepMs) / 3_600_000;
    const learning = state.learntMs < LEARNT_MS ? 1 : Math.min(1, passedMs / RAISED_MS);
    const usual = state.usual.map((old, tile) => {
      const over = (lately[tile] as number) - old;
      return over > 0 ? old + learning * over : Math.max(old - forgotten, lately[tile] as number);
    });
    return { ...now, usual, learntMs: state.learntMs + stepMs, sinceMs: null, dirty: false };
  }
  const sinceMs = state.sinceMs ?? monotonicMs;
  const lastedMs = monotonicMs - sinceMs;
  if (lastedMs >= ACCEPTED * ACCEPT_VIEW_AFTER_MS)
    return { ...now, usual: lately, sinceMs: null, dirty: false };
  return { ...now, sinceMs, dirty: state.dirty || lastedMs >= DIRTY_AFTER_MS };
}

function isSoiled(lately: Float32Array, usual: Float32Array, bound: number): boolean {
  const worst = [...lately.keys()]
    .map(tile => ({
      score: lately[tile] as number,
      rise: (lately[tile] as number) - (usual[tile] as number),
    }))
    .sort((a, b) => b.rise - a.rise)
    .slice(0, WORST);
  const mean = (of: 'score' | 'rise') => worst.reduce((sum, tile) => sum + tile[of], 0) / worst.length;
  return mean('rise') > bound && mean('score') > LEVEL;
}
