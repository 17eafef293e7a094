/** A learnt view as JSON, so that a restart does not forget it. */
import { CELLS } from './cells.ts';
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
  readonly detail: readonly number[];
  readonly restless: readonly number[];
}

/** Null where nothing has been learnt yet. */
export function storeView(state: ViewState | null): StoredView | null {
  if (state === null) return null;
  const { frames, learntMs, clarity, edges, detail, restless } = state.view;
  const bytes = Int8Array.from(edges, value => Math.round(127 * value));
  return {
    v: 1,
    frames,
    learntMs,
    clarity,
    edges: Buffer.from(bytes.buffer).toString('base64'),
    detail: Array.from(detail, rounded),
    restless: Array.from(restless, rounded),
  };
}

/** Null where it is none of this version, or broken: the view is then learnt anew. */
export function restoreView(stored: unknown, monotonicMs: number): ViewState | null {
  if (typeof stored !== 'object' || stored === null) return null;
  const { v, frames, learntMs, clarity, edges, detail, restless } = stored as Partial<StoredView>;
  if (v !== 1 || typeof edges !== 'string' || ![frames, learntMs, clarity].every(Number.isFinite))
    return null;
  const bytes = Buffer.from(edges, 'base64');
  if (bytes.length !== 2 * COLUMNS * ROWS || !isCells(detail) || !isCells(restless)) return null;
  const view = {
    frames: Number(frames),
    learntMs: Number(learntMs),
    clarity: Number(clarity),
    edges: Float32Array.from(new Int8Array(bytes), value => value / 127),
    detail: Float32Array.from(detail),
    restless: Float32Array.from(restless),
  };
  return startView(view, monotonicMs);
}

const rounded = (value: number) => Math.round(value * 1e4) / 1e4;

function isCells(values: unknown): values is readonly number[] {
  return Array.isArray(values) && values.length === CELLS && values.every(Number.isFinite);
}
