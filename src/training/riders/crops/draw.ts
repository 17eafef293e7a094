/** Draws how large riders are in a crop. */
import type { Random } from '../../../base/random.ts';

/** Heights in pixels: the smallest that can be learnt, the most usual, and the largest. */
const HEIGHTS = [8.5, 19, 46] as const;

/** A rider's height in pixels of the crop, on a logarithmic scale mostly about 19. */
export function drawHeight(random: Random): number {
  const [low, usual, high] = HEIGHTS.map(Math.log) as [number, number, number];
  const share = (usual - low) / (high - low);
  const drawn = random.next();
  // The inverse of a triangular distribution.
  const log =
    drawn < share
      ? low + Math.sqrt(drawn * (high - low) * (usual - low))
      : high - Math.sqrt((1 - drawn) * (high - low) * (high - usual));
  return Math.exp(log);
}

export function logBetween(from: number, to: number, random: Random): number {
  return Math.exp(random.between(Math.log(from), Math.log(to)));
}
