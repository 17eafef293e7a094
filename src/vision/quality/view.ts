/** What a camera usually sees: its static edges. */
import { CELL_OF, CELLS } from './cells.ts';
import { type Edges, edgesOf } from './edges.ts';
import { COLUMNS, ROWS } from './thumbnail.ts';

/** Plain data; about 75 kB. */
export interface View {
  /** Pictures it was learnt from. */
  readonly frames: number;
  /** Time it was learnt over, in milliseconds. */
  readonly learntMs: number;
  /** [2, 72, 128] mean of the edges: near 1 where one stands still, near 0 where the sea moves. */
  readonly edges: Float32Array;
  /** Logarithm of the strength the edges usually have for the light there is. */
  readonly clarity: number;
}

/** What one picture shows of it. */
export interface Sight {
  readonly edges: Edges;
  /** Logarithm of the strength of the edges for the light there is. */
  readonly clarity: number;
}

/** A season's change is followed, an hour's is not. */
const MEMORY_MS = 12 * 3_600_000;
const STATIC = 0.45;
const POINTS = COLUMNS * ROWS;
/** Static points that a cell must have to be told by. */
const CELL_POINTS = 5;
/** The lowest share of the points that must stand still for a camera to have a view at all. */
const VIEW_POINTS = 0.012 * POINTS;

export function sightOf(grey: Float32Array): Sight {
  const edges = edgesOf(grey);
  const luma = grey.reduce((sum, value) => sum + value, 0) / grey.length;
  // The levels added keep noise from counting where there is next to no light or contrast.
  return { edges, clarity: Math.log((1 + edges.strength) / (20 + luma)) };
}

export function firstView({ edges, clarity }: Sight): View {
  return { frames: 1, learntMs: 0, edges: edges.direction, clarity };
}

/** @param passedMs since the picture before; a gap counts no more than ten minutes */
export function learnView(view: View, sight: Sight, passedMs: number): View {
  const stepMs = Math.min(passedMs, 600_000);
  const rate = Math.max(1 / (view.frames + 1), Math.min(0.1, stepMs / MEMORY_MS));
  return {
    frames: view.frames + 1,
    learntMs: view.learntMs + stepMs,
    edges: view.edges.map((value, at) => value + rate * ((sight.edges.direction[at] as number) - value)),
    clarity: view.clarity + rate * (sight.clarity - view.clarity),
  };
}

export interface Fit {
  /** How far the static edges are where they were: about 1 for the usual view, about 0 for another. Null without any. */
  readonly whole: number | null;
  /** The same of each cell; NaN where nothing stands still. */
  readonly cells: Float32Array;
  /** Indices of the points that stand still. */
  readonly still: readonly number[];
}

export function fitOf({ edges }: View, { direction }: Edges): Fit {
  const own = new Float32Array(CELLS);
  const full = new Float32Array(CELLS);
  const counts = new Uint8Array(CELLS);
  const still: number[] = [];
  let [ownSum, fullSum] = [0, 0];
  for (let point = 0; point < POINTS; point++) {
    const [across, down] = [edges[point] as number, edges[POINTS + point] as number];
    const length = across * across + down * down;
    if (length < STATIC * STATIC) continue;
    still.push(point);
    const match = across * (direction[point] as number) + down * (direction[POINTS + point] as number);
    const cell = CELL_OF[point] as number;
    own[cell] = (own[cell] as number) + match;
    full[cell] = (full[cell] as number) + length;
    counts[cell] = (counts[cell] as number) + 1;
    ownSum += match;
    fullSum += length;
  }
  const cells = own.map((match, cell) =>
    (counts[cell] as number) < CELL_POINTS ? Number.NaN : match / (full[cell] as number),
  );
  return { whole: still.length < VIEW_POINTS ? null : ownSum / fullSum, cells, still };
}
