/** One site, one split: labels arrive ten at a time, and after each ten every method learns from them. */
import type { HeadBundle } from '../../src/activity/head-bundle.ts';
import { rankFrames } from '../../src/learning/advice/next.ts';
import { NONE } from '../../src/learning/data/labels.ts';
import type { RetrainTuning } from '../../src/learning/retrain/retrain-head.ts';
import type { BoardFrame } from '../../src/learning/retrain/types.ts';
import { createRandom, shuffled } from '../../src/ops/random.ts';
import type { Tensorflow } from '../../src/vision/engines/tensorflow.ts';
import type { Start } from './base.ts';
import {
  type Learnt,
  type Lesson,
  learnFromScratch,
  learnNaively,
  learnOurs,
  type Method,
} from './methods.ts';
import { createNeighbours } from './neighbours.ts';
import { baseErrors, type Errors, scoreCells, scorerOf, siteErrors } from './scorer.ts';
import type { Split } from './split.ts';

export type Order = 'next' | 'random';

export interface Point {
  readonly labels: number;
  readonly site: Errors;
  readonly base: Errors;
  /** Of the retraining; 0 before the first. */
  readonly seconds: number;
  readonly promoted: boolean | null;
}

export interface Curve {
  readonly site: string;
  readonly seed: number;
  readonly method: Method;
  readonly order: Order;
  readonly points: readonly Point[];
}

export interface CurveJob {
  readonly tf: Tensorflow;
  readonly site: string;
  readonly start: Start;
  readonly split: Split;
  readonly seed: number;
  readonly method: Method;
  readonly order: Order;
  readonly tuning?: Partial<RetrainTuning>;
}

export const STEP = 10;
export const MOST = 50;

export async function measureCurve(job: CurveJob): Promise<Curve> {
  const { tf, start, split, seed, site, method, order } = job;
  const neighbours = method === 'neighbours' ? createNeighbours(start) : null;
  const learn = (lesson: Lesson): Promise<Learnt> => {
    if (neighbours !== null) {
      return Promise.resolve({ live: start.head, scorer: neighbours(lesson.labelled), promoted: null });
    }
    const ways = { ours: learnOurs, naive: learnNaively, scratch: learnFromScratch };
    return ways[method as keyof typeof ways](lesson);
  };
  const first = neighbours?.([]) ?? scorerOf(start.head);
  const points: Point[] = [
    {
      labels: 0,
      site: siteErrors(first, split.held),
      base: baseErrors(first, start.judged),
      seconds: 0,
      promoted: null,
    },
  ];
  const labelled: BoardFrame[] = [];
  let left = shuffled(split.pool, createRandom(seed + 1));
  let live = start.head;
  while (labelled.length < MOST && left.length >= STEP) {
    const chosen = order === 'next' ? chooseNext(left, labelled, live) : left.slice(0, STEP);
    left = left.filter(frame => !chosen.includes(frame));
    labelled.push(...chosen);
    const begun = performance.now();
    const { tuning } = job;
    const learnt = await learn({
      tf,
      start,
      live,
      labelled,
      seed,
      ...(tuning === undefined ? {} : { tuning }),
    });
    live = learnt.live;
    points.push({
      labels: labelled.length,
      seconds: (performance.now() - begun) / 1000,
      promoted: learnt.promoted,
      site: siteErrors(learnt.scorer, split.held),
      base: baseErrors(learnt.scorer, start.judged),
    });
  }
  return { site, seed, method, order, points };
}

/** As `surfwatch label --next` would offer them, by the head that is live. */
function chooseNext(
  left: readonly BoardFrame[],
  labelled: readonly BoardFrame[],
  live: HeadBundle,
): BoardFrame[] {
  const { width } = live.manifest;
  const scorer = scorerOf(live);
  const candidates = left.map(frame => ({
    id: frame.id,
    takenAt: frame.takenAt,
    cells: scoreCells(scorer, frame.cells, frame.embeddings),
    embeddings: () => frame.embeddings,
    novelty: null,
  }));
  const counts: Record<string, number> = {};
  for (const name of [...live.manifest.activities, NONE]) {
    counts[name] = labelled.filter(({ labels }) =>
      name === NONE ? labels.length === 0 : labels.includes(name),
    ).length;
  }
  const picks = rankFrames(
    candidates,
    { head: live.manifest, labelled: decidingCells(labelled, scorer, width), width, counts },
    { count: STEP },
  );
  return picks.map(({ id }) => left.find(frame => frame.id === id) as BoardFrame);
}

/** Of each labelled picture the embedding of its strongest cell. */
function decidingCells(
  frames: readonly BoardFrame[],
  scorer: ReturnType<typeof scorerOf>,
  width: number,
): Float32Array {
  const rows = new Float32Array(frames.length * width);
  for (const [index, { cells, embeddings }] of frames.entries()) {
    const strength = scoreCells(scorer, cells, embeddings).map(({ scores }) =>
      Math.max(...Object.values(scores)),
    );
    const cell = strength.indexOf(Math.max(...strength));
    rows.set(embeddings.subarray(cell * width, (cell + 1) * width), index * width);
  }
  return rows;
}
