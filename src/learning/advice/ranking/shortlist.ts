/** Which frames are worth the reading of their embeddings. */
import type { Doubtful } from './doubtful.ts';

/** The share of the shortlist that goes to the frames most in doubt, and to those that were unlike anything known. */
const DOUBTFUL_SHARE = 0.5;
const NOVEL_SHARE = 0.25;

/**
 * Most of them by worth, some by novelty, the rest evenly over time: a head that is sure and wrong is not in doubt.
 *
 * @param most at most so many
 */
export function shortlist(
  frames: readonly Doubtful[],
  worth: (frame: Doubtful) => number,
  most: number,
): Doubtful[] {
  if (frames.length <= most) return [...frames];
  const chosen = new Set<Doubtful>();
  const take = (ordered: readonly Doubtful[], until: number) => {
    for (const frame of ordered) {
      if (chosen.size >= until) return;
      chosen.add(frame);
    }
  };
  take(sortedBy(frames, worth), Math.ceil(most * DOUBTFUL_SHARE));
  take(
    sortedBy(frames, ({ candidate }) => candidate.novelty ?? 0),
    Math.ceil(most * (DOUBTFUL_SHARE + NOVEL_SHARE)),
  );
  const rest = sortedBy(
    frames.filter(frame => !chosen.has(frame)),
    ({ candidate }) => candidate.takenAt,
  );
  const free = most - chosen.size;
  take(
    Array.from({ length: free }, (_, index) => rest[Math.floor((index * rest.length) / free)] as Doubtful),
    most,
  );
  return [...chosen];
}

/** Highest first; each key is computed once. */
function sortedBy(frames: readonly Doubtful[], key: (frame: Doubtful) => number): Doubtful[] {
  return frames
    .map(frame => ({ frame, key: key(frame) }))
    .sort((a, b) => b.key - a.key)
    .map(({ frame }) => frame);
}
