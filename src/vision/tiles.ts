/** Where the tiles of a zone lie. */
import type { Rectangle, TileGrid, Zone } from './zone.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A zone in whole pixels and the tiles that cover it, each a square of `side` (or the zone itself, for a 1 × 1 grid). */
export interface TiledZone {
  readonly name: string;
  /** The zone in pixels of the frame. */
  readonly area: { readonly left: number; readonly top: number } & Size;
  /** Size to which the area is resized so that a tile becomes the backbone's input. */
  readonly scaled: Size;
  /** Top left corner of each tile in the resized area. */
  readonly corners: readonly { readonly left: number; readonly top: number }[];
  /** Each tile as a share of the frame. */
  readonly rectangles: readonly Rectangle[];
}

/**
 * Covers a zone with overlapping squares, spread evenly from edge to edge, so that no rider falls between two of them.
 *
 * @param frame size of the picture in pixels
 * @param input side of the backbone's input in pixels
 */
export function tileZone(zone: Zone, frame: Size, input: number): TiledZone {
  const left = Math.min(Math.round(zone.x * frame.width), frame.width - 1);
  const top = Math.min(Math.round(zone.y * frame.height), frame.height - 1);
  const width = Math.max(1, Math.min(Math.round(zone.w * frame.width), frame.width - left));
  const height = Math.max(1, Math.min(Math.round(zone.h * frame.height), frame.height - top));
  const area = { left, top, width, height };
  if (zone.tiles.columns === 1 && zone.tiles.rows === 1) {
    const scaled = { width: input, height: input };
    return { name: zone.name, area, scaled, ...place(area, frame, scaled, [0], [0], input) };
  }
  const side = Math.min(tileSide(area, zone.tiles), width, height);
  const scaled = {
    width: Math.max(input, Math.round((width * input) / side)),
    height: Math.max(input, Math.round((height * input) / side)),
  };
  // A narrow zone allows only small squares, and then may need more of them.
  const lefts = spread(Math.max(zone.tiles.columns, Math.ceil(width / side)), scaled.width - input);
  const tops = spread(Math.max(zone.tiles.rows, Math.ceil(height / side)), scaled.height - input);
  return { name: zone.name, area, scaled, ...place(area, frame, scaled, lefts, tops, input) };
}

/** The smallest square that covers the area with this many columns and rows and at least this overlap. */
function tileSide({ width, height }: Size, { columns, rows, overlap }: TileGrid): number {
  return Math.ceil(
    Math.max(width / (columns - (columns - 1) * overlap), height / (rows - (rows - 1) * overlap)),
  );
}

function spread(count: number, room: number): number[] {
  if (count === 1) return [Math.round(room / 2)];
  const places = Array.from({ length: count }, (_, index) => Math.round((index * room) / (count - 1)));
  return [...new Set(places)];
}

function place(
  area: TiledZone['area'],
  frame: Size,
  scaled: Size,
  lefts: readonly number[],
  tops: readonly number[],
  input: number,
): Pick<TiledZone, 'corners' | 'rectangles'> {
  const corners = tops.flatMap(top => lefts.map(left => ({ left, top })));
  const across = area.width / scaled.width / frame.width;
  const down = area.height / scaled.height / frame.height;
  const rectangles = corners.map(corner => ({
    x: area.left / frame.width + corner.left * across,
    y: area.top / frame.height + corner.top * down,
    w: input * across,
    h: input * down,
  }));
  return { corners, rectangles };
}
