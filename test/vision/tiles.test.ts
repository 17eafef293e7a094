import { describe, expect, it } from 'vitest';
import { tileZone } from '../../src/vision/tiles.ts';
import type { Zone } from '../../src/vision/zone.ts';
import { fc } from '../support/fast-check.ts';

const INPUT = 224;

const frames = fc.record({
  width: fc.integer({ min: 64, max: 4096 }),
  height: fc.integer({ min: 64, max: 2160 }),
});
const zones: fc.Arbitrary<Zone> = fc
  .record({
    x: fc.double({ min: 0, max: 0.8, noNaN: true }),
    y: fc.double({ min: 0, max: 0.8, noNaN: true }),
    width: fc.double({ min: 0.1, max: 1, noNaN: true }),
    height: fc.double({ min: 0.1, max: 1, noNaN: true }),
    columns: fc.integer({ min: 1, max: 8 }),
    rows: fc.integer({ min: 1, max: 6 }),
    overlap: fc.double({ min: 0, max: 0.9, noNaN: true }),
  })
  .map(({ x, y, width, height, columns, rows, overlap }) => ({
    name: 'any',
    x,
    y,
    w: width * (1 - x),
    h: height * (1 - y),
    tiles: { columns, rows, overlap },
  }));

const whole = (columns: number, rows: number, overlap = 0.1): Zone => ({
  name: 'beach',
  x: 0,
  y: 0,
  w: 1,
  h: 1,
  tiles: { columns, rows, overlap },
});

/** The tiles in pixels of the frame. */
function inPixels(zone: Zone, frame: { width: number; height: number }) {
  const tiled = tileZone(zone, frame, INPUT);
  const tiles = tiled.rectangles.map(({ x, y, w, h }) => ({
    left: x * frame.width,
    top: y * frame.height,
    right: (x + w) * frame.width,
    bottom: (y + h) * frame.height,
  }));
  return { tiled, tiles };
}

describe('tileZone', () => {
  it('lies within the zone, and the zone within the frame', () => {
    fc.assert(
      fc.property(zones, frames, (zone, frame) => {
        const { tiled, tiles } = inPixels(zone, frame);
        const { left, top, width, height } = tiled.area;
        expect(left).toBeGreaterThanOrEqual(0);
        expect(top).toBeGreaterThanOrEqual(0);
        expect(left + width).toBeLessThanOrEqual(frame.width);
        expect(top + height).toBeLessThanOrEqual(frame.height);
        for (const tile of tiles) {
          expect(tile.left).toBeGreaterThanOrEqual(left - 1e-6);
          expect(tile.top).toBeGreaterThanOrEqual(top - 1e-6);
          expect(tile.right).toBeLessThanOrEqual(left + width + 1e-6);
          expect(tile.bottom).toBeLessThanOrEqual(top + height + 1e-6);
        }
        for (const corner of tiled.corners) {
          expect(corner.left + INPUT).toBeLessThanOrEqual(tiled.scaled.width);
          expect(corner.top + INPUT).toBeLessThanOrEqual(tiled.scaled.height);
        }
      }),
    );
  });

  it('covers the zone, whatever its shape', () => {
    fc.assert(
      fc.property(zones, frames, (zone, frame) => {
        const { tiled, tiles } = inPixels(zone, frame);
        const { left, top, width, height } = tiled.area;
        for (let step = 0; step <= 20; step++) {
          const x = left + (width * step) / 20;
          const y = top + (height * step) / 20;
          // A tile may be a pixel short of its neighbour where corners are rounded.
          expect(tiles.some(tile => tile.left <= x + 1 && tile.right >= x - 1)).toBe(true);
          expect(tiles.some(tile => tile.top <= y + 1 && tile.bottom >= y - 1)).toBe(true);
        }
      }),
    );
  });

  it('cuts squares, as many as the grid asks for where the zone has room', () => {
    fc.assert(
      fc.property(zones, frames, (zone, frame) => {
        const { columns, rows } = zone.tiles;
        const { tiled, tiles } = inPixels(zone, frame);
        const room = { across: tiled.scaled.width - INPUT, down: tiled.scaled.height - INPUT };
        const across = new Set(tiled.corners.map(({ left }) => left)).size;
        const down = new Set(tiled.corners.map(({ top }) => top)).size;
        expect(tiles).toHaveLength(across * down);
        expect(across).toBeGreaterThanOrEqual(Math.min(columns, room.across + 1));
        expect(down).toBeGreaterThanOrEqual(Math.min(rows, room.down + 1));
        // More than asked for only where one row or column of the largest squares that fit does not cover it.
        if (across > columns) expect(down).toBe(1);
        if (down > rows) expect(across).toBe(1);
        expect(new Set(tiled.corners.map(({ left, top }) => `${left} ${top}`)).size).toBe(tiles.length);
        if (columns === 1 && rows === 1) return;
        for (const tile of tiles) {
          const side = tile.right - tile.left;
          // Rounding the resized zone to whole pixels moves the side by up to half of one, scaled back.
          const slack = Math.max(1, (side / INPUT) * 1.5);
          expect(Math.abs(tile.bottom - tile.top - side)).toBeLessThanOrEqual(slack);
        }
      }),
    );
  });

  it('takes a 1 × 1 zone as one picture', () => {
    const tiled = tileZone({ ...whole(1, 1), x: 0.25, w: 0.5 }, { width: 1280, height: 720 }, INPUT);
    expect(tiled.area).toEqual({ left: 320, top: 0, width: 640, height: 720 });
    expect(tiled.scaled).toEqual({ width: INPUT, height: INPUT });
    expect(tiled.rectangles).toEqual([{ x: 0.25, y: 0, w: 0.5, h: 1 }]);
  });

  it('covers 1280 × 720 with 4 × 3 overlapping squares', () => {
    const { tiles } = inPixels(whole(4, 3), { width: 1280, height: 720 });
    expect(tiles).toHaveLength(12);
    const [first, second] = tiles;
    if (first === undefined || second === undefined) throw new Error('no tiles');
    expect(first.right - first.left).toBeCloseTo(346, 0);
    expect(first.right - second.left).toBeGreaterThanOrEqual(0.09 * 346);
    expect(tiles.at(-1)?.right).toBeCloseTo(1280, 3);
    expect(tiles.at(-1)?.bottom).toBeCloseTo(720, 3);
  });

  it('adds tiles to a grid that cannot cover the zone with squares', () => {
    const { tiles } = inPixels(whole(1, 2), { width: 1280, height: 720 });
    expect(tiles.map(({ left, right }) => [Math.round(left), Math.round(right)])).toEqual([
      [0, 720],
      [560, 1280],
    ]);
  });

  it('cuts no tile twice where there is room for less than the grid asks for', () => {
    const tiled = tileZone(whole(8, 1, 0.9), { width: 101, height: 100 }, INPUT);
    expect(tiled.corners.map(({ left }) => left)).toEqual([0, 1, 2]);
  });

  it('gives a zone at the far corner a pixel at least', () => {
    const tiled = tileZone(
      { ...whole(2, 2), x: 0.9999, y: 0.9999, w: 0.0001, h: 0.0001 },
      { width: 100, height: 60 },
      INPUT,
    );
    expect(tiled.area).toEqual({ left: 99, top: 59, width: 1, height: 1 });
    expect(tiled.corners).toEqual([{ left: 0, top: 0 }]);
  });
});
