import type { Rectangle } from '../base/geometry.ts';
import { mix, type Rgb, tint } from './colour.ts';

/** The simulator's drawings: flat polygons and lines as plain data, so that what is drawn has a known outline. */

export type Point = readonly [x: number, y: number];

export interface Shape {
  readonly points: readonly Point[];
  readonly colour: Rgb;
  /** Width of the line along the points; 0 fills the polygon they enclose. */
  readonly width: number;
  /** 0..1. */
  readonly opacity: number;
}

export function polygon(colour: Rgb, points: readonly Point[], opacity = 1): Shape {
  return { points, colour, width: 0, opacity };
}

export function line(colour: Rgb, width: number, points: readonly Point[], opacity = 1): Shape {
  return { points, colour, width, opacity };
}

export function ellipse(colour: Rgb, x: number, y: number, rx: number, ry: number, opacity = 1): Shape {
  const points = Array.from({ length: 12 }, (_, i): Point => {
    const angle = (i * Math.PI) / 6;
    return [x + rx * Math.cos(angle), y + ry * Math.sin(angle)];
  });
  return polygon(colour, points, opacity);
}

/** Points of a quadratic Bézier curve, ends included. */
export function curve(from: Point, control: Point, to: Point, steps = 8): Point[] {
  return Array.from({ length: steps + 1 }, (_, i): Point => {
    const t = i / steps;
    const s = 1 - t;
    return [
      s * s * from[0] + 2 * s * t * control[0] + t * t * to[0],
      s * s * from[1] + 2 * s * t * control[1] + t * t * to[1],
    ];
  });
}

export interface Placement {
  /** Where the drawing's origin comes to lie, in pixels. */
  readonly x: number;
  readonly y: number;
  /** Pixels per unit of the drawing (a metre, usually). */
  readonly scale: number;
  /** Turn in radians, clockwise on the screen; 0 when absent. */
  readonly angle?: number;
  /** 1, or -1 to mirror left and right before turning; 1 when absent. */
  readonly facing?: number;
}

/** Moves a drawing into the picture. Lines stay 0.7 pixels wide at least, or they would vanish. */
export function place(shapes: readonly Shape[], to: Placement): Shape[] {
  const { x, y, scale, angle = 0, facing = 1 } = to;
  const cos = Math.cos(angle) * scale;
  const sin = Math.sin(angle) * scale;
  return shapes.map(shape => ({
    ...shape,
    width: shape.width === 0 ? 0 : Math.max(0.7, shape.width * scale),
    points: shape.points.map(
      ([px, py]): Point => [x + px * facing * cos - py * sin, y + px * facing * sin + py * cos],
    ),
  }));
}

/** A drawing in the light of the scene, seen through `haze` (0..1) of a colour. */
export function lit(shapes: readonly Shape[], light: Rgb, haze: Rgb, amount: number): Shape[] {
  return shapes.map(shape => ({ ...shape, colour: mix(tint(shape.colour, light), haze, amount) }));
}

/** Left, top, right and bottom of everything drawn, in the shapes' own units. */
export function extent(shapes: readonly Shape[]): readonly [number, number, number, number] {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { points, width } of shapes) {
    for (const [x, y] of points) {
      left = Math.min(left, x - width / 2);
      top = Math.min(top, y - width / 2);
      right = Math.max(right, x + width / 2);
      bottom = Math.max(bottom, y + width / 2);
    }
  }
  return [left, top, right, bottom];
}

/** The part of a picture that shapes cover, a pixel wider for soft edges, cut at the picture's borders. */
export function boxOf(shapes: readonly Shape[], width: number, height: number): Rectangle {
  const [left, top, right, bottom] = extent(shapes);
  const x = Math.max(0, Math.floor(left) - 1) / width;
  const y = Math.max(0, Math.floor(top) - 1) / height;
  return {
    x,
    y,
    w: Math.max(0, Math.min(1, (Math.ceil(right) + 1) / width) - x),
    h: Math.max(0, Math.min(1, (Math.ceil(bottom) + 1) / height) - y),
  };
}

const css = (colour: Rgb): string =>
  `rgb(${colour.map(c => Math.max(0, Math.min(255, Math.round(c)))).join(',')})`;

function element({ points, colour, width, opacity }: Shape): string {
  const path = points.map(([x, y]) => `${x.toFixed(2)},${y.toFixed(2)}`).join(' ');
  // Not the attribute `opacity`: it makes the renderer draw every element on a layer of its own, five times slower.
  return width === 0
    ? `<polygon fill="${css(colour)}" fill-opacity="${opacity.toFixed(2)}" points="${path}"/>`
    : `<polyline fill="none" stroke-linecap="round" stroke-linejoin="round" stroke="${css(colour)}" stroke-opacity="${opacity.toFixed(2)}" stroke-width="${width.toFixed(2)}" points="${path}"/>`;
}

/** An SVG of the part of the picture at (`x`, `y`), `width` × `height` pixels. */
export function svg(shapes: readonly Shape[], x: number, y: number, width: number, height: number): string {
  const head = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="${x} ${y} ${width} ${height}">`;
  return `${head}${shapes.map(element).join('')}</svg>`;
}
