/** Finds how far a view was shifted. */
import { COLUMNS, ROWS } from './thumbnail.ts';

const POINTS = COLUMNS * ROWS;
const ACROSS = [-16, -12, -8, -6, -4, -3, -2, 0, 2, 3, 4, 6, 8, 12, 16];
const DOWN = [-8, -4, -2, 0, 2, 4, 8];
/** Points compared at most, of those that stand still: the cost is theirs. */
const POINTS_COMPARED = 400;
/** How much better than where it was: each of the two directions counts 1 for a perfect fit. */
const BETTER = 0.25;
const GOOD = 0.6;

/**
 * Whether the edges of the last minutes fit the usual ones much better at another place. Upright and level edges count
 * the same, though a sea has more level ones: along these a shift to the side is not seen.
 *
 * @param usual [2, 72, 128] edges of the view
 * @param lately [2, 72, 128] edges of the last pictures
 * @param still the points of the view that stand still
 */
export function isShifted(usual: Float32Array, lately: Float32Array, still: readonly number[]): boolean {
  const step = Math.ceil(still.length / POINTS_COMPARED);
  const points = still.filter((_, index) => index % step === 0);
  let [across, down] = [1e-6, 1e-6];
  for (const point of points) {
    across += (usual[point] as number) ** 2;
    down += (usual[POINTS + point] as number) ** 2;
  }
  const match = (offset: number) => {
    let [ownAcross, ownDown] = [0, 0];
    for (const point of points) {
      const to = point + offset;
      if (to < 0 || to >= POINTS) continue;
      ownAcross += (usual[point] as number) * (lately[to] as number);
      ownDown += (usual[POINTS + point] as number) * (lately[POINTS + to] as number);
    }
    return ownAcross / across + ownDown / down;
  };
  const least = Math.max(GOOD, match(0) + BETTER);
  return DOWN.some(dy => ACROSS.some(dx => match(dy * COLUMNS + dx) > least));
}
