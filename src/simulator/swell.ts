import type { Look } from './look.ts';
import { random } from './random.ts';
import type { Geometry } from './view.ts';

/** A wave as drawn, in pixels. */
export interface Wave {
  /** Line of its crest in the middle; the face lies below it. */
  readonly crest: number;
  /** Height of its face. */
  readonly height: number;
  readonly left: number;
  readonly right: number;
  /** Where it has broken; nowhere when `foamRight` <= `foamLeft`. */
  readonly foamLeft: number;
  readonly foamRight: number;
  /** 0 is gone, 1 is full. */
  readonly strength: number;
  /** Shifts its ragged edges, so that no two waves are alike. */
  readonly phase: number;
}

const PERIOD_S = 8;
const LIFE_S = 30;

/** The waves that roll in whoever is there, at a moment. The same wave is the same at every moment of its life. */
export function swellAt(seed: number, seconds: number, geometry: Geometry, size: number): Wave[] {
  const last = Math.floor(seconds / PERIOD_S);
  const waves: Wave[] = [];
  for (let n = last - Math.ceil(LIFE_S / PERIOD_S); n <= last; n++) {
    const age = (seconds - n * PERIOD_S) / LIFE_S;
    if (age >= 0 && age < 1) waves.push(...waveOf(seed, n, age, geometry, size));
  }
  return waves.sort((a, b) => a.crest - b.crest);
}

function waveOf(seed: number, n: number, age: number, geometry: Geometry, size: number): Wave[] {
  const chance = random(seed, 30, n);
  const { width, horizon, shore } = geometry;
  const middle = chance.between(-0.05, 1.05) * width;
  const reach = chance.between(0.16, 0.45) * width;
  const breaks = chance.between(0.3, 0.6);
  const direction = chance.pick([-1, 1]);
  const from = chance.between(0.45, 0.56);
  const nearness = from + (0.985 - from) * age;
  const crest = horizon + (shore - horizon) * nearness;
  const grown = Math.min(1, age / 0.15) * Math.min(1, (1 - age) / 0.12);
  // From where it first breaks the foam runs along the crest, quickly one way and slowly the other.
  const run = Math.max(0, (age - breaks) / (1 - breaks));
  const start = middle - direction * reach * 0.5;
  const fast = start + direction * run * reach * 2.4;
  const slow = start - direction * run * reach * 0.7;
  const high = chance.between(0.8, 1.3) * size * nearness * 26 * geometry.unit;
  return [
    {
      crest,
      height: high * (1 - 0.55 * run),
      left: middle - reach,
      right: middle + reach,
      foamLeft: Math.max(middle - reach, Math.min(fast, slow)),
      foamRight: run === 0 ? 0 : Math.min(middle + reach, Math.max(fast, slow)),
      strength: grown,
      phase: chance.int(0, 511),
    },
  ];
}

/** How high the swash has run up the beach at a column, in pixels below the shore line. */
export function swashAt(seed: number, seconds: number, x: number, geometry: Geometry): number {
  const share = x / geometry.width;
  const slow = Math.sin(seconds * 0.7 + seed + share * 5);
  const fine =
    Math.sin(share * 23 + seed * 2 + seconds * 0.21) * 0.35 + Math.sin(share * 51 - seconds * 0.13) * 0.2;
  return (6 + 7 * slow + 7 * fine) * geometry.unit;
}

/** Colour of the water at a line: what both the sea and the faces of waves start from. */
export function waterAt(look: Look, nearness: number): readonly [number, number, number] {
  const share = Math.min(1, Math.max(0, nearness)) ** 0.6;
  const [a, b] = [look.seaFar, look.seaNear];
  return [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share];
}
