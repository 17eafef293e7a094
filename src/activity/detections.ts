/** From the cells of a frame to riders: where the probability of one is highest around, at whichever size it is. */
import { CELL } from '../vision/cells/engine.ts';
import { SEEN_PX } from '../vision/cells/pyramid.ts';
import { type HeadManifest, outputsOf } from './head-bundle.ts';
import type { Scores } from './scores.ts';

/** What the head says of the cells of one level of the frame. */
export interface LevelScores {
  readonly columns: number;
  readonly rows: number;
  /** [rows, columns, outputs] logits of the head. */
  readonly logits: Float32Array;
}

/** Something that may be a rider. */
export interface Detection {
  /** Middle, as shares of the frame's width and height. */
  readonly x: number;
  readonly y: number;
  /** Height, as a share of the frame's. */
  readonly size: number;
  /** Probability, 0..1, that a rider is there: the sum of the scores, as at one place activities exclude each other. */
  readonly score: number;
  /** The probability of each activity, 0..1, that a rider of it is there. */
  readonly scores: Scores;
  /** Where it was found: level and cell, row by row. */
  readonly level: number;
  readonly cell: number;
}

/** Below this nobody asks what it could be, 0..1. */
const LEAST_SCORE = 0.02;
/** Height in pixels of a level at which a rider is taken to be where nothing else is known: the middle of what it shows well. */
const USUAL_PX = Math.sqrt(SEEN_PX.least * SEEN_PX.most);
/** Two that lie nearer than so many cells (of the coarser of their levels) are one. */
const APART_CELLS = 1.1;

/** The outputs of a head by name: what {@link findDetections} needs of it. */
export type CellOutputs = Pick<HeadManifest, 'activities' | 'background' | 'calibration'>;

/**
 * @param levels of one frame, finest first
 * @param names what to look for, of the head's outputs: riders of any activity, or one of its background
 * @returns strongest first; what several levels show is one detection
 */
export function findDetections(
  levels: readonly LevelScores[],
  head: CellOutputs,
  names: readonly string[] = head.activities,
): Detection[] {
  const found = levels.flatMap((level, index) => peaksOf(level, index, levels, head, names));
  found.sort((a, b) => precedence(b) - precedence(a));
  const kept: Found[] = [];
  for (const candidate of found) {
    const same = kept.find(other => isSame(candidate, other, levels));
    if (same === undefined) kept.push(candidate);
    else same.others.push(candidate);
  }
  return kept.map(detectionOf).sort((a, b) => b.score - a.score);
}

/** Lies where the one that was kept lies; which level shows it best, and how surely, any of those that are one says. */
function detectionOf(kept: Found): Detection {
  const all = [kept, ...kept.others];
  const surest = all.reduce((best, other) => (other.score > best.score ? other : best));
  const size = meanSize(all.filter(({ level }) => Math.abs(level - surest.level) <= 1));
  const { score, scores, level, cell } = surest;
  return { x: kept.x, y: kept.y, size, score, scores, level, cell };
}

/** What a coarser level must be surer by to say where it is, in log odds a level: from afar a group of riders looks like one large one. */
const COARSER = 1.2;

/** Which of several that are one is kept. */
function precedence({ score, level }: Found): number {
  return Math.log(score / Math.max(1e-6, 1 - score)) - COARSER * level;
}

interface Found extends Detection {
  /** Weaker ones, or coarser ones, that are the same. */
  readonly others: Found[];
}

function peaksOf(
  level: LevelScores,
  index: number,
  levels: readonly LevelScores[],
  head: CellOutputs,
  names: readonly string[],
): Found[] {
  const { columns, rows } = level;
  const chances = chancesOf(level, head, names);
  const at = (column: number, row: number) =>
    column < 0 || row < 0 || column >= columns || row >= rows
      ? 0
      : (chances[row * columns + column] as number);
  const found: Found[] = [];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const score = at(column, row);
      if (score < LEAST_SCORE || !isPeak(at, column, row, score)) continue;
      const { dx, dy } = offset(at, column, row);
      const cell = row * columns + column;
      const size = Math.min(1, USUAL_PX / (rows * CELL));
      found.push({
        x: clamp((column + 0.5 + dx) / columns),
        y: clamp((row + 0.5 + dy) / rows),
        size,
        score,
        scores: scoresAt(level, cell, head, names),
        level: levels.indexOf(level, index),
        cell,
        others: [],
      });
    }
  }
  return found;
}

/** The first of equal neighbours is the peak. */
function isPeak(
  at: (column: number, row: number) => number,
  column: number,
  row: number,
  score: number,
): boolean {
  for (let dy = -1; dy <= 1; dy++) {
    for (let dx = -1; dx <= 1; dx++) {
      if (dx === 0 && dy === 0) continue;
      const other = at(column + dx, row + dy);
      if (other > score || (other === score && (dy < 0 || (dy === 0 && dx < 0)))) return false;
    }
  }
  return true;
}

/** From the middle of a cell to where its neighbourhood has its weight, in cells. */
function offset(at: (column: number, row: number) => number, column: number, row: number) {
  let sum = 0;
  let dx = 0;
  let dy = 0;
  for (let y = -1; y <= 1; y++) {
    for (let x = -1; x <= 1; x++) {
      const weight = at(column + x, row + y);
      sum += weight;
      dx += weight * x;
      dy += weight * y;
    }
  }
  return { dx: dx / sum, dy: dy / sum };
}

/** Probability, 0..1, in each cell that one of these outputs is right: they exclude each other. [rows × columns] */
export function chancesOf(
  { columns, rows, logits }: LevelScores,
  head: CellOutputs,
  names: readonly string[] = head.activities,
): Float32Array {
  const wanted = namedOutputs(head, names);
  const outputs = outputsOf(head);
  const chances = new Float32Array(columns * rows);
  for (let cell = 0; cell < chances.length; cell++) {
    let sum = 0;
    for (const { index, slope, intercept } of wanted) {
      sum += 1 / (1 + Math.exp(-(slope * (logits[cell * outputs + index] as number) + intercept)));
    }
    chances[cell] = Math.min(sum, 1);
  }
  return chances;
}

/** What the head says of one cell. */
export function scoresAt(
  { logits }: LevelScores,
  cell: number,
  head: CellOutputs,
  names: readonly string[] = head.activities,
): Record<string, number> {
  const outputs = outputsOf(head);
  return Object.fromEntries(
    namedOutputs(head, names).map(({ name, index, slope, intercept }) => {
      const logit = slope * (logits[cell * outputs + index] as number) + intercept;
      return [name, 1 / (1 + Math.exp(-logit))];
    }),
  );
}

/** Those of the names that the head has, with the place of their output; only activities are calibrated. */
function namedOutputs({ activities, background = [], calibration }: CellOutputs, names: readonly string[]) {
  const all = [...activities, ...background];
  return names.flatMap(name => {
    const index = all.indexOf(name);
    const { slope, intercept } = calibration[index] ?? { slope: 1, intercept: 0 };
    return index === -1 ? [] : [{ name, index, slope, intercept }];
  });
}

function isSame(a: Detection, b: Detection, levels: readonly LevelScores[]): boolean {
  const { columns, rows } = levels[Math.max(a.level, b.level)] as LevelScores;
  return Math.hypot((a.x - b.x) * columns, (a.y - b.y) * rows) < APART_CELLS;
}

/** Weighted by how sure each level is, on a logarithmic scale. */
function meanSize(found: readonly Detection[]): number {
  const weights = found.reduce((sum, { score }) => sum + score, 0);
  return Math.exp(found.reduce((sum, { size, score }) => sum + score * Math.log(size), 0) / weights);
}

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share));
}
