/** Chooses what a board keeps of a training, so that it can go on learning without forgetting. */
import { createRandom, shuffled } from '../../base/random.ts';
import { type EmbeddedSet, type Sample, selectRows } from '../fit/sample.ts';

export interface ChooseBaseOptions {
  /** Groups that no head was fitted to. */
  readonly held: ReadonlySet<string>;
  /** Most samples. */
  readonly max: number;
  readonly seed: number;
}

/** The largest share of the base set for the held groups. */
const HELD_SHARE = 1 / 3;

/**
 * A part of a training set in which every group is there, if there is room, and sources, label combinations and groups
 * are as even as they can be; changed views only where there is room after all others. Of held groups no changed views,
 * and of what is judged together all or nothing. The same set and seed give the same choice.
 */
export function chooseBase(set: EmbeddedSet, { held, max, seed }: ChooseBaseOptions): EmbeddedSet {
  const random = createRandom(seed);
  const order = shuffled([...set.samples.keys()], random).map(row => ({
    row,
    sample: set.samples[row] as Sample,
  }));
  const judged = judgements(order.filter(({ sample }) => held.has(sample.group) && !sample.augmented));
  const ofHeld = evenly(judged, Math.floor(max * HELD_SHARE));
  const others = order
    .filter(({ sample }) => !held.has(sample.group))
    .map(({ row, sample }) => ({ rows: [row], sample }));
  const left = max - rowsOf(ofHeld).length;
  const plain = evenly(
    others.filter(({ sample }) => !sample.augmented),
    left,
  );
  const changed = evenly(
    others.filter(({ sample }) => sample.augmented),
    left - plain.length,
  );
  const chosen = new Set([ofHeld, plain, changed].flatMap(rowsOf));
  let row = 0;
  return selectRows(set, () => chosen.has(row++));
}

/** Rows that are taken together, and what they are of. */
interface Unit {
  readonly rows: readonly number[];
  readonly sample: Sample;
}

function rowsOf(units: readonly Unit[]): number[] {
  return units.flatMap(({ rows }) => rows);
}

function judgements(order: readonly { readonly row: number; readonly sample: Sample }[]): Unit[] {
  const units = new Map<string, Unit>();
  for (const { row, sample } of order) {
    const key = `${sample.source}\n${sample.file}\n${sample.part}`;
    units.set(key, { sample, rows: [...(units.get(key)?.rows ?? []), row] });
  }
  return [...units.values()];
}

/** As many as there is room for: one of each group first, then of the kind with the fewest, its groups in turn. */
function evenly(units: readonly Unit[], room: number): Unit[] {
  const waiting = new Map<string, Map<string, Unit[]>>();
  for (const unit of units) {
    const { source, labels, group } = unit.sample;
    const kind = `${source}\n${labels.join('')}`;
    const groups = waiting.get(kind) ?? new Map<string, Unit[]>();
    groups.set(group, [...(groups.get(group) ?? []), unit]);
    waiting.set(kind, groups);
  }
  const chosen: Unit[] = [];
  let left = room;
  const take = (unit: Unit | undefined): number => {
    if (unit === undefined || unit.rows.length > left) return 0;
    left -= unit.rows.length;
    chosen.push(unit);
    return unit.rows.length;
  };
  const seen = new Set<string>();
  // Rare kinds choose first: a group of several kinds then stands for its rarest.
  const kinds = [...waiting.values()].sort((a, b) => size(a) - size(b));
  let open = kinds.map(groups => {
    const firsts = [...groups].filter(([group]) => !seen.has(group));
    for (const [group] of firsts) seen.add(group);
    const taken = firsts.reduce((sum, [, own]) => sum + take(own.pop()), 0);
    return { taken, queue: inTurn([...groups.values()]) };
  });
  while (left > 0 && open.length > 0) {
    const fewest = open.reduce((least, kind) => (kind.taken < least.taken ? kind : least));
    fewest.taken += take(fewest.queue.pop());
    open = open.filter(({ queue }) => queue.length > 0);
  }
  return chosen;
}

function size(groups: ReadonlyMap<string, readonly Unit[]>): number {
  return [...groups.values()].reduce((sum, { length }) => sum + length, 0);
}

/** The first of each list, then the second of each, and so on; to be taken from the end. */
function inTurn(lists: readonly Unit[][]): Unit[] {
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  return Array.from({ length: longest }, (_, place) => lists.flatMap(list => list[place] ?? []))
    .flat()
    .reverse();
}
