/** Watches a head after its promotion, and says when it misbehaves live. A pure reducer over plain data. */
import type { Reason } from '../../messaging/reasons.ts';
import {
  type Behaviour,
  type BehaviourOptions,
  type FrameBehaviour,
  NO_BEHAVIOUR,
  observeBehaviour,
} from './behaviour.ts';
import { type MisbehaviourLimits, misbehaviour } from './misbehaviour.ts';

export interface ProbationOptions extends BehaviourOptions {
  /** Time in which frames could be judged, after which the head has stood the test. */
  readonly durationMs: number;
  /** It settles after this long whatever was seen: a dark week must not leave it on probation. */
  readonly giveUpAfterMs: number;
  /** Nothing is decided on less. */
  readonly minimumFrames: number;
  readonly minimumMs: number;
  /** Half-life, in judged time, of what is remembered of the head in use. */
  readonly halfLifeMs: number;
  readonly limits: MisbehaviourLimits;
}

export const PROBATION_DEFAULTS: ProbationOptions = {
  durationMs: 30 * 60_000,
  giveUpAfterMs: 24 * 3_600_000,
  minimumFrames: 60,
  minimumMs: 3 * 60_000,
  halfLifeMs: 4 * 3_600_000,
  gapMs: 60_000,
  margin: 0.1,
  limits: {
    flipsPerHour: { atLeast: 60, factor: 4, count: 12 },
    contradictions: { atLeast: 0.3, factor: 3 },
    uncertain: { atLeast: 0.5, factor: 2 },
    confidence: { atMost: 0.3, factor: 0.5 },
    unknownBaseline: 2,
  },
};

/** Plain data. Its times are monotonic: of no use in another process. */
export interface ProbationState {
  /** How the head behaved that was in use before the promotion, or is in use where none is on probation. */
  readonly baseline: Behaviour;
  readonly trial: { readonly sinceMs: number; readonly behaviour: Behaviour } | null;
  readonly verdict: 'watching' | 'settled' | { readonly rollback: Reason };
}

/** At the start of the daemon: nothing is known yet, and nothing is on probation. */
export const NO_PROBATION: ProbationState = { baseline: NO_BEHAVIOUR, trial: null, verdict: 'settled' };

/** A head was promoted. Where another was still on probation, both are compared with the last one that had settled. */
export function startProbation(state: ProbationState, monotonicMs: number): ProbationState {
  return { ...state, trial: { sinceMs: monotonicMs, behaviour: NO_BEHAVIOUR }, verdict: 'watching' };
}

/** The head on probation was replaced by the one before it. */
export function endProbation({ baseline }: ProbationState): ProbationState {
  return { baseline: { ...baseline, last: null }, trial: null, verdict: 'settled' };
}

/**
 * Takes one frame in, at all times: without a head on probation it tells what is usual here. A verdict to roll back
 * stays until {@link endProbation} or {@link startProbation}.
 */
export function watchPromotion(
  state: ProbationState,
  frame: FrameBehaviour,
  options: ProbationOptions = PROBATION_DEFAULTS,
): ProbationState {
  const { baseline, trial } = state;
  if (trial === null) {
    return { ...state, baseline: observeBehaviour(baseline, frame, options, options.halfLifeMs) };
  }
  if (state.verdict !== 'watching') return state;
  const behaviour = observeBehaviour(trial.behaviour, frame, options, null);
  const usual = isEnough(baseline, options) ? baseline : null;
  const reason = isEnough(behaviour, options) ? misbehaviour(behaviour, usual, options.limits) : null;
  const watched = { ...state, trial: { ...trial, behaviour } };
  if (reason !== null) return { ...watched, verdict: { rollback: reason } };
  const isOver =
    behaviour.judgedMs >= options.durationMs || frame.monotonicMs - trial.sinceMs >= options.giveUpAfterMs;
  if (!isOver) return watched;
  // From now on the head is what the next one is compared with.
  return {
    baseline: isEnough(behaviour, options) ? behaviour : { ...baseline, last: null },
    trial: null,
    verdict: 'settled',
  };
}

function isEnough({ frames, judgedMs }: Behaviour, { minimumFrames, minimumMs }: ProbationOptions): boolean {
  return frames >= minimumFrames && judgedMs >= minimumMs;
}
