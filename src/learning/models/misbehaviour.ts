/** Whether a head behaves much worse than the one before it, and badly by any measure. */
import { type Reason, reason } from '../../messaging/reasons.ts';
import type { Behaviour } from './behaviour.ts';

export interface MisbehaviourLimits {
  /** Changes of the reported activity an hour; `count`: so many must have been seen. */
  readonly flipsPerHour: { readonly atLeast: number; readonly factor: number; readonly count: number };
  /** Share of frames that contradict the one before them. */
  readonly contradictions: { readonly atLeast: number; readonly factor: number };
  /** Share of frames with a score near its threshold. */
  readonly uncertain: { readonly atLeast: number; readonly factor: number };
  /** Mean distance of the least sure score from its threshold, 0..1. */
  readonly confidence: { readonly atMost: number; readonly factor: number };
  /** The absolute limits are so many times as far away where there is nothing to compare with. */
  readonly unknownBaseline: number;
}

/**
 * Null where it does not.
 *
 * @param usual null where too little is known of the head before
 */
export function misbehaviour(
  now: Behaviour,
  usual: Behaviour | null,
  limits: MisbehaviourLimits,
): Reason | null {
  const further = usual === null ? limits.unknownBaseline : 1;
  const rose = (limit: { atLeast: number; factor: number }, value: number, before: number | null) =>
    value >= limit.atLeast * further && (before === null || value > before * limit.factor);
  const each = (measure: (behaviour: Behaviour) => number) =>
    [measure(now), usual === null ? null : measure(usual)] as const;

  const flips = each(flipsPerHour);
  if (now.flips >= limits.flipsPerHour.count && rose(limits.flipsPerHour, ...flips)) {
    return reason('flips', { flips: flips[0], flipsBefore: flips[1] });
  }
  const contradictions = each(({ contradictions, frames }) => contradictions / frames);
  if (rose(limits.contradictions, ...contradictions)) {
    return reason('frames-contradict', { share: contradictions[0], shareBefore: contradictions[1] });
  }
  const uncertain = each(behaviour => behaviour.uncertain / behaviour.frames);
  if (rose(limits.uncertain, ...uncertain)) {
    return reason('frames-unsure', { share: uncertain[0], shareBefore: uncertain[1] });
  }
  const [confidence, before] = each(behaviour => behaviour.confidence / behaviour.frames);
  const { atMost, factor } = limits.confidence;
  if (confidence <= atMost / further && (before === null || confidence < before * factor)) {
    return reason('low-confidence', { confidence, confidenceBefore: before });
  }
  return null;
}

function flipsPerHour({ flips, judgedMs }: Behaviour): number {
  return judgedMs === 0 ? 0 : flips / (judgedMs / 3_600_000);
}
