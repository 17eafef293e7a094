/** How a head behaves on live frames, without knowing what is right: how often it changes its mind, and how sure it is. */
import { activitiesAbove, type Scores } from '../../activity/scores.ts';
import type { Visibility } from '../../activity/visibility.ts';

export interface FrameBehaviour {
  readonly monotonicMs: number;
  readonly visibility: Visibility;
  /** As reported, that is smoothed: what people see flap. */
  readonly activity: string;
  /** Calibrated probabilities, 0..1, of this frame alone: smoothing hides a head that contradicts itself. */
  readonly scores: Scores;
  readonly thresholds: Readonly<Record<string, number>>;
}

/** Sums over the frames that could be judged. Plain data, the same after a round trip through JSON. */
export interface Behaviour {
  readonly frames: number;
  /** Time between them, without gaps. */
  readonly judgedMs: number;
  /** Changes of the reported activity. */
  readonly flips: number;
  /** Frames whose strongest activity by themselves is another than that of the frame before. */
  readonly contradictions: number;
  readonly uncertain: number;
  readonly confidence: number;
  /** Null at the start and after a frame that could not be judged: what changed meanwhile is no flip. */
  readonly last: {
    readonly monotonicMs: number;
    readonly activity: string;
    readonly strongest: string;
  } | null;
}

export interface BehaviourOptions {
  /** Frames further apart than this are not compared. */
  readonly gapMs: number;
  /** A score nearer to its threshold than this makes a frame uncertain. */
  readonly margin: number;
}

export const NO_BEHAVIOUR: Behaviour = {
  frames: 0,
  judgedMs: 0,
  flips: 0,
  contradictions: 0,
  uncertain: 0,
  confidence: 0,
  last: null,
};

/**
 * Takes one frame in.
 *
 * @param halfLifeMs of judged time, after which what was seen counts for half; null: nothing fades
 */
export function observeBehaviour(
  before: Behaviour,
  frame: FrameBehaviour,
  { gapMs, margin }: BehaviourOptions,
  halfLifeMs: number | null,
): Behaviour {
  const { monotonicMs, activity, scores, thresholds } = frame;
  if (!isJudged(frame)) return { ...before, last: null };
  const strongest = activitiesAbove(scores, thresholds)[0] ?? 'none';
  const { last } = before;
  const gap = last === null ? Number.POSITIVE_INFINITY : monotonicMs - last.monotonicMs;
  const previous = gap >= 0 && gap <= gapMs ? last : null;
  const passedMs = previous === null ? 0 : gap;
  const kept = halfLifeMs === null ? 1 : 2 ** (-passedMs / halfLifeMs);
  const limits = Object.entries(scores).map(([name, score]) => ({ score, limit: thresholds[name] ?? 0.5 }));
  return {
    frames: before.frames * kept + 1,
    judgedMs: before.judgedMs * kept + passedMs,
    flips: before.flips * kept + Number(previous !== null && previous.activity !== activity),
    contradictions:
      before.contradictions * kept + Number(previous !== null && previous.strongest !== strongest),
    uncertain:
      before.uncertain * kept + Number(limits.some(({ score, limit }) => Math.abs(score - limit) < margin)),
    confidence:
      before.confidence * kept + Math.min(1, ...limits.map(({ score, limit }) => sureness(score, limit))),
    last: { monotonicMs, activity, strongest },
  };
}

/** A frame of the night says nothing about the head. */
function isJudged({ visibility, activity, scores }: FrameBehaviour): boolean {
  return visibility === 'ok' && activity !== 'unknown' && Object.keys(scores).length > 0;
}

/** Distance from the threshold, as a share of what is possible on that side. */
function sureness(score: number, limit: number): number {
  const [distance, most] = score >= limit ? [score - limit, 1 - limit] : [limit - score, limit];
  return most > 0 ? distance / most : 0;
}
