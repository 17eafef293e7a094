/** Which cells of a frame are kept to learn from: those of the strongest detections, some of what lies elsewhere, and those that labels point at. */

import type { Point, Rectangle } from '../base/geometry.ts';
import { type Zone, zoneAt } from '../vision/zone.ts';
import { type CellOutputs, type Detection, type LevelScores, scoresAt } from './detections.ts';
import type { Scores } from './scores.ts';

/** One level of a frame as it was read. */
export interface ReadLevel extends LevelScores {
  /** [rows, columns, width] */
  readonly vectors: Float32Array;
}

export interface KeptCell {
  /** The zone its middle lies in; empty where it lies in none. */
  readonly zone: string;
  /** What the cell is about, as a share of the frame: a square of {@link SIDE_CELLS} cells around its middle. */
  readonly rectangle: Rectangle;
  /** Calibrated probability of each activity, 0..1. */
  readonly scores: Scores;
  /** Kept because a label points here: no detection of its own. */
  readonly pointed?: boolean;
}

/** A rider of the usual size and what is just around it. */
const SIDE_CELLS = 3;
const DETECTIONS = 28;
/** Detections and others together, so that a calm frame tells as much of the background: some kilobytes. */
const CELLS = 40;
/** Cells next to points, at most, and how far from them these are. */
const BESIDE = 40;
const BESIDE_CELLS = 4;
/** Steps between others along the cells of all levels: an irrational share of them, so that they spread evenly. */
const SPREAD = (Math.sqrt(5) - 1) / 2;

interface CellPlace {
  readonly level: number;
  readonly cell: number;
}

/**
 * @param points places that a label points at: of each the cell is kept at every level, after all others
 * @returns the cells, and their vectors side by side: [cells, width]
 */
export function keepCells(
  levels: readonly ReadLevel[],
  detections: readonly Detection[],
  head: CellOutputs,
  zones: readonly Zone[],
  points: readonly Point[] = [],
): { readonly cells: KeptCell[]; readonly embeddings: Float32Array } {
  const strongest = detections.slice(0, DETECTIONS);
  const usual = [...strongest, ...elsewhere(levels, strongest)];
  const places: readonly CellPlace[] = [...usual, ...pointedAt(levels, points), ...beside(levels, points)];
  const width = levels[0] === undefined ? 0 : levels[0].vectors.length / (levels[0].columns * levels[0].rows);
  const embeddings = new Float32Array(places.length * width);
  const cells = places.map(({ level, cell }, index): KeptCell => {
    const { columns, rows, vectors } = levels[level] as ReadLevel;
    embeddings.set(vectors.subarray(cell * width, (cell + 1) * width), index * width);
    const middle = { x: ((cell % columns) + 0.5) / columns, y: (Math.floor(cell / columns) + 0.5) / rows };
    const [w, h] = [SIDE_CELLS / columns, SIDE_CELLS / rows];
    return {
      zone: zoneAt(zones, middle) ?? '',
      rectangle: cropped({ x: middle.x - w / 2, y: middle.y - h / 2, w, h }),
      scores: scoresAt(levels[level] as ReadLevel, cell, head),
      ...(index >= usual.length && { pointed: true }),
    };
  });
  return { cells, embeddings };
}

/** The same places in every frame of a size, but for those next to a detection: background is what stays. */
function elsewhere(levels: readonly ReadLevel[], detections: readonly Detection[]): CellPlace[] {
  const sizes = levels.map(({ columns, rows }) => columns * rows);
  const all = sizes.reduce((sum, size) => sum + size, 0);
  const wanted = CELLS - detections.length;
  const found: CellPlace[] = [];
  for (let step = 1; found.length < wanted && step <= 4 * wanted; step++) {
    let cell = Math.floor(((step * SPREAD) % 1) * all);
    let level = 0;
    while (cell >= (sizes[level] as number)) cell -= sizes[level++] as number;
    const { columns, rows } = levels[level] as ReadLevel;
    const [x, y] = [((cell % columns) + 0.5) / columns, (Math.floor(cell / columns) + 0.5) / rows];
    const near = detections.some(
      other => Math.abs(other.x - x) * columns < SIDE_CELLS && Math.abs(other.y - y) * rows < SIDE_CELLS,
    );
    if (!near && isRead(levels[level] as ReadLevel, cell)) found.push({ level, cell });
  }
  return found;
}

/** The finest level may be read in part: beyond that there is nothing. */
function isRead({ columns, rows, vectors }: ReadLevel, cell: number): boolean {
  const width = vectors.length / (columns * rows);
  return vectors.subarray(cell * width, (cell + 1) * width).some(value => value !== 0);
}

/** The cells that hold each point, one at each level, each cell once. */
function pointedAt(levels: readonly ReadLevel[], points: readonly Point[]): CellPlace[] {
  return levels.flatMap(({ columns, rows }, level) => {
    const at = (share: number, cells: number) => Math.min(cells - 1, Math.floor(share * cells));
    const cells = new Set(points.map(({ x, y }) => at(y, rows) * columns + at(x, columns)));
    return [...cells].map(cell => ({ level, cell }));
  });
}

/**
 * Cells next to points where none points, some of them: of a rider and of what is around it the head learns what makes the
 * difference.
 */
function beside(levels: readonly ReadLevel[], points: readonly Point[]): CellPlace[] {
  const all = levels.flatMap(({ columns, rows }, level) => {
    const cells = new Set<number>();
    for (const { x, y } of points) {
      for (const step of [-BESIDE_CELLS, BESIDE_CELLS]) {
        const [column, row] = [Math.floor(x * columns) + step, Math.min(rows - 1, Math.floor(y * rows))];
        const isOpen = points.every(
          other =>
            Math.abs(other.x * columns - column - 0.5) >= SIDE_CELLS ||
            Math.abs(other.y * rows - row - 0.5) >= SIDE_CELLS,
        );
        if (column >= 0 && column < columns && isOpen) cells.add(row * columns + column);
      }
    }
    return [...cells].map(cell => ({ level, cell }));
  });
  const stride = Math.max(1, all.length / BESIDE);
  return all.filter((_, index) => Math.floor(index / stride) !== Math.floor((index - 1) / stride));
}

function cropped({ x, y, w, h }: Rectangle): Rectangle {
  const [left, top] = [Math.max(0, x), Math.max(0, y)];
  return { x: left, y: top, w: Math.min(1, x + w) - left, h: Math.min(1, y + h) - top };
}
