/** What was learnt of a camera as JSON, so that a restart does not forget it. */
import type { DirtState } from './dirt.ts';
import { COLUMNS, ROWS } from './thumbnail.ts';
import { startView, type ViewState } from './watch-view.ts';

/** About 25 kB as JSON. */
export interface StoredView {
  readonly v: 1;
  readonly frames: number;
  readonly learntMs: number;
  readonly clarity: number;
  /** Base64 of signed bytes, 127 for 1. */
  readonly edges: string;
  /** Not there where dirt is not told. */
  readonly dirt?: { readonly layout: string; readonly usual: readonly number[]; readonly learntMs: number };
}

/** Null where nothing has been learnt yet. */
export function storeView(state: ViewState | null, dirt: DirtState | null = null): StoredView | null {
  if (state === null) return null;
  const { frames, learntMs, clarity, edges } = state.view;
  const bytes = Int8Array.from(edges, value => Math.round(127 * value));
  const stored = {
    v: 1,
    frames,
    learntMs,
    clarity,
    edges: Buffer.from(bytes.buffer).toString('base64'),
  } as const;
  if (dirt === null) return stored;
  return {
    ...stored,
    dirt: { layout: dirt.layout, usual: Array.from(dirt.usual, rounded), learntMs: dirt.learntMs },
  };
}

/** Null where it is none of this version, or broken: the view is then learnt anew. */
export function restoreView(stored: unknown, monotonicMs: number): ViewState | null {
  if (typeof stored !== 'object' || stored === null) return null;
  const { v, frames, learntMs, clarity, edges } = stored as Partial<StoredView>;
  if (v !== 1 || typeof edges !== 'string' || ![frames, learntMs, clarity].every(Number.isFinite))
    return null;
  const bytes = Buffer.from(edges, 'base64');
  if (bytes.length !== 2 * COLUMNS * ROWS) return null;
  const view = {
    frames: Number(frames),
    learntMs: Number(learntMs),
    clarity: Number(clarity),
    edges: Float32Array.from(new Int8Array(bytes), value => value / 127),
  };
  return startView(view, monotonicMs);
}

/** Null where nothing usable is stored of it. */
export function restoreDirt(stored: unknown, monotonicMs: number): DirtState | null {
  if (typeof stored !== 'object' || stored === null) return null;
  const { layout, usual, learntMs } = (stored as Partial<StoredView>).dirt ?? {};
  if (typeof layout !== 'string' || !Number.isFinite(learntMs) || !Array.isArray(usual)) return null;
  if (usual.length === 0 || !usual.every(Number.isFinite)) return null;
  const scores = Float32Array.from(usual);
  const lasting = { layout, usual: scores, lately: scores, learntMs: Number(learntMs) };
  return { ...lasting, lastMs: monotonicMs, sinceMs: null, dirty: false };
}

const rounded = (value: number) => Math.round(value * 1e4) / 1e4;
