/** Whether a head tells land and sky from water, on frames of which areas are known. */
import { isAshore } from '../../../activity/scene.ts';
import type { Point } from '../../../base/geometry.ts';
import { contains } from '../../../vision/zone.ts';
import { AREA_KINDS, type Area, ridersIn } from '../data/material.ts';
import type { JudgedFrame } from './place-calibration.ts';

/** Places of each kind, and those of them taken for land or sky by one frame. */
export interface GroundFigures {
  readonly places: Readonly<
    Record<Area['kind'] | 'riders', { readonly all: number; readonly ashore: number }>
  >;
}

/** @returns null where no frame has areas, or the head does not tell */
export function groundFigures(frames: readonly JudgedFrame[]): GroundFigures | null {
  const sums = Object.fromEntries(
    [...AREA_KINDS, 'riders' as const].map(kind => [kind, { all: 0, ashore: 0 }]),
  ) as Record<Area['kind'] | 'riders', { all: number; ashore: number }>;
  let telling = false;
  for (const { scene, material } of frames) {
    if (scene === null) continue;
    const count = (kind: Area['kind'] | 'riders', place: Point) => {
      sums[kind].all += 1;
      if (isAshore(scene, place)) sums[kind].ashore += 1;
    };
    for (const { box } of ridersIn(material)) count('riders', { x: box.x + box.w / 2, y: box.y + box.h / 2 });
    if (material.areas.length === 0) continue;
    telling = true;
    const { columns, rows } = scene;
    for (let cell = 0; cell < columns * rows; cell++) {
      const place = { x: ((cell % columns) + 0.5) / columns, y: (Math.floor(cell / columns) + 0.5) / rows };
      const area = material.areas.find(each => contains(each, place));
      if (area !== undefined) count(area.kind, place);
    }
  }
  return telling ? { places: sums } : null;
}
