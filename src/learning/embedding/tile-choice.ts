/** Chooses the tiles of a frame with boxes that are worth learning from, at the scales the daemon looks at. */
import type { Random } from '../../ops/random.ts';
import { type Size, tileZone } from '../../vision/tiles.ts';
import type { Rectangle } from '../../vision/zone.ts';
import type { BoxedRider } from '../data/dataset.ts';

export interface LabelledTile {
  /** As a share of the frame; square in pixels. */
  readonly rectangle: Rectangle;
  /** Activities of the riders in it, each once. */
  readonly activities: readonly string[];
}

/** A rider counts as in the tile when this share of its box is, and as absent below the other; between, who knows. */
const INSIDE = 0.6;
const OUTSIDE = 0.05;
/** Below this share of the tile's side a rider is too small to tell at the backbone's input size. */
const SMALLEST = 0.03;

/**
 * Random square tiles: up to `count` around riders (1.3–10 times a rider's size) and `count` anywhere, which on most
 * beaches are mostly empty water, sand and sky. Tiles in which a rider is cut in two or too small are left out.
 *
 * @param frame size in pixels
 */
export function chooseTiles(
  riders: readonly BoxedRider[],
  frame: Size,
  count: number,
  random: Random,
): LabelledTile[] {
  const squares: Rectangle[] = [];
  for (let index = 0; index < count && riders.length > 0; index++) {
    squares.push(aroundRider(riders[random.below(riders.length)] as BoxedRider, frame, random));
  }
  for (let index = 0; index < count; index++) squares.push(anywhere(frame, random));
  return labelled(squares, riders, frame);
}

/** The tiles that the daemon cuts from the whole frame by default, so that what it will see is among what is learnt. */
export function gridTiles(riders: readonly BoxedRider[], frame: Size, input: number): LabelledTile[] {
  return labelled(tileZone(DAEMON_ZONE, frame, input).rectangles, riders, frame);
}

const DAEMON_ZONE = { name: 'frame', x: 0, y: 0, w: 1, h: 1, tiles: { columns: 4, rows: 3, overlap: 0.1 } };

function labelled(
  rectangles: readonly Rectangle[],
  riders: readonly BoxedRider[],
  frame: Size,
): LabelledTile[] {
  return rectangles.flatMap(rectangle => {
    const activities = activitiesIn(rectangle, riders, frame);
    return activities === null ? [] : [{ rectangle, activities }];
  });
}

/** The activities in a tile, or null where a rider is neither in nor out. */
export function activitiesIn(tile: Rectangle, riders: readonly BoxedRider[], frame: Size): string[] | null {
  const present = new Set<string>();
  let doubtful = false;
  for (const { activity, box, partial } of riders) {
    const share = overlapShare(box, tile);
    const size = Math.max(
      (box.w * frame.width) / (tile.w * frame.width),
      (box.h * frame.height) / (tile.h * frame.height),
    );
    if (share >= INSIDE && size >= SMALLEST && partial !== true) present.add(activity);
    else if (share > OUTSIDE && !present.has(activity)) doubtful = true;
  }
  // Who is surely there makes up for another of whom only a part is.
  return doubtful && present.size === 0 ? null : [...present];
}

function overlapShare(box: Rectangle, tile: Rectangle): number {
  const width = Math.min(box.x + box.w, tile.x + tile.w) - Math.max(box.x, tile.x);
  const height = Math.min(box.y + box.h, tile.y + tile.h) - Math.max(box.y, tile.y);
  // Some boxes are points: never wider than a pixel.
  return (Math.max(0, width) * Math.max(0, height)) / Math.max(1e-9, box.w * box.h);
}

function aroundRider({ box }: BoxedRider, frame: Size, random: Random): Rectangle {
  const rider = Math.max(box.w * frame.width, box.h * frame.height);
  const smallest = Math.max(rider * 1.3, frame.width * 0.1);
  const side = logBetween(random, smallest, Math.max(smallest, rider * 10, frame.width * 0.3));
  const x = (box.x + box.w / 2) * frame.width - side * random.between(0.15, 0.85);
  const y = (box.y + box.h / 2) * frame.height - side * random.between(0.15, 0.85);
  return square(x, y, side, frame);
}

function anywhere(frame: Size, random: Random): Rectangle {
  const side = logBetween(random, frame.width * 0.1, frame.height);
  return square(random.between(0, frame.width - side), random.between(0, frame.height - side), side, frame);
}

function square(x: number, y: number, side: number, frame: Size): Rectangle {
  const fitting = Math.min(side, frame.width, frame.height);
  return {
    x: clamp(x, frame.width - fitting) / frame.width,
    y: clamp(y, frame.height - fitting) / frame.height,
    w: fitting / frame.width,
    h: fitting / frame.height,
  };
}

function logBetween(random: Random, from: number, to: number): number {
  return Math.exp(random.between(Math.log(from), Math.log(to)));
}

function clamp(value: number, most: number): number {
  return Math.max(0, Math.min(value, most));
}
