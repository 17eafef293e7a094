import { type Rgb, scaled } from './colour.ts';
import { curve, ellipse, line, type Point, polygon, type Shape } from './shapes.ts';

/** A surfer in metres: origin at the water line under the body, y downwards, facing right. */

export type SurferPose = 'standing' | 'sitting' | 'prone';

export interface SurferLook {
  readonly suit: Rgb;
  readonly skin: Rgb;
  readonly board: Rgb;
  /** 0.7 foreshortened to 1 seen from the side. */
  readonly breadth: number;
}

/** @param bend how low a standing surfer crouches, 0..1; how far a sitting one leans forward. */
export function surferShapes(pose: SurferPose, look: SurferLook, bend: number): Shape[] {
  const shapes = { standing, sitting, prone }[pose](look, bend);
  return shapes.map(shape => ({
    ...shape,
    points: shape.points.map(([x, y]): Point => [x * look.breadth, y]),
  }));
}

function standing({ suit, skin, board }: SurferLook, bend: number): Shape[] {
  const hip: Point = [-0.16 - 0.1 * bend, -0.82 + 0.3 * bend];
  const neck: Point = [0.1 + 0.16 * bend, -1.32 + 0.42 * bend];
  const dark = scaled(suit, 0.75);
  return [
    ellipse(scaled(suit, 0.6), 0, 0.08, 0.9, 0.09, 0.3),
    polygon(board, [
      ...curve([-1, -0.02], [-0.2, 0.2], [1.15, -0.26]),
      ...curve([1.15, -0.26], [0.1, -0.09], [-1, -0.02]),
    ]),
    line(dark, 0.2, [[-0.5, -0.06], [-0.42 - 0.1 * bend, -0.42 + 0.1 * bend], hip]),
    line(suit, 0.21, [[0.38, -0.12], [0.36 + 0.08 * bend, -0.5 + 0.1 * bend], hip]),
    line(suit, 0.32, [hip, neck]),
    line(dark, 0.12, [neck, [-0.35, -1.12 + 0.3 * bend], [-0.72, -1.22 + 0.2 * bend]]),
    line(suit, 0.13, [neck, [0.48, -1.02 + 0.3 * bend], [0.82, -1.12 + 0.3 * bend]]),
    line(skin, 0.07, [
      [0.78, -1.11 + 0.3 * bend],
      [0.86, -1.14 + 0.3 * bend],
    ]),
    ellipse(scaled(skin, 0.55), neck[0] + 0.08, neck[1] - 0.22, 0.13, 0.15),
  ];
}

function sitting({ suit, skin, board }: SurferLook, bend: number): Shape[] {
  const lean = 0.2 * bend;
  return [
    ellipse(scaled(suit, 0.8), 0, 0.12, 0.55, 0.1, 0.45),
    polygon(board, [
      [0.15, 0.03],
      ...curve([0.3, -0.06], [0.7, -0.14], [1.05, -0.36]),
      [0.95, -0.16],
      [0.6, 0.04],
    ]),
    polygon(scaled(board, 0.85), [
      [-0.3, 0.03],
      [-0.75, -0.05],
      [-0.6, 0.06],
    ]),
    line(suit, 0.24, [
      [0, -0.04],
      [0.38, -0.12],
    ]),
    polygon(suit, [
      [-0.26, 0.06],
      [-0.3 + lean, -0.58],
      [-0.1 + lean, -0.72],
      [0.14 + lean, -0.72],
      [0.26 + lean, -0.56],
      [0.24, 0.06],
    ]),
    line(suit, 0.13, [
      [0.2 + lean, -0.58],
      [0.34 + lean, -0.3],
      [0.36, -0.1],
    ]),
    ellipse(scaled(skin, 0.5), 0.04 + lean, -0.9, 0.14, 0.17),
  ];
}

function prone({ suit, skin, board }: SurferLook, bend: number): Shape[] {
  return [
    ellipse(scaled(suit, 0.8), 0, 0.1, 1, 0.1, 0.4),
    polygon(board, [
      [-1.0, -0.02],
      [-0.8, 0.06],
      [0.9, 0.04],
      [1.15, -0.16],
      [0.8, -0.1],
      [-0.8, -0.09],
    ]),
    line(suit, 0.2, [
      [-0.9, -0.1],
      [-0.1, -0.16],
    ]),
    line(suit, 0.28, [
      [-0.1, -0.18],
      [0.4, -0.32],
    ]),
    line(suit, 0.12, [
      [0.4, -0.3],
      [0.62 + 0.2 * bend, -0.16 - 0.2 * bend],
      [0.85, 0.02],
    ]),
    ellipse(scaled(skin, 0.5), 0.55, -0.46, 0.13, 0.15),
  ];
}
