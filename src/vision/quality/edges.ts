/** Edges of the thumbnail without regard to how strong they are: light and weather change, the shape of a cliff stays. */
import { COLUMNS, ROWS } from './thumbnail.ts';

export interface Edges {
  /** [2, 72, 128] gradient (across, then down), of length 1 where it is much stronger than usual in the picture. */
  readonly direction: Float32Array;
  /** Mean length of the gradient, levels a point. */
  readonly strength: number;
}

/** Smoothed over 3 × 3 points, central differences. */
export function edgesOf(grey: Float32Array): Edges {
  const points = COLUMNS * ROWS;
  const soft = smoothed(grey);
  const direction = new Float32Array(2 * points);
  let sum = 0;
  for (let row = 2; row < ROWS - 2; row++) {
    for (let point = row * COLUMNS + 2; point < (row + 1) * COLUMNS - 2; point++) {
      const across = (soft[point + 1] as number) - (soft[point - 1] as number);
      const down = (soft[point + COLUMNS] as number) - (soft[point - COLUMNS] as number);
      direction[point] = across;
      direction[points + point] = down;
      sum += Math.sqrt(across * across + down * down);
    }
  }
  const strength = sum / points;
  const floor = Math.max(1.5, 0.7 * strength);
  for (let point = 0; point < points; point++) {
    const across = direction[point] as number;
    const down = direction[points + point] as number;
    const length = Math.sqrt(across * across + down * down) + floor;
    direction[point] = across / length;
    direction[points + point] = down / length;
  }
  return { direction, strength };
}

function smoothed(grey: Float32Array): Float32Array {
  const across = new Float32Array(grey.length);
  for (let at = 1; at < grey.length - 1; at++)
    across[at] = ((grey[at - 1] as number) + (grey[at] as number) + (grey[at + 1] as number)) / 3;
  const result = new Float32Array(grey.length);
  for (let at = COLUMNS; at < grey.length - COLUMNS; at++)
    result[at] =
      ((across[at - COLUMNS] as number) + (across[at] as number) + (across[at + COLUMNS] as number)) / 3;
  return result;
}
