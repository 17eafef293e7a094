/** Nearest neighbours: nothing is fitted, what is labelled is looked up. */
import { headLogits } from '../../src/activity/head.ts';
import { dot, normalisedRows } from '../../src/learning/advice/likeness/vectors.ts';
import { baseSide } from '../../src/learning/retrain/base-rows.ts';
import { cellsToLearn, embeddingsOf, labelCells } from '../../src/learning/retrain/board-samples.ts';
import type { BoardFrame } from '../../src/learning/retrain/types.ts';
import type { Start } from './base.ts';
import type { Scorer } from './scorer.ts';

/** Fewer let one odd picture decide; the labels of a site are few. */
const NEIGHBOURS = 5;

interface Rows {
  /** [rows, width], of length 1 each. */
  readonly vectors: Float32Array;
  readonly labels: readonly (readonly number[])[];
}

interface Found {
  readonly similarity: number;
  readonly labels: readonly number[];
}

/** Looks up in the base set and in the board's labels: a score is the share of the five nearest that show it. */
export function createNeighbours({ head, base }: Start): (labelled: readonly BoardFrame[]) => Scorer {
  const { activities, width } = head.manifest;
  const fitted = baseSide(base, activities, false);
  const known: Rows = {
    vectors: normalisedRows(fitted.embeddings, width),
    labels: fitted.samples.map(({ labels }) => labels),
  };
  // The same pictures are judged after every ten labels, and the base set stays.
  const inBase = new WeakMap<Float32Array, Found[][]>();
  return labelled => {
    const own = rowsOf(labelled, start => headLogits(head, start, start.length / width), activities, width);
    return {
      head: head.manifest,
      score: (embeddings, count) => {
        const queries = normalisedRows(embeddings, width);
        const ofBase = inBase.get(embeddings) ?? nearestOf(queries, known, width);
        inBase.set(embeddings, ofBase);
        const ofBoard = nearestOf(queries, own, width);
        const scores = new Float32Array(count * activities.length);
        for (let row = 0; row < count; row++) {
          const all = [...(ofBase[row] as Found[]), ...(ofBoard[row] as Found[])];
          all.sort((a, b) => b.similarity - a.similarity);
          for (const { labels } of all.slice(0, NEIGHBOURS)) {
            for (const [column, label] of labels.entries()) {
              const at = row * activities.length + column;
              scores[at] = (scores[at] as number) + label / NEIGHBOURS;
            }
          }
        }
        return scores;
      },
    };
  };
}

/** The cells of which all is known. */
function rowsOf(
  frames: readonly BoardFrame[],
  logitsOf: (embeddings: Float32Array) => Float32Array,
  activities: readonly string[],
  width: number,
): Rows {
  const cells = cellsToLearn(frames);
  const raw = embeddingsOf(frames, cells, width);
  const { targets, mask } = labelCells(frames, cells, activities, logitsOf(raw));
  const part = (values: Float32Array, row: number) => [
    ...values.subarray(row * activities.length, (row + 1) * activities.length),
  ];
  const rows = cells.flatMap((_, row) => (part(mask, row).every(each => each === 1) ? [row] : []));
  const vectors = new Float32Array(rows.length * width);
  const all = normalisedRows(raw, width);
  for (const [to, row] of rows.entries())
    vectors.set(all.subarray(row * width, (row + 1) * width), to * width);
  return { vectors, labels: rows.map(row => part(targets, row)) };
}

function nearestOf(queries: Float32Array, { vectors, labels }: Rows, width: number): Found[][] {
  return Array.from({ length: queries.length / width }, (_, query) => {
    const found = labels.map((own, row) => ({
      similarity: dot(queries, query * width, vectors, row * width, width),
      labels: own,
    }));
    return found.sort((a, b) => b.similarity - a.similarity).slice(0, NEIGHBOURS);
  });
}
