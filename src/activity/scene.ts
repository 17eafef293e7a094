/** Where land and sky are: places without riders, learnt while watching. */
import { type CellOutputs, chancesOf, type LevelScores } from './detections.ts';

/** Outputs of a head that tell where nobody rides. */
const ASHORE = ['land', 'sky'] as const;

/** A coarse map of the frame. Plain data. */
export interface Scene {
  readonly columns: number;
  readonly rows: number;
  /** [rows, columns] probability, 0..1, of land or sky, one array each. */
  readonly land: readonly number[];
  readonly sky: readonly number[];
  /** Frames it was learnt from. */
  readonly frames: number;
}

/** About as many columns as a map has: fine enough for a waterline, coarse enough to be sure. */
const COLUMNS = 40;
/** What one frame weighs in the long run. */
const FRESH = 0.05;
/** Land and sky must be this likely to be no place for a rider. */
const SURE = 0.7;

/** @returns null where the head does not tell land from water */
export function sceneOf(levels: readonly LevelScores[], head: CellOutputs): Scene | null {
  if (!ASHORE.some(name => head.background?.includes(name))) return null;
  const off = ({ columns }: LevelScores) => Math.abs(Math.log(columns / COLUMNS));
  // The finest may be read in part.
  const whole = levels.length > 1 ? levels.slice(1) : levels;
  const level = whole.reduce((best, other) => (off(other) < off(best) ? other : best));
  const [land, sky] = ASHORE.map(name => [...chancesOf(level, head, [name])]) as [number[], number[]];
  return { columns: level.columns, rows: level.rows, land, sky, frames: 1 };
}

/** Takes a frame in; one of another shape begins anew. */
export function learnScene(before: Scene | null, seen: Scene | null): Scene | null {
  if (seen === null || before === null) return seen ?? before;
  if (before.columns !== seen.columns || before.rows !== seen.rows) return seen;
  const weight = Math.max(FRESH, 1 / (before.frames + 1));
  const mixed = (old: readonly number[], now: readonly number[]) =>
    old.map((value, index) => value + weight * ((now[index] as number) - value));
  return {
    ...before,
    land: mixed(before.land, seen.land),
    sky: mixed(before.sky, seen.sky),
    frames: before.frames + 1,
  };
}

/** Whether a place of the frame, as shares of its width and height, is on land or in the sky. */
export function isAshore(scene: Scene | null, { x, y }: { readonly x: number; readonly y: number }): boolean {
  if (scene === null) return false;
  const { columns, rows, land, sky } = scene;
  const column = Math.min(columns - 1, Math.floor(x * columns));
  const row = Math.min(rows - 1, Math.floor(y * rows));
  const at = row * columns + column;
  return (land[at] as number) > SURE || (sky[at] as number) > SURE;
}
