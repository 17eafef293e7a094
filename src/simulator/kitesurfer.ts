import { mix, type Rgb, scaled } from './colour.ts';
import { ellipse, line, type Point, polygon, type Shape } from './shapes.ts';

/** A kitesurfer in metres. The rider's origin is the water line under the board, y downwards, riding to the right. */

export interface KitesurferLook {
  readonly canopy: Rgb;
  readonly accent: Rgb;
  readonly edge: Rgb;
  readonly suit: Rgb;
  readonly skin: Rgb;
  readonly board: Rgb;
}

/** Where the bar is held, in the rider's metres. */
export const BAR: Point = [0.42, -1.22];

/** @param lean how far the rider leans away from the kite, 0..1 */
export function kiteRiderShapes({ suit, skin, board }: KitesurferLook, lean: number): Shape[] {
  const hip: Point = [-0.15 - 0.4 * lean, -0.72 + 0.12 * lean];
  const neck: Point = [-0.12 - 0.7 * lean, -1.24 + 0.22 * lean];
  const arm: Point = [neck[0] + 0.04, neck[1] + 0.1];
  return [
    ellipse(scaled(suit, 0.8), -0.1, 0.1, 0.9, 0.09, 0.3),
    polygon(board, [
      [-0.72, -0.1],
      [-0.66, 0.04],
      [0.6, -0.08],
      [0.78, -0.26],
      [0.6, -0.22],
      [-0.5, -0.14],
    ]),
    line(suit, 0.2, [[-0.32, -0.12], [-0.26 - 0.2 * lean, -0.42], hip]),
    line(scaled(suit, 0.8), 0.2, [[0.3, -0.18], [0.22 - 0.1 * lean, -0.52], hip]),
    line(suit, 0.34, [hip, neck]),
    line(skin, 0.11, [arm, BAR]),
    line([30, 30, 34], 0.07, [
      [BAR[0] - 0.12, BAR[1] - 0.2],
      [BAR[0] + 0.12, BAR[1] + 0.2],
    ]),
    ellipse(scaled(skin, 0.6), neck[0] - 0.03, neck[1] - 0.2, 0.14, 0.16),
  ];
}

const PANELS = 7;

/** Where the lines leave the kite: its wing tips, in the kite's own units. */
export function kiteTips(turn: number): readonly [Point, Point] {
  return [bow(0, 0.5, 0.5, turn), bow(1, 0.5, 0.5, turn)];
}

/** A point on an arc over the wing, `t` 0..1 from tip to tip. One half is foreshortened, as a bow seen from the side is. */
function bow(t: number, radiusX: number, radiusY: number, turn: number): Point {
  const angle = Math.PI * (0.02 + 0.96 * t);
  const x = -Math.cos(angle) * radiusX;
  return [x * (1 - 0.4 * turn * Math.sign(x)), 0.25 - Math.sin(angle) * radiusY];
}

/**
 * The kite: a crescent 1 unit wide from wing tip to wing tip, open downwards, its lines leaving at {@link kiteTips}.
 *
 * @param turn -1..1: which wing tip is nearer to the eye; at 0 it is seen square from behind
 */
export function kiteShapes({ canopy, accent, edge }: KitesurferLook, turn: number): Shape[] {
  const front = (t: number): Point => bow(t, 0.5, 0.5, turn);
  const back = (t: number): Point => bow(t, 0.4, 0.17, turn);
  const shade = (i: number): Rgb => {
    const middle = (PANELS - 1) / 2;
    const colour = i === 0 || i === PANELS - 1 ? edge : i === middle ? accent : canopy;
    // The canopy turns away from the light towards one tip.
    return mix(colour, [0, 0, 0], 0.04 + (0.24 * i) / PANELS);
  };
  const ribs = Array.from({ length: PANELS + 1 }, (_, i) => i / PANELS);
  const panels = ribs.slice(1).map((to, i): Shape => {
    const from = ribs[i] ?? 0;
    const middle = (from + to) / 2;
    return polygon(shade(i), [front(from), front(middle), front(to), back(to), back(middle), back(from)]);
  });
  return [
    ...panels,
    ...ribs.slice(2, -2).map(t => line(scaled(edge, 0.8), 0.016, [front(t), back(t)], 0.45)),
    line(
      scaled(edge, 0.8),
      0.05,
      Array.from({ length: 15 }, (_, i) => front(i / 14)),
    ),
  ];
}
