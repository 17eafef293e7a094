/** Zones while they are drawn: polygons in shares of the frame. Plain data. */
import type { Point } from '../../../../base/geometry.ts';
import { isName } from '../../../../config/name.ts';
import type { ZoneSetting } from '../../../../config/zones.ts';

export interface DrawnZone {
  readonly name: string;
  readonly points: readonly Point[];
}

/** Fewer corners enclose nothing. */
export const FEWEST_CORNERS = 3;
/** A ten-thousandth of the frame is less than a pixel. */
const DECIMALS = 4;

export function drawnOf(zone: ZoneSetting): DrawnZone {
  if ('points' in zone) return { name: zone.name, points: zone.points.map(([x, y]) => ({ x, y })) };
  const { name, x, y, w, h } = zone;
  return {
    name,
    points: [
      { x, y },
      { x: x + w, y },
      { x: x + w, y: y + h },
      { x, y: y + h },
    ].map(within),
  };
}

/** As it stands in a config. */
export function settingOf({ name, points }: DrawnZone): ZoneSetting {
  return { name, points: points.map(({ x, y }) => [x, y] as const) };
}

/** Rounded, and moved into the frame. */
export function within({ x, y }: Point): Point {
  const share = (value: number) => Number(Math.min(1, Math.max(0, value)).toFixed(DECIMALS));
  return { x: share(x), y: share(y) };
}

export function cornerMoved(zone: DrawnZone, index: number, to: Point): DrawnZone {
  return { ...zone, points: zone.points.map((point, at) => (at === index ? within(to) : point)) };
}

/** Puts another corner in the middle of the side that begins at this one. */
export function sideSplit(zone: DrawnZone, index: number): DrawnZone {
  const { points } = zone;
  const [from, to] = [points[index], points[(index + 1) % points.length]];
  if (from === undefined || to === undefined) return zone;
  const middle = within({ x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 });
  return { ...zone, points: points.toSpliced(index + 1, 0, middle) };
}

export function cornerRemoved(zone: DrawnZone, index: number): DrawnZone {
  return zone.points.length <= FEWEST_CORNERS ? zone : { ...zone, points: zone.points.toSpliced(index, 1) };
}

/** The first `zone-1`, `zone-2`, … that is free. */
export function freeName(zones: readonly DrawnZone[]): string {
  let number = 1;
  while (zones.some(({ name }) => name === `zone-${number}`)) number += 1;
  return `zone-${number}`;
}

/** What is wrong with the name of a zone, if something is. */
export function nameFault(zones: readonly DrawnZone[], index: number): 'name' | 'taken' | null {
  const name = zones[index]?.name ?? '';
  if (!isName(name)) return 'name';
  return zones.findIndex(zone => zone.name === name) === index ? null : 'taken';
}

/** A name as somebody types it, as a zone may bear it: `North Pier` is `north-pier`. */
export function asName(typed: string): string {
  const plain = typed.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
  return plain
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^-/, '')
    .slice(0, 64);
}
