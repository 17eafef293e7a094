/** Makes crops, runs each through the backbone once, and keeps the cells worth learning from, in rounds. */
import { ahead } from '../../../base/ahead.ts';
import { createRandom } from '../../../base/random.ts';
import type { FittedHead } from '../../../learning/fit/head-trainer.ts';
import type { CellEngine, CellHead, Cells } from '../../../vision/cells/engine.ts';
import { readCells } from '../../../vision/cells/read-cells.ts';
import type { CropWindow } from '../crops/canvas.ts';
import { type Crop, type CropSources, makeCrop } from '../crops/make-crop.ts';
import { type CropPlan, planAgain, planCrops } from '../crops/plan.ts';
import { chooseCells } from './choose-cells.ts';
import { type FitCellsOptions, fitCells } from './fit-cells.ts';
import { type CellRows, collectRows } from './rows.ts';

export interface GatherOptions {
  /** Crops in all. */
  readonly crops: number;
  readonly seed: number;
  /** Options of the head that is fitted between the rounds to find what is hard. */
  readonly fit: FitCellsOptions;
}

export interface GatherHooks {
  /** Share that is done, 0..1. */
  readonly onProgress: (done: number) => void;
  readonly onSkip: (path: string, reason: unknown) => void;
}

/** Crops of each round as a share: without a head, with one, and around where that was wrong. */
const ROUNDS = [0.3, 0.45, 0.25] as const;
/** The last round: half looks again, half anywhere else. */
const AGAIN = 0.5;
/** A place is looked at again where the head sees a rider who is not there with at least this probability. */
const WRONG = 0.3;
/** Crops in work at the same time: sharp draws the next while the backbone computes. */
const AHEAD = 4;

export async function gatherCells(
  engine: CellEngine,
  width: number,
  sources: CropSources,
  options: GatherOptions,
  { onProgress, onSkip }: GatherHooks,
): Promise<CellRows> {
  const { outputs, stocks } = sources;
  const collector = collectRows(width, outputs);
  const failures: { fold: number; window: CropWindow; worst: number }[] = [];
  let head: FittedHead | null = null;
  let crop = 0;
  for (const [round, share] of ROUNDS.entries()) {
    const count = Math.round(options.crops * share);
    const seed = options.seed + 7919 * round;
    const again = round === 2 ? planAgain(worstOf(failures), Math.round(count * AGAIN), seed + 1) : [];
    const plans = [...planCrops(stocks, count - again.length, seed), ...again];
    const computed = cellHead(head, width, outputs.all.length);
    const make = (plan: CropPlan) =>
      makeCrop(plan, sources).catch((error: unknown) => {
        onSkip(sources.material[plan.picture]?.path ?? '', error);
        return null;
      });
    for await (const made of ahead(plans, AHEAD, make)) {
      crop += 1;
      onProgress(crop / options.crops);
      if (made === null) continue;
      const cells = await readCells(engine, made, computed);
      const random = createRandom(made.plan.seed ^ 0x5ce115);
      const { cells: chosen, worst } = chooseCells(
        made,
        outputs,
        head === null ? null : cells.logits,
        random,
      );
      keep(chosen, made, cells);
      if (worst >= WRONG && made.window !== null) {
        failures.push({
          fold: made.plan.fold,
          window: windowAt(made, cells, outputs.activities.length),
          worst,
        });
      }
    }
    if (round === ROUNDS.length - 1) break;
    const rows = collector.rows();
    const everything = [...Array(rows.count).keys()];
    head =
      (await fitCells(rows, everything, [], { ...options.fit, epochs: QUICK_EPOCHS })).at(-1)?.weights ??
      null;
  }
  return collector.rows();

  function keep(chosen: readonly number[], made: Crop, { vectors }: Cells): void {
    const size = outputs.all.length;
    for (const cell of chosen) {
      collector.add({
        vector: vectors.subarray(cell * width, (cell + 1) * width),
        targets: made.targets.subarray(cell * size, (cell + 1) * size),
        mask: made.mask.subarray(cell * size, (cell + 1) * size),
        fold: made.plan.fold,
        picture: made.plan.picture,
        crop,
      });
    }
  }
}

/** Enough for a head that is only to say what is hard. */
const QUICK_EPOCHS = 4;

/** The half that is worst. */
function worstOf<T extends { readonly worst: number }>(failures: readonly T[]): T[] {
  return [...failures].sort((a, b) => b.worst - a.worst).slice(0, Math.ceil(failures.length / 2));
}

/** The window of a crop around its worst cell. */
function windowAt(made: Crop, { columns, rows, logits }: Cells, activities: number): CropWindow {
  const window = made.window as CropWindow;
  const size = logits.length / (columns * rows);
  let worst = 0;
  let most = Number.NEGATIVE_INFINITY;
  for (let cell = 0; cell < columns * rows; cell++) {
    for (let output = 0; output < activities; output++) {
      const at = cell * size + output;
      if (made.mask[at] !== 1 || made.targets[at] === 1 || (logits[at] as number) <= most) continue;
      most = logits[at] as number;
      worst = cell;
    }
  }
  const across = ((worst % columns) + 0.5 - columns / 2) * (made.mirrored ? -1 : 1);
  const down = Math.floor(worst / columns) + 0.5 - rows / 2;
  const cellPx = made.width / columns / window.scale;
  return { ...window, x: window.x + across * cellPx, y: window.y + down * cellPx };
}

/** A head as the engine takes it; one of zeros where there is none yet, for the sake of the vectors. */
export function cellHead(head: FittedHead | null, width: number, outputs: number): CellHead {
  if (head !== null) return { ...head, width, hidden: head.hiddenBias.length, outputs };
  return {
    width,
    hidden: 1,
    outputs,
    hiddenKernel: new Float32Array(width),
    hiddenBias: new Float32Array(1),
    outputKernel: new Float32Array(outputs),
    outputBias: new Float32Array(outputs),
  };
}
