import { mix, type Rgb, scaled } from './colour.ts';
import { curve, ellipse, line, type Point, polygon, type Shape } from './shapes.ts';

/** A windsurfer in metres: origin at the water line under the mast foot, y downwards, sailing to the right. */

export interface WindsurferLook {
  readonly sail: Rgb;
  readonly accent: Rgb;
  /** Opacity of the window, 0.3 for clear film to 1 for cloth. */
  readonly film: number;
  /** The rider stands on the camera's side of the sail. */
  readonly front: boolean;
  readonly suit: Rgb;
  readonly skin: Rgb;
  readonly board: Rgb;
}

/** The point at `t` (0..1) along a broken line of evenly weighted points. */
function along(points: readonly Point[], t: number): Point {
  const at = t * (points.length - 1);
  const i = Math.min(points.length - 2, Math.floor(at));
  const [a, b] = [points[i] ?? [0, 0], points[i + 1] ?? [0, 0]];
  return [a[0] + (b[0] - a[0]) * (at - i), a[1] + (b[1] - a[1]) * (at - i)];
}

/** The strip of the sail between two heights, each 0 (foot) to 1 (tip). */
function panel(luff: readonly Point[], leech: readonly Point[], from: number, to: number): Point[] {
  const steps = [0, 0.25, 0.5, 0.75, 1].map(t => from + (to - from) * t);
  return [...steps.map(t => along(luff, t)), ...steps.toReversed().map(t => along(leech, t))];
}

/**
 * @param open how broad the sail looks, 0.3 nearly edge-on to 1 from the side
 * @param rake how far the mast leans, in metres at the tip; positive is backwards
 * @param planing whether the rider hangs out behind the boom (else stands upright by the mast)
 */
export function windsurferShapes(
  look: WindsurferLook,
  open: number,
  rake: number,
  planing: boolean,
): Shape[] {
  const foot: Point = [0, -0.2];
  const tip: Point = [-rake, -4.65];
  const luff = curve(foot, [0.28 * open - 0.3 * rake, -2.7], tip, 8);
  const clew: Point = [-1.95 * open - 0.35 * rake, -1.5];
  const leech = [
    ...curve([-0.75 * open, -0.5], [-1.3 * open, -0.9], clew, 3),
    ...curve(clew, [-1.7 * open - 0.65 * rake, -3.4], [tip[0] - 0.22 * open, tip[1] + 0.06], 6).slice(1),
  ];
  const dark: Rgb = [28, 29, 33];
  const boomStart = along(luff, 0.3);
  const film = mix(look.sail, [205, 212, 215], 0.55);
  const body = rider(look, planing, open);
  return [
    ellipse(scaled(look.suit, 0.8), -0.3, 0.12, 1.3, 0.1, 0.25),
    polygon(look.board, [
      [-1.35, -0.06],
      [-1.2, 0.08],
      [0.9, 0.06],
      [1.3, -0.22],
      [0.9, -0.16],
      [-1.2, -0.16],
    ]),
    ...(look.front ? [] : body),
    polygon(look.sail, panel(luff, leech, 0, 0.26), 0.96),
    polygon(film, panel(luff, leech, 0.24, 0.55), look.film),
    polygon(look.sail, panel(luff, leech, 0.53, 0.8), 0.97),
    polygon(look.accent, panel(luff, leech, 0.79, 1), 0.97),
    polygon(
      look.accent,
      [
        ...luff,
        ...luff.toReversed().map(([x, y]): Point => [x - 0.28 * open * (1 - (y + 4.65) * -0.05), y + 0.02]),
      ],
      0.9,
    ),
    ...[0.4, 0.53, 0.67, 0.8].map(t => line(dark, 0.035, [along(luff, t), along(leech, t)], 0.55)),
    line(dark, 0.09, luff),
    line(dark, 0.1, curve(boomStart, [(boomStart[0] + clew[0]) / 2, -1.2], clew, 4)),
    ...(look.front ? body : []),
  ];
}

function rider({ suit, skin }: WindsurferLook, planing: boolean, open: number): Shape[] {
  const out = planing ? 0.55 + 0.45 * (1 - open) : 0.12;
  const hip: Point = [-0.75 - out * 0.6, -0.85];
  const neck: Point = [-0.72 - out, -1.5];
  return [
    line(suit, 0.22, [[-0.75, -0.14], [-0.7 - out * 0.3, -0.5], hip]),
    line(scaled(suit, 0.8), 0.22, [[-0.4, -0.14], [-0.45 - out * 0.3, -0.55], hip]),
    line(suit, 0.36, [hip, neck]),
    line(suit, 0.13, [
      [neck[0], neck[1] + 0.1],
      [-0.35, -1.42],
    ]),
    ellipse(scaled(skin, 0.6), neck[0] - 0.02, neck[1] - 0.22, 0.15, 0.17),
  ];
}
