/** Labels that contradict what the head is sure of, class by class: the mark of a class labelled wrongly. */
import type { HeadBundle } from '../../activity/head-bundle.ts';
import { spread } from './hardest-cells.ts';
import { judgeFrames } from './judge-frames.ts';
import type { BoardFrame } from './types.ts';

export interface Contradiction {
  /** What the head is sure of, and what was said instead. */
  readonly seen: string;
  readonly said: string;
  readonly frames: number;
  /** Labelled frames in which the head is sure of `seen`. */
  readonly sure: number;
}

/** A score is sure whose odds are so many times those of the threshold. */
const SURE = 9;
/** Maximum frames looked at: thousands would say no more. */
const MOST = 400;
/** So many frames, and more than half of those the head is sure of, are no slip and no weakness of the head. */
const FEWEST = 5;

/**
 * Frames that were labelled as another activity than the only one the head finds, and is sure of. Of ten sites a head had
 * not seen, at most 2 of up to 100 frames were such, rightly labelled; of a class labelled as another, a third and more.
 * Frames labelled `none` don't count: a head may well be sure of a flag, and that is told by labelling it.
 */
export function contradictions(head: HeadBundle, labelled: readonly BoardFrame[]): Contradiction[] {
  const { activities, thresholds } = head.manifest;
  const judged = judgeFrames(head, spread(labelled, MOST));
  return activities.flatMap(seen => {
    const limit = oddsOf(thresholds[seen] as number) * SURE;
    const sure = judged.filter(
      ({ found, scores }) =>
        found.length === 1 && found[0] === seen && oddsOf(scores[seen] as number) >= limit,
    );
    const others = sure.filter(({ truth }) => truth.length > 0 && !truth.includes(seen));
    if (others.length < FEWEST || others.length * 2 <= sure.length) return [];
    const said = mostFrequent(others.map(({ truth }) => truth.join('+')));
    return [{ seen, said, frames: others.length, sure: sure.length }];
  });
}

function oddsOf(probability: number): number {
  return probability / (1 - probability);
}

function mostFrequent(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].reduce((most, entry) => (entry[1] > most[1] ? entry : most))[0];
}
