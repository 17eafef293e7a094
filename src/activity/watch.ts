/**
 * Which part of the frame is read at full detail: where somebody may ride. The rest, sky and land, is read at half of it in
 * every frame, and looked at in full now and then: a kite may fly there.
 */
import type { Rectangle } from '../base/geometry.ts';
import { WHOLE } from '../vision/cells/detail.ts';
import { boundsOf, WHOLE_FRAME, type Zone } from '../vision/zone.ts';
import { overZone } from './kites.ts';
import type { Track } from './riders.ts';
import { isAshore, type Scene } from './scene.ts';

/** What a frame is read for. */
export interface Watch {
  /** Read at full detail. */
  readonly part: Rectangle;
  /** Whether this frame is for the rest. */
  readonly isLook: boolean;
}

/** How often a frame is read for the rest too: kites stay in the air for longer. */
export const LOOK_MS = 20_000;
/** Land and sky are known after so many frames: about as many as a scene remembers. */
const LEARNT_FRAMES = 30;
/** The part is that much wider and higher, as shares of the frame … */
const MARGIN = 1 / 32;
/** … and begins and ends at multiples of this, so that it stays the same while the waterline moves a little. */
const STEP = 1 / 16;
/** A part larger than that is not worth looking at the rest apart. */
const NEARLY_ALL = 0.85;

/** @param kites that are followed: what a look has found is watched from then on */
export function watchedPart(
  zones: readonly Zone[],
  scene: Scene | null,
  kites: readonly Pick<Track, 'x' | 'y' | 'size'>[],
): Rectangle {
  const drawn = zones.filter(zone => zone !== WHOLE_FRAME);
  const places = drawn.length > 0 ? drawn.map(boundsOf) : waterOf(scene);
  if (places.length === 0) return WHOLE;
  const flown =
    drawn.length > 0 ? kites.filter(kite => drawn.some(zone => overZone([kite], zone).length > 0)) : kites;
  return rounded([...places, ...flown.map(({ x, y }) => ({ x, y, w: 0, h: 0 }))]);
}

/** The cells that are neither land nor sky; none as long as that is not known well. */
function waterOf(scene: Scene | null): Rectangle[] {
  if (scene === null || scene.frames < LEARNT_FRAMES) return [];
  const [w, h] = [1 / scene.columns, 1 / scene.rows];
  return Array.from(scene.land, (_, cell) => ({
    x: (cell % scene.columns) * w,
    y: Math.floor(cell / scene.columns) * h,
    w,
    h,
  })).filter(cell => !isAshore(scene, { x: cell.x + w / 2, y: cell.y + h / 2 }));
}

/** Around all of them. */
function rounded(places: readonly Rectangle[]): Rectangle {
  const down = (share: number) => Math.max(0, Math.floor((share - MARGIN) / STEP) * STEP);
  const up = (share: number) => Math.min(1, Math.ceil((share + MARGIN) / STEP) * STEP);
  const x = down(Math.min(...places.map(place => place.x)));
  const y = down(Math.min(...places.map(place => place.y)));
  const w = up(Math.max(...places.map(place => place.x + place.w))) - x;
  const h = up(Math.max(...places.map(place => place.y + place.h))) - y;
  return w * h > NEARLY_ALL ? WHOLE : { x, y, w, h };
}
