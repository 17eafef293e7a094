/** Why a frame was judged as it was: by which cells, and what is known that looks like them. */

import type { HeadBundle } from '../../activity/head-bundle.ts';
import type { KeptCell } from '../../activity/kept-cells.ts';
import type { Visibility } from '../../activity/visibility.ts';
import { NONE } from '../../base/activities.ts';
import type { Point } from '../../base/geometry.ts';
import { type Deciding, decidingCells, doubt } from './deciding.ts';
import { type Explanation, sentenceOf } from './explain-words.ts';
import { type KnownCells, labelledNeighbours, votesOf } from './likeness/neighbours.ts';
import { rescoreWith } from './rescore.ts';

/** A frame of the archive or of the recent ones. */
export interface ExplainableFrame {
  readonly id: string;
  /** Milliseconds since the epoch (UTC). */
  readonly takenAt: number;
  readonly visibility: Visibility;
  /** Id of the head that scored it. */
  readonly head: string;
  readonly cells: readonly KeptCell[];
  /** [cells, width] of the head's backbone; null where none are kept. */
  readonly embeddings: Float32Array | null;
  /** What people said of it: empty for none; null where nobody did. */
  readonly labels: readonly string[] | null;
}

export interface ExplainOptions {
  readonly neighbours: number;
  /** Explains this place alone, in shares of the frame; all of the frame where nothing is kept of it. */
  readonly at?: Point;
}

export const EXPLAIN_DEFAULTS: ExplainOptions = { neighbours: 5 };

/**
 * Explains one frame by example, as k-nearest neighbours over the embedding do (N. Papernot and P. McDaniel, Deep
 * k-Nearest Neighbors, 2018).
 *
 * @param head the present one: it scores the frame anew where there are embeddings of its width
 */
export function explainFrame(
  whole: ExplainableFrame,
  known: KnownCells,
  head: HeadBundle,
  { neighbours: k, at }: ExplainOptions = EXPLAIN_DEFAULTS,
): Explanation {
  const { manifest } = head;
  const { width, id } = manifest;
  const part = at === undefined ? null : partAt(whole, at);
  const frame = part ?? whole;
  const embeddings = frame.embeddings?.length === frame.cells.length * width ? frame.embeddings : null;
  const fresh = embeddings === null ? null : rescoreWith(head)(embeddings, frame.cells.length);
  const cells = frame.cells.map((cell, row) => ({ ...cell, scores: fresh?.[row] ?? cell.scores }));
  const decided = decidingCells(cells, manifest);
  const leading = leadingOf(decided);
  const cell = leading === null ? null : (cells[leading.cell] ?? null);
  const query =
    embeddings === null || leading === null
      ? null
      : embeddings.subarray(leading.cell * width, (leading.cell + 1) * width);
  const neighbours = query === null ? [] : labelledNeighbours(query, known, k, frame.id);
  const activities = decided.filter(({ present }) => present).map(({ activity }) => activity);
  const judged = frame.visibility === 'ok' && decided.length > 0;
  const facts = {
    frame: frame.id,
    takenAt: new Date(frame.takenAt).toISOString(),
    place: part === null || at === undefined ? null : at,
    visibility: frame.visibility,
    activity: judged ? (activities[0] ?? NONE) : 'unknown',
    activities: judged ? activities : [],
    head: fresh === null ? frame.head : id,
    before: fresh === null || frame.head === id ? null : beforeOf(frame, manifest),
    labels: frame.labels,
    decided,
    cell,
    neighbours,
    votes: votesOf(neighbours),
  };
  return { ...facts, sentence: sentenceOf(facts, leading, query !== null) };
}

/** The cells of zones around a place, with their embeddings; null where there is none. */
function partAt(frame: ExplainableFrame, { x, y }: Point): ExplainableFrame | null {
  const { cells, embeddings } = frame;
  const rows = [...cells.entries()].flatMap(([row, { zone, rectangle: r }]) =>
    zone !== '' && x >= r.x && x <= r.x + r.w && y >= r.y && y <= r.y + r.h ? [row] : [],
  );
  if (rows.length === 0) return null;
  const width = (embeddings?.length ?? 0) / cells.length;
  const own = rows.map(row => embeddings?.subarray(row * width, (row + 1) * width) ?? []);
  return {
    ...frame,
    cells: rows.flatMap(row => cells[row] ?? []),
    embeddings: embeddings === null ? null : Float32Array.from(own.flatMap(vector => [...vector])),
  };
}

/** The strongest present activity, or the one that is nearest to being present. */
function leadingOf(decided: readonly Deciding[]): Deciding | null {
  const [first, ...others] = decided;
  if (first === undefined) return null;
  const present = decided.find(one => one.present);
  return present ?? others.reduce((best, one) => (doubt(one) > doubt(best) ? one : best), first);
}

function beforeOf({ head, cells }: ExplainableFrame, manifest: HeadBundle['manifest']) {
  const decided = decidingCells(cells, manifest);
  return {
    head,
    activity: decided.find(({ present }) => present)?.activity ?? NONE,
    scores: Object.fromEntries(decided.map(({ activity, score }) => [activity, score])),
  };
}
