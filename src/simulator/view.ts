import { type Rgb, rgb } from './colour.ts';
import { type Random, random } from './random.ts';

/** Where a camera stands and what of the land it sees. Shares are of the picture's width or height. */
export interface View {
  readonly seed: number;
  /** Height of the horizon; below 0 the camera looks down and sees no sky. */
  readonly horizon: number;
  /** Slant of the horizon: how much lower its right end lies than its left one. */
  readonly roll: number;
  /** Where the beach begins in the middle of the picture, and how much lower at the right end than at the left. */
  readonly shore: number;
  readonly shoreSlope: number;
  /** Pixels a metre has at the shore in a picture 720 lines high. */
  readonly nearScale: number;
  readonly sand: Rgb;
  /** What covers the bottom of the picture, and how high. */
  readonly foreground: { readonly kind: 'none' | 'dunes' | 'rocks'; readonly height: number };
  /** Land on the horizon: which side it comes in from, how wide and how high. */
  readonly headland: { readonly side: -1 | 1; readonly width: number; readonly height: number };
  readonly houses: boolean;
  readonly pier: boolean;
}

/** A view like a usual surf cam's; seed 1 is the demo's. */
export function usualView(seed: number): View {
  const chance = random(seed, 20);
  return {
    seed,
    horizon: chance.between(0.33, 0.38),
    roll: chance.between(-0.008, 0.008),
    shore: chance.between(0.79, 0.83),
    shoreSlope: chance.between(-0.06, 0.06),
    nearScale: chance.between(26, 28),
    sand: rgb(chance.pick(['#c9b08a', '#cdb795', '#b89c74'])),
    foreground: { kind: 'dunes', height: chance.between(0.07, 0.1) },
    headland: {
      side: chance.pick([-1, 1]),
      width: chance.between(0.22, 0.4),
      height: chance.between(0.035, 0.06),
    },
    houses: chance.chance(0.7),
    pier: chance.chance(0.4),
  };
}

/** Any view a camera may have, for training: also from a cliff without sky, of an empty sea, without a beach. */
export function anyView(seed: number, chance: Random): View {
  const horizon = chance.chance(0.12) ? chance.between(-0.15, -0.02) : chance.between(0.2, 0.5);
  const shore = chance.chance(0.2) ? 1.2 : chance.between(0.74, 1);
  return {
    seed,
    horizon,
    roll: chance.between(-0.015, 0.015),
    shore,
    shoreSlope: chance.between(-0.12, 0.12),
    nearScale: chance.between(22, 34),
    sand: rgb(chance.pick(['#c9b08a', '#cdb795', '#b89c74', '#e0d6c2', '#8f8069', '#a98b66'])),
    foreground: {
      kind: chance.pick(['none', 'dunes', 'dunes', 'rocks']),
      height: chance.between(0.03, 0.14),
    },
    headland: {
      side: chance.pick([-1, 1]),
      width: chance.chance(0.4) ? 0 : chance.between(0.15, 1.2),
      height: chance.between(0.015, 0.1),
    },
    houses: chance.chance(0.4),
    pier: chance.chance(0.2),
  };
}

/** A view measured out for a picture: everything in pixels. */
export interface Geometry {
  readonly width: number;
  readonly height: number;
  /** 1 where the picture has 720 lines. */
  readonly unit: number;
  /** Line of the horizon and of the shore in the middle of the picture. */
  readonly horizon: number;
  readonly shore: number;
  /** Above this line nothing in the foreground hides what stands on the beach or in the water. */
  readonly free: number;
  horizonAt(x: number): number;
  shoreAt(x: number): number;
  /** The line where a metre is this many pixels high, given for a picture of 720 lines. */
  lineOf(scale: number): number;
  /** How near a line is: 0 at the horizon, 1 at the shore. */
  nearness(y: number): number;
}

export function geometryOf(view: View, width: number, height: number): Geometry {
  const horizon = view.horizon * height;
  const shore = view.shore * height;
  return {
    width,
    height,
    unit: height / 720,
    horizon,
    shore,
    free: height * (view.foreground.kind === 'none' ? 0.99 : 1 - 1.5 * view.foreground.height),
    horizonAt: x => horizon + (x / width - 0.5) * view.roll * height,
    shoreAt: x => shore + (x / width - 0.5) * view.shoreSlope * height,
    lineOf: scale => horizon + ((shore - horizon) * scale) / view.nearScale,
    nearness: y => Math.max(0.001, (y - horizon) / (shore - horizon)),
  };
}

/** How much of a thing's colour the air takes on its way from a line: 0..1. */
export function hazeAt(density: number, nearness: number): number {
  return 1 - Math.exp(-density / Math.max(0.02, nearness));
}
