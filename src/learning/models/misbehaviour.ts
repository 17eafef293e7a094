/** Whether a head behaves much worse than the one before it, and badly by any measure. */
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
 * Null where it does not. Otherwise a sentence with the figures.
 *
 * @param usual null where too little is known of the head before
 */
export function misbehaviour(
  now: Behaviour,
  usual: Behaviour | null,
  limits: MisbehaviourLimits,
): string | null {
  const further = usual === null ? limits.unknownBaseline : 1;
  const rose = (limit: { atLeast: number; factor: number }, value: number, before: number | null) =>
    value >= limit.atLeast * further && (before === null || value > before * limit.factor);
  const each = (measure: (behaviour: Behaviour) => number) =>
    [measure(now), usual === null ? null : measure(usual)] as const;

  const flips = each(flipsPerHour);
  if (now.flips >= limits.flipsPerHour.count && rose(limits.flipsPerHour, ...flips)) {
    return `the activity changes ${flips[0].toFixed(0)} times an hour${than(flips[1]?.toFixed(0))}`;
  }
  const contradictions = each(({ contradictions, frames }) => contradictions / frames);
  if (rose(limits.contradictions, ...contradictions)) {
    return `${percent(contradictions[0])} of the frames contradict the one before${than(percent(contradictions[1]))}`;
  }
  const uncertain = each(behaviour => behaviour.uncertain / behaviour.frames);
  if (rose(limits.uncertain, ...uncertain)) {
    return `${percent(uncertain[0])} of the frames have a score near its threshold${than(percent(uncertain[1]))}`;
  }
  const [confidence, before] = each(behaviour => behaviour.confidence / behaviour.frames);
  const { atMost, factor } = limits.confidence;
  if (confidence <= atMost / further && (before === null || confidence < before * factor)) {
    return `the mean confidence is ${confidence.toFixed(2)}${than(before?.toFixed(2))}`;
  }
  return null;
}

function flipsPerHour({ flips, judgedMs }: Behaviour): number {
  return judgedMs === 0 ? 0 : flips / (judgedMs / 3_600_000);
}

function percent(share: number | null): string | undefined {
  return share === null ? undefined : `${(share * 100).toFixed(0)} %`;
}

function than(before: string | undefined): string {
  return before === undefined ? '' : `, before ${before}`;
}
