/** Which cells of a frame are kept to learn from: those of the strongest detections, and some of what lies elsewhere. */
import { type Rectangle, type Zone, zoneAt } from '../vision/zone.ts';
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
/** Together some kilobytes a frame. */
const DETECTIONS = 28;
const OTHERS = 12;
/** Steps between others along the cells of all levels: an irrational share of them, so that they spread evenly. */
const SPREAD = (Math.sqrt(5) - 1) / 2;

/** @returns the cells, and their vectors side by side: [cells, width] */
export function keepCells(
  levels: readonly ReadLevel[],
  detections: readonly Detection[],
  head: CellOutputs,
  zones: readonly Zone[],
): { readonly cells: KeptCell[]; readonly embeddings: Float32Array } {
  const strongest = detections.slice(0, DETECTIONS);
  const places = [...strongest, ...elsewhere(levels, strongest)];
  const width = levels[0] === undefined ? 0 : levels[0].vectors.length / (levels[0].columns * levels[0].rows);
  const embeddings = new Float32Array(places.length * width);
  const cells = places.map(({ level, cell }, index) => {
    const { columns, rows, vectors } = levels[level] as ReadLevel;
    embeddings.set(vectors.subarray(cell * width, (cell + 1) * width), index * width);
    const middle = { x: ((cell % columns) + 0.5) / columns, y: (Math.floor(cell / columns) + 0.5) / rows };
    const [w, h] = [SIDE_CELLS / columns, SIDE_CELLS / rows];
    return {
      zone: zoneAt(zones, middle) ?? '',
      rectangle: cropped({ x: middle.x - w / 2, y: middle.y - h / 2, w, h }),
      scores: scoresAt(levels[level] as ReadLevel, cell, head),
    };
  });
  return { cells, embeddings };
}

/** The same places in every frame of a size, but for those next to a detection: background is what stays. */
function elsewhere(levels: readonly ReadLevel[], detections: readonly Detection[]) {
  const sizes = levels.map(({ columns, rows }) => columns * rows);
  const all = sizes.reduce((sum, size) => sum + size, 0);
  const found: { level: number; cell: number }[] = [];
  for (let step = 1; found.length < OTHERS && step <= 4 * OTHERS; step++) {
    let cell = Math.floor(((step * SPREAD) % 1) * all);
    let level = 0;
    while (cell >= (sizes[level] as number)) cell -= sizes[level++] as number;
    const { columns, rows } = levels[level] as ReadLevel;
    const [x, y] = [((cell % columns) + 0.5) / columns, (Math.floor(cell / columns) + 0.5) / rows];
    const near = detections.some(
      other => Math.abs(other.x - x) * columns < SIDE_CELLS && Math.abs(other.y - y) * rows < SIDE_CELLS,
    );
    if (!near) found.push({ level, cell });
  }
  return found;
}

function cropped({ x, y, w, h }: Rectangle): Rectangle {
  const [left, top] = [Math.max(0, x), Math.max(0, y)];
  return { x: left, y: top, w: Math.min(1, x + w) - left, h: Math.min(1, y + h) - top };
}
