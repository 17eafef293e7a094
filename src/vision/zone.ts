/** Parts of the beach: they group and filter what was seen, and change nothing of how it is seen. */
import type { Point, Rectangle } from '../base/geometry.ts';

/** A part of the beach that is reported by itself. */
export interface Zone {
  /** `a-z 0-9 -` only: it becomes part of a topic. */
  readonly name: string;
  /** Corners of a polygon, three or more. */
  readonly points: readonly Point[];
}

/** The zone there is where a config lists none. */
export const WHOLE_FRAME: Zone = { name: 'beach', points: cornersOf({ x: 0, y: 0, w: 1, h: 1 }) };

export function cornersOf({ x, y, w, h }: Rectangle): Point[] {
  return [
    { x, y },
    { x: x + w, y },
    { x: x + w, y: y + h },
    { x, y: y + h },
  ];
}

/** The smallest rectangle around a zone. */
export function boundsOf({ points }: Pick<Zone, 'points'>): Rectangle {
  const xs = points.map(({ x }) => x);
  const ys = points.map(({ y }) => y);
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, w: Math.max(...xs) - x, h: Math.max(...ys) - y };
}

/** Whether a place lies in the zone: by the even-odd rule, counting the edges that a ray to the left crosses. */
export function contains({ points }: Pick<Zone, 'points'>, { x, y }: Point): boolean {
  let inside = false;
  for (const [index, a] of points.entries()) {
    const b = points[(index + points.length - 1) % points.length] as Point;
    if (a.y > y !== b.y > y && x > a.x + ((y - a.y) / (b.y - a.y)) * (b.x - a.x)) inside = !inside;
  }
  return inside;
}

/** The first zone that a place lies in; null where it lies in none. */
export function zoneAt(zones: readonly Zone[], place: Point): string | null {
  return zones.find(zone => contains(zone, place))?.name ?? null;
}
