/** One site, one split: labels arrive, and after each batch of them the board learns. */
import { ulid } from 'ulid';
import type { HeadBundle } from '../../src/activity/head-bundle.ts';
import { NONE } from '../../src/base/activities.ts';
import { createRandom, shuffled } from '../../src/base/random.ts';
import { labelledCells } from '../../src/learning/advice/likeness/labelled-cells.ts';
import { rankFrames } from '../../src/learning/advice/next.ts';
import { rescoreWith } from '../../src/learning/advice/rescore.ts';
import { heldBaseRows } from '../../src/learning/retrain/base-rows.ts';
import { heldFrames } from '../../src/learning/retrain/blocks.ts';
import { figuresOf } from '../../src/learning/retrain/gate.ts';
import { judgeCells } from '../../src/learning/retrain/judge-cells.ts';
import {
  RETRAIN_DEFAULTS,
  type RetrainTuning,
  retrainHead,
} from '../../src/learning/retrain/retrain-head.ts';
import type { BaseSet, BoardFrame, GateVerdict } from '../../src/learning/retrain/types.ts';
import type { RiderPoint } from '../../src/messaging/label-payload.ts';
import type { BenchFrame } from './frames.ts';
import { judge, type Kept, keeperOf, type Tally } from './sight.ts';
import type { Site, Split } from './sites.ts';

/** How a frame is labelled: each rider pointed at, or what goes on in it. */
export const WAYS = ['points', 'whole'] as const;
export type Way = (typeof WAYS)[number];
export const ORDERS = ['next', 'random'] as const;
export type Order = (typeof ORDERS)[number];

/** Labels after which the board learns. */
export const STEPS = [5, 10, 20, 30] as const;

export interface Point {
  readonly labels: number;
  /** Null before the first retraining. */
  readonly decision: GateVerdict['decision'] | null;
  readonly reasons: readonly string[];
  /** Result of the head then in use, on the held-out frames of this site. */
  readonly site: Tally;
  /** Result of the head before it on the frames labelled since, whose labels could teach it. */
  readonly told: Tally;
  /** Result of the candidate, if the gate did not let it pass. */
  readonly refused: Tally | null;
  /** Result of the head in use on frames of the other sites, from which it learnt nothing. */
  readonly elsewhere: Tally;
  /** Macro-F1 of the head in use on the held groups of the base set, 0..1. */
  readonly base: number;
  /** Duration of the retraining. */
  readonly seconds: number;
}

export interface Curve {
  readonly site: string;
  readonly seed: number;
  readonly way: Way;
  readonly order: Order;
  /** Frames that could be labelled. */
  readonly pool: number;
  readonly points: readonly Point[];
}

/** A frame as the board that came with a head would have it. */
export interface PoolFrame {
  readonly id: string;
  readonly takenAt: number;
  /** What a person says of it. */
  readonly labels: readonly string[];
  readonly riders: readonly RiderPoint[];
  /** Whether everybody can be listed. */
  readonly complete: boolean;
  readonly usual: Kept;
  /** With the cells of the riders. */
  readonly pointed: Kept;
}

/** What a board starts from. */
export interface Start {
  readonly head: HeadBundle;
  readonly base: BaseSet;
}

const FIRST_AT = Date.UTC(2026, 5, 1);
/** Between frames: three an hour, which is what frames are held out by. */
const APART_MS = 20 * 60_000;

export function poolOf({ head }: Start, { frames }: Site): PoolFrame[] {
  const keep = keeperOf(head);
  return frames.map((frame, index) => {
    const riders = frame.riders.map(({ activity, box: { x, y, w, h } }) => ({
      activity,
      x: x + w / 2,
      y: y + h / 2,
    }));
    const [usual, pointed] = keep(frame, riders);
    const takenAt = FIRST_AT + index * APART_MS;
    return {
      id: ulid(takenAt),
      takenAt,
      labels: [...new Set(riders.map(({ activity }) => activity))].sort(),
      riders,
      complete: frame.ignored.length === 0,
      usual,
      pointed,
    };
  });
}

export interface CurveJob {
  readonly site: Site;
  readonly start: Start;
  /** One a frame of the site. */
  readonly pool: readonly PoolFrame[];
  readonly split: Split;
  readonly elsewhere: readonly BenchFrame[];
  readonly seed: number;
  readonly way: Way;
  readonly order: Order;
  readonly tuning?: Partial<RetrainTuning>;
}

export async function measureCurve(job: CurveJob): Promise<Curve> {
  const { site, start, split, seed, way, order } = job;
  const held = split.held.map(index => site.frames[index] as BenchFrame);
  const figures = (head: HeadBundle) => ({
    site: judge(head, held),
    elsewhere: judge(head, job.elsewhere),
    base: baseFigure(head, start.base),
  });
  let left = shuffled(
    split.pool.map(index => job.pool[index] as PoolFrame),
    createRandom(seed + 1),
  );
  let live = start.head;
  let now = figures(live);
  const labelled: PoolFrame[] = [];
  const points: Point[] = [
    { labels: 0, decision: null, reasons: [], ...now, told: judge(live, []), refused: null, seconds: 0 },
  ];
  for (const labels of STEPS) {
    const wanted = labels - labelled.length;
    if (left.length < wanted) break;
    const chosen = order === 'next' ? chooseNext(left, labelled, way, live, wanted) : left.slice(0, wanted);
    const told = judge(
      live,
      chosen.map(frame => site.frames[job.pool.indexOf(frame)] as BenchFrame),
    );
    left = left.filter(frame => !chosen.includes(frame));
    labelled.push(...chosen);
    const { candidate, verdict, seconds } = await retrainHead(
      {
        base: start.base,
        board: boardFrames(labelled, way),
        unlabelled: left.map(({ id, usual }) => ({ id, ...usual })),
        incumbent: live,
        shipped: start.head,
      },
      { ...RETRAIN_DEFAULTS, seed, ...(job.tuning !== undefined && { tuning: job.tuning }) },
    );
    const passed = verdict.decision === 'promote';
    if (passed) {
      live = candidate;
      now = figures(live);
    }
    const { decision, reasons } = verdict;
    points.push({
      labels,
      decision,
      reasons: reasons.map(({ text }) => text),
      ...now,
      told,
      refused: passed ? null : judge(candidate, held),
      seconds,
    });
  }
  return { site: site.name, seed, way, order, pool: split.pool.length, points };
}

/** As the board hands them to a retraining, some held out to judge by. */
function boardFrames(labelled: readonly PoolFrame[], way: Way): BoardFrame[] {
  const log = labelled.map(({ id, takenAt, labels }, seq) => ({
    seq,
    frame: id,
    at: takenAt,
    by: '',
    way: 'cli' as const,
    labels,
  }));
  const held = heldFrames(log, () => false);
  return labelled.map(frame => ({ ...saidOf(frame, way), held: held.has(frame.id) }));
}

function saidOf({ id, takenAt, labels, riders, complete, usual, pointed }: PoolFrame, way: Way) {
  const about = { id, takenAt, labels };
  if (way === 'whole' || riders.length === 0) return { ...about, ...usual };
  return { ...about, ...pointed, pointing: { riders, complete, nobody: [] } };
}

/** As `surfwatch label --next` would offer them, by the head in use. */
function chooseNext(
  left: readonly PoolFrame[],
  labelled: readonly PoolFrame[],
  way: Way,
  live: HeadBundle,
  count: number,
): PoolFrame[] {
  const { manifest } = live;
  const rescore = rescoreWith(live);
  const scored = <T extends Kept>(frame: T): T => {
    const scores = rescore(frame.embeddings, frame.cells.length);
    return {
      ...frame,
      cells: frame.cells.map((cell, row) => ({ ...cell, scores: scores[row] ?? cell.scores })),
    };
  };
  const said = labelled.map(frame => scored(saidOf(frame, way)));
  const counts: Record<string, number> = {};
  for (const name of labelled.flatMap(({ labels }) => (labels.length === 0 ? [NONE] : labels))) {
    counts[name] = (counts[name] ?? 0) + 1;
  }
  const picks = rankFrames(
    left.map(({ id, takenAt, usual }) => {
      const { cells, embeddings } = scored(usual);
      return { id, takenAt, cells, embeddings: () => embeddings, novelty: null, stale: false };
    }),
    {
      head: manifest,
      labelled: labelledCells(said, manifest.width).matrix,
      width: manifest.width,
      counts,
      showsNobody: labelled.some(
        ({ labels, complete }) => labels.length === 0 || (way === 'points' && complete),
      ),
    },
    { count },
  );
  return picks.map(({ id }) => left.find(frame => frame.id === id) as PoolFrame);
}

/** As the gate has it. */
function baseFigure(head: HeadBundle, base: BaseSet): number {
  const { activities } = head.manifest;
  return figuresOf(judgeCells(head, heldBaseRows(base, activities)), activities).macroF1;
}
