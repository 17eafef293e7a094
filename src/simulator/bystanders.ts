import { type Rgb, rgb, scaled } from './colour.ts';
import { curve, ellipse, line, type Point, polygon, type Shape } from './shapes.ts';

/** What is on a beach besides riders. In metres: origin on the ground or water line, y downwards, facing right. */

/** @param step phase of the walk in radians; `undefined` stands still */
export function personShapes(shirt: Rgb, trousers: Rgb, skin: Rgb, step: number | undefined): Shape[] {
  const swing = step === undefined ? 0.12 : 0.28 * Math.sin(step);
  return [
    ellipse([60, 55, 48], 0.15, 0, 0.45, 0.07, 0.35),
    line(trousers, 0.17, [
      [-swing, 0],
      [0, -0.85],
    ]),
    line(scaled(trousers, 0.85), 0.17, [
      [swing, 0],
      [0, -0.85],
    ]),
    line(shirt, 0.36, [
      [0, -0.9],
      [0.02, -1.35],
    ]),
    line(skin, 0.1, [
      [0.12, -1.4],
      [0.16 + swing * 0.6, -0.85],
    ]),
    line(skin, 0.1, [
      [-0.1, -1.4],
      [-0.12 - swing * 0.6, -0.85],
    ]),
    ellipse(scaled(skin, 0.85), 0.03, -1.66, 0.13, 0.16),
  ];
}

export function swimmerShapes(skin: Rgb, cap: Rgb, stroke: number): Shape[] {
  return [
    ellipse([40, 60, 70], 0, 0.08, 0.5, 0.1, 0.35),
    ellipse(skin, 0, -0.02, 0.28, 0.1),
    ellipse(cap, 0.05, -0.2, 0.15, 0.16),
    ...(stroke > 0.4
      ? [
          line(skin, 0.09, [
            [0.1, -0.02],
            [0.35, -0.35 * stroke],
            [0.6, -0.02],
          ]),
        ]
      : []),
  ];
}

export function buoyShapes(colour: Rgb): Shape[] {
  return [
    ellipse(scaled(colour, 0.5), 0, 0.12, 0.5, 0.12, 0.35),
    ellipse(colour, 0, -0.35, 0.45, 0.45),
    ellipse(scaled(colour, 1.25), -0.1, -0.5, 0.18, 0.16, 0.6),
  ];
}

/** A sailing yacht under main and jib: two white triangles over a long hull. */
export function yachtShapes(hull: Rgb, sail: Rgb): Shape[] {
  return [
    polygon(hull, [
      [-4.6, -1],
      [-4.2, 0],
      [3.6, 0],
      [5, -1.2],
    ]),
    polygon(scaled(hull, 0.8), [
      [-1.8, -1],
      [-1.5, -1.6],
      [1.2, -1.6],
      [1.8, -1.1],
    ]),
    polygon(sail, [[0.3, -1.9], ...curve([0.2, -13], [-2.6, -6.5], [-3.9, -2.1])]),
    polygon(scaled(sail, 0.92), [[0.7, -11.4], ...curve([4.6, -1.5], [2.2, -2.2], [0.6, -2.2])]),
    line([90, 92, 95], 0.12, [
      [0.35, -1],
      [0.3, -13.4],
    ]),
  ];
}

/** A motor boat with a cabin, or a fishing boat when it has a mast. */
export function boatShapes(hull: Rgb, cabin: Rgb, mast: boolean): Shape[] {
  return [
    polygon(hull, [
      [-3.2, -0.9],
      [-3, 0.1],
      [2.6, 0.1],
      [3.8, -1.2],
    ]),
    line(scaled(hull, 0.6), 0.15, [
      [-3.1, -0.3],
      [3.1, -0.45],
    ]),
    polygon(cabin, [
      [-1.3, -0.95],
      [-1.2, -2.2],
      [0.7, -2.2],
      [1.3, -1],
    ]),
    polygon(
      [55, 65, 75],
      [
        [-0.7, -1.5],
        [-0.65, -1.95],
        [0.6, -1.95],
        [0.85, -1.5],
      ],
    ),
    ...(mast
      ? [
          line([70, 70, 72], 0.12, [
            [-1, -2.2],
            [-1, -4.6],
          ]),
          line([70, 70, 72], 0.1, [
            [-2.8, -1],
            [-1, -4.2],
            [2.4, -1.1],
          ]),
        ]
      : []),
  ];
}

/** A gull, wings 1.3 m. @param beat -1 wings down to 1 wings up */
export function gullShapes(colour: Rgb, beat: number): Shape[] {
  const tip = -0.32 * beat;
  const wing = (side: number): Point[] =>
    curve([0, 0], [0.35 * side, -0.22 * beat - 0.12], [0.68 * side, tip], 5);
  return [
    line(colour, 0.09, wing(-1)),
    line(colour, 0.09, wing(1)),
    ellipse(scaled(colour, 0.95), 0, 0.02, 0.22, 0.09),
  ];
}

export const SHIRTS: readonly [Rgb, ...Rgb[]] = [
  rgb('#c9463d'),
  rgb('#2f5f9e'),
  rgb('#e8e6e0'),
  rgb('#2b2d33'),
  rgb('#e0b13f'),
  rgb('#4d8a57'),
  rgb('#d98aa0'),
];
export const SKINS: readonly [Rgb, ...Rgb[]] = [
  rgb('#e2b491'),
  rgb('#c68f68'),
  rgb('#8d5a3c'),
  rgb('#f0c8aa'),
];
