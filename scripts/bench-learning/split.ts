/** Divides a site's pictures into those that may be labelled and those it is judged on. */
import type { BoardFrame } from '../../src/learning/retrain/types.ts';
import { createRandom, shuffled } from '../../src/ops/random.ts';
import type { BoardPicture } from './board-picture.ts';
import type { Site } from './sites.ts';

export interface Split {
  readonly pool: readonly BoardFrame[];
  readonly held: readonly BoardPicture[];
}

/** Of the pictures; a third is enough to judge by, and small sites have few to label. */
const POOL = 2 / 3;
/** A camera's pictures in these many stretches of time, each on one side: neighbouring frames are alike. */
const STRETCHES = 9;
const FIRST_AT = Date.UTC(2026, 5, 1);
/** Pictures are taken this far apart: hours are what a retraining holds back by. */
const APART_MS = 20 * 60_000;

/** By stretch of the camera's time; seeded. */
export function splitSite({ pictures }: Site, seed: number): Split {
  const random = createRandom(seed);
  const dated = pictures.map((picture, index) => ({ picture, index }));
  const stretchOf = (index: number) => Math.floor((index * STRETCHES) / pictures.length);
  const stretches = shuffled([...new Set(dated.map(({ index }) => stretchOf(index)))], random);
  const pooled = new Set(stretches.slice(0, Math.round(stretches.length * POOL)));
  const inPool = dated.filter(({ index }) => pooled.has(stretchOf(index)));
  return {
    pool: inPool.map(({ picture }, place) => ({
      id: picture.id,
      takenAt: FIRST_AT + place * APART_MS,
      labels: picture.labels,
      cells: picture.cells,
      embeddings: picture.embeddings,
    })),
    held: dated.filter(({ index }) => !pooled.has(stretchOf(index))).map(({ picture }) => picture),
  };
}
