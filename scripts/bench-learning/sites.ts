/** Cameras that are learnt, each divided into frames that may be labelled and frames it is judged on. */
import { createRandom, shuffled } from '../../src/base/random.ts';
import type { BenchFrame } from './frames.ts';

export interface Site {
  readonly name: string;
  /** In the order of time. */
  readonly frames: readonly BenchFrame[];
}

/** Each site needs ten to label, and some to judge by. */
const [FEWEST_LABELLED, FEWEST_JUDGED] = [10, 3];
const FEWEST_WITH_RIDERS = 5;

export function sitesOf(frames: readonly BenchFrame[]): Site[] {
  return [...new Set(frames.map(({ camera }) => camera))].flatMap(name => {
    const own = frames.filter(({ camera }) => camera === name);
    const ridden = own.filter(({ riders }) => riders.length > 0);
    const isEnough = own.length >= FEWEST_LABELLED + FEWEST_JUDGED && ridden.length >= FEWEST_WITH_RIDERS;
    return isEnough ? [{ name, frames: own }] : [];
  });
}

export interface Split {
  /** Indexes of the site's frames that may be labelled, and of those it is judged on. */
  readonly pool: readonly number[];
  readonly held: readonly number[];
}

/** Fraction of the frames to label from; a third is enough to judge by, and small sites have few to label. */
const POOL = 2 / 3;
/** Neighbouring frames are alike: of so many stretches of time each is on one side. */
const STRETCHES = 9;

export function splitSite({ frames }: Site, seed: number): Split {
  const stretchOf = (index: number) => Math.floor((index * STRETCHES) / frames.length);
  const indexes = [...frames.keys()];
  const wanted = Math.max(FEWEST_LABELLED, Math.floor(frames.length * POOL));
  const pooled = new Set<number>();
  const pool = () => indexes.filter(index => pooled.has(stretchOf(index)));
  for (const stretch of shuffled([...Array(STRETCHES).keys()], createRandom(seed))) {
    if (pool().length >= wanted) break;
    pooled.add(stretch);
  }
  return { pool: pool(), held: indexes.filter(index => !pooled.has(stretchOf(index))) };
}
