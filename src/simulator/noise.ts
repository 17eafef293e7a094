import { random } from './random.ts';

/** Side of a noise tile in texels; a power of two, so that coordinates wrap with a mask. */
export const TILE = 512;

const smooth = (t: number): number => t * t * (3 - 2 * t);

/**
 * A seamless square of fractal value noise, `TILE` × `TILE`, -127..127 with a standard deviation of about 45.
 *
 * @param cellsX how many cells of the coarsest octave lie side by side; unequal numbers stretch the noise.
 */
function noiseTile(seed: number, cellsX: number, cellsY: number, octaves: number): Int8Array {
  const sum = new Float32Array(TILE * TILE);
  for (let octave = 0; octave < octaves; octave++) {
    const columns = cellsX << octave;
    const rows = cellsY << octave;
    const chance = random(seed, octave);
    const lattice = Float32Array.from({ length: columns * rows }, () => chance.next() * 2 - 1);
    const weight = 0.6 ** octave;
    for (let y = 0; y < TILE; y++) {
      const v = (y * rows) / TILE;
      const row = Math.floor(v);
      const top = row * columns;
      const bottom = ((row + 1) % rows) * columns;
      const fy = smooth(v - row);
      for (let x = 0; x < TILE; x++) {
        const u = (x * columns) / TILE;
        const column = Math.floor(u);
        const right = (column + 1) % columns;
        const fx = smooth(u - column);
        const a = (lattice[top + column] ?? 0) * (1 - fx) + (lattice[top + right] ?? 0) * fx;
        const b = (lattice[bottom + column] ?? 0) * (1 - fx) + (lattice[bottom + right] ?? 0) * fx;
        sum[y * TILE + x] = (sum[y * TILE + x] ?? 0) + weight * (a * (1 - fy) + b * fy);
      }
    }
  }
  const deviation = Math.sqrt(sum.reduce((total, value) => total + value * value, 0) / sum.length);
  return Int8Array.from(sum, value => Math.max(-127, Math.min(127, (value / deviation) * 45)));
}

/** The tile's value at texel coordinates of any size, interpolated: -127..127. */
export function sample(tile: Int8Array, u: number, v: number): number {
  const x = Math.floor(u);
  const y = Math.floor(v);
  const fx = u - x;
  const fy = v - y;
  const left = x & (TILE - 1);
  const right = (x + 1) & (TILE - 1);
  const top = (y & (TILE - 1)) * TILE;
  const bottom = ((y + 1) & (TILE - 1)) * TILE;
  const a = (tile[top + left] ?? 0) * (1 - fx) + (tile[top + right] ?? 0) * fx;
  const b = (tile[bottom + left] ?? 0) * (1 - fx) + (tile[bottom + right] ?? 0) * fx;
  return a * (1 - fy) + b * fy;
}

/** Normally distributed sensor noise, -127..127 with a standard deviation of 32; a power of two long. */
function grain(seed: number, length: number): Int8Array {
  const chance = random(seed);
  return Int8Array.from({ length }, () => {
    const sum = chance.next() + chance.next() + chance.next() + chance.next();
    return Math.round((sum - 2) * 55.4);
  });
}

export interface Textures {
  /** Even in both directions: clouds, sand, foam. */
  readonly soft: Int8Array;
  /** Stretched sideways: ripples on water. */
  readonly ripple: Int8Array;
  readonly grain: Int8Array;
}

let textures: Textures | undefined;

/** The noise all scenes share. Made on first use (about 150 ms) and kept: a constant, whatever the scene's seed. */
export function sharedTextures(): Textures {
  textures ??= {
    soft: noiseTile(11, 8, 8, 6),
    ripple: noiseTile(12, 20, 90, 3),
    grain: grain(13, 1 << 20),
  };
  return textures;
}
