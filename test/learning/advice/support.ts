/** Frames with cells and embeddings that point where a test wants them to. */
import type { KeptCell } from '../../../src/activity/kept-cells.ts';
import { createRandom } from '../../../src/base/random.ts';
import type { JudgedBy } from '../../../src/learning/advice/deciding.ts';
import type { Candidate } from '../../../src/learning/advice/ranking/candidate.ts';
import { ACTIVITIES, CELL_SENSE } from '../support.ts';

export const WIDTH = 16;
export const THRESHOLDS = { surfing: 0.5, windsurfing: 0.5, kitesurfing: 0.5 };
export const JUDGED_BY: JudgedBy = { activities: ACTIVITIES, cells: CELL_SENSE, thresholds: THRESHOLDS };

export function cellOf(scores: Readonly<Record<string, number>>, zone = 'all', x = 0): KeptCell {
  return {
    zone,
    rectangle: { x, y: 0.25, w: 0.25, h: 0.5 },
    scores: { surfing: 0, windsurfing: 0, kitesurfing: 0, ...scores },
  };
}

/** An embedding along one axis, with a little of the others. */
export function towards(axis: number, seed = 0, noise = 0.1): Float32Array {
  const random = createRandom(seed * 97 + axis + 1);
  return Float32Array.from({ length: WIDTH }, (_, index) => (index === axis ? 1 : 0) + noise * random.next());
}

export function joined(...rows: readonly Float32Array[]): Float32Array {
  return Float32Array.from(rows.flatMap(row => [...row]));
}

/** One cell and its embedding. */
export function candidateOf(
  id: string,
  scores: Readonly<Record<string, number>>,
  embedding: Float32Array | null = towards(0),
  change: Partial<Candidate> = {},
): Candidate {
  return {
    id,
    takenAt: Date.UTC(2026, 5, 1, 9),
    cells: [cellOf(scores)],
    embeddings: () => embedding,
    novelty: null,
    ...change,
  };
}
