/** Chooses the cells of a crop that are worth learning from. */
import { type Random, shuffled } from '../../../base/random.ts';
import type { CellTargets } from '../crops/targets.ts';
import type { Outputs } from '../outputs.ts';
import { kindOfRow } from './rows.ts';

/** The most cells of a crop. */
const MOST = { riders: 24, background: 6, hard: 10, random: 8, hardOther: 3 } as const;

export interface ChosenCells {
  readonly cells: readonly number[];
  /** Highest probability of a rider, 0..1, where there is surely none; 0 before there is a head. */
  readonly worst: number;
}

/**
 * All that shows something, as far as there is room, the negatives that a half-trained head finds hardest, and some
 * others.
 *
 * @param logits [cells, outputs] by that head; null before there is one
 */
export function chooseCells(
  { targets, mask, columns, rows }: CellTargets,
  outputs: Outputs,
  logits: Float32Array | null,
  random: Random,
): ChosenCells {
  const size = outputs.all.length;
  const order = shuffled([...Array(columns * rows).keys()], random);
  const kinds = order.map(cell => ({ cell, ...kindOfRow({ targets, mask, outputs }, cell) }));
  const chosen = new Set<number>();
  const take = (cells: readonly { readonly cell: number }[], most: number) => {
    for (const { cell } of cells.slice(0, most)) chosen.add(cell);
  };
  take(
    kinds.filter(({ positive }) => positive !== null && positive < outputs.activities.length),
    MOST.riders,
  );
  for (let output = outputs.activities.length; output < size; output++) {
    take(
      kinds.filter(({ positive }) => positive === output),
      MOST.background,
    );
  }
  const negatives = kinds.filter(({ none }) => none);
  if (logits === null) {
    take(negatives, MOST.hard + MOST.random);
    return { cells: [...chosen], worst: 0 };
  }
  const rider = (cell: number) => riderChance(logits, cell, outputs);
  const hardest = negatives
    .map(each => ({ ...each, chance: rider(each.cell) }))
    .sort((a, b) => b.chance - a.chance);
  take(hardest, MOST.hard);
  take(negatives, MOST.random);
  for (let output = outputs.activities.length; output < size; output++) {
    const known = kinds.filter(
      ({ cell }) => mask[cell * size + output] === 1 && targets[cell * size + output] === 0,
    );
    const logit = (cell: number) => logits[cell * size + output] as number;
    take(
      known.sort((a, b) => logit(b.cell) - logit(a.cell)),
      MOST.hardOther,
    );
  }
  return { cells: [...chosen], worst: hardest[0]?.chance ?? 0 };
}

/** Probability of a rider of any activity, before calibration, 0..1. @param logits [rows, outputs] */
export function riderChance(logits: Float32Array, row: number, { activities, all }: Outputs): number {
  let sum = 0;
  for (let output = 0; output < activities.length; output++) {
    sum += 1 / (1 + Math.exp(-(logits[row * all.length + output] as number)));
  }
  return Math.min(1, sum);
}
