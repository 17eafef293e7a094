/** What each cell of a crop should answer, and where nobody knows. */
import { CELL } from '../../../vision/cells/engine.ts';
import { contains } from '../../../vision/zone.ts';
import { type Area, IGNORED } from '../data/material.ts';
import type { Outputs } from '../outputs.ts';
import { type Canvas, extentOf, type PixelBox, type PlacedMark } from './canvas.ts';

export interface CellTargets {
  readonly columns: number;
  readonly rows: number;
  /** [rows, columns, outputs] 0 or 1. */
  readonly targets: Uint8Array;
  /** [rows, columns, outputs] 1 where the target is known. */
  readonly mask: Uint8Array;
}

/** Riders of these heights in pixels are learnt; others are left out of the loss. */
export const LEARNT_PX = { least: 7, most: 64 } as const;
/** Half sides of the part of a box that is surely the rider: at least so many pixels, and this share of the box. */
const CORE_PX = 10;
const CORE_SHARE = 0.4;
/** Around a box neither yes nor no is right: so many pixels, and this share of its extent. */
const RIM_PX = 14;
const RIM_SHARE = 0.2;
/** How far a cell's middle must lie within an area, in pixels. */
const WELL_INSIDE = 12;

/** Pixels from a box within which a cell can be of it. */
export function rimOf({ left, top, right, bottom }: PixelBox): number {
  return RIM_PX + RIM_SHARE * extentOf(right - left, bottom - top);
}

export function targetsOf(canvas: Omit<Canvas, 'rgb' | 'window'>, outputs: Outputs): CellTargets {
  const [columns, rows] = [canvas.width / CELL, canvas.height / CELL];
  const count = outputs.all.length;
  const targets = new Uint8Array(columns * rows * count);
  const mask = new Uint8Array(columns * rows * count).fill(1);
  const index = new Map(outputs.all.map((name, at) => [name, at]));
  const riders = outputs.activities.map((_, at) => at);
  const named = (name: string) => [index.get(name) ?? []].flat();
  const all = outputs.all.map((_, at) => at);
  const grounds = [...named('land'), ...named('sky')];
  const set = (cell: number, which: readonly number[], values: { target?: 0 | 1; known?: 0 | 1 }) => {
    for (const output of which) {
      if (values.target !== undefined) targets[cell * count + output] = values.target;
      if (values.known !== undefined) mask[cell * count + output] = values.known;
    }
  };
  const cellsIn = (box: PixelBox, grown: number) => cellsOf(box, grown, columns, rows);

  const missing = [
    ...(canvas.complete.riders ? [] : riders),
    ...(canvas.complete.kites ? [] : named('kite')),
    ...(canvas.complete.people ? [] : named('person')),
    ...grounds,
  ];
  for (let cell = 0; cell < columns * rows; cell++) {
    set(cell, missing, { known: 0 });
    const ground = groundAt(canvas.areas, cell % columns, Math.floor(cell / columns));
    if (ground === null) continue;
    set(cell, grounds, { target: 0, known: 1 });
    set(cell, named(ground), { target: 1, known: 1 });
    // Nobody rides on land or in the sky, and nobody stands on the sea or in the sky.
    if (ground !== 'water') set(cell, riders, { known: 1 });
    if (ground !== 'land') set(cell, named('person'), { known: 1 });
  }
  for (const region of canvas.unknown) {
    for (const cell of cellsIn(region, 0)) set(cell, all, { target: 0, known: 0 });
  }
  for (const { kind, rider, box } of canvas.marks) {
    if (kind === IGNORED) for (const cell of cellsIn(box, 8)) set(cell, all, { known: 0 });
    else {
      const unsure = rider || kind === 'kite' ? [...riders, ...named('kite')] : [];
      for (const cell of cellsIn(box, rimOf(box))) {
        set(cell, [...unsure, ...named('person')], { known: 0 });
        if (kind === 'kite') set(cell, named('sky'), { known: 0 });
      }
    }
  }
  // What is in front is painted last: a rider's cell is a rider's, whoever stands behind.
  for (const mark of inOrder(canvas.marks)) {
    const { kind, rider, box } = mark;
    const at = index.get(kind);
    if (kind === IGNORED || at === undefined) continue;
    const extent = extentOf(box.right - box.left, box.bottom - box.top);
    const core = cellsIn(coreOf(box), 0);
    if (extent < LEARNT_PX.least || extent > LEARNT_PX.most) {
      for (const cell of core) set(cell, kind === 'person' ? [at] : all, { known: 0 });
      continue;
    }
    for (const cell of core) {
      set(cell, all, { target: 0, known: 1 });
      set(cell, [at], { target: 1 });
      if (kind === 'kite') set(cell, [...riders, ...named('sky')], { known: 0 });
      if (!rider && kind === 'person') standing(cell, mark);
    }
  }
  /** A person's feet tell whether that is land. */
  function standing(cell: number, { box }: PlacedMark) {
    const foot = { x: (box.left + box.right) / 2, y: box.bottom };
    const ground = canvas.areas.find(area => contains(area, foot))?.kind;
    if (ground === undefined) set(cell, named('land'), { known: 0 });
    else if (ground === 'land') set(cell, named('land'), { target: 1 });
  }
  return { columns, rows, targets, mask };
}

/** The part of a box that is surely what is marked; at least the cell in its middle, as cells are 16 pixels wide. */
export function coreOf({ left, top, right, bottom }: PixelBox): PixelBox {
  const [x, y] = [(left + right) / 2, (top + bottom) / 2];
  const halfWidth = Math.max(CORE_PX, CORE_SHARE * (right - left));
  const halfHeight = Math.max(CORE_PX, CORE_SHARE * (bottom - top));
  return { left: x - halfWidth, top: y - halfHeight, right: x + halfWidth, bottom: y + halfHeight };
}

/** The cells whose middle lies in a box that is grown by some pixels on each side. */
function cellsOf(
  { left, top, right, bottom }: PixelBox,
  grown: number,
  columns: number,
  rows: number,
): number[] {
  const first = (edge: number) => Math.max(0, Math.ceil((edge - grown) / CELL - 0.5));
  const last = (edge: number, most: number) => Math.min(most - 1, Math.floor((edge + grown) / CELL - 0.5));
  const cells: number[] = [];
  for (let row = first(top); row <= last(bottom, rows); row++) {
    for (let column = first(left); column <= last(right, columns); column++)
      cells.push(row * columns + column);
  }
  return cells;
}

function inOrder(marks: readonly PlacedMark[]): PlacedMark[] {
  const rank = ({ kind, rider }: PlacedMark) => (rider ? 2 : kind === 'kite' ? 1 : 0);
  return [...marks].sort((a, b) => rank(a) - rank(b));
}

/** What a cell surely lies in; null where that is not known. */
function groundAt(areas: readonly Area[], column: number, row: number): Area['kind'] | null {
  if (areas.length === 0) return null;
  const [x, y] = [(column + 0.5) * CELL, (row + 0.5) * CELL];
  const around = [
    [0, 0],
    [-WELL_INSIDE, -WELL_INSIDE],
    [WELL_INSIDE, -WELL_INSIDE],
    [-WELL_INSIDE, WELL_INSIDE],
    [WELL_INSIDE, WELL_INSIDE],
  ].map(([dx = 0, dy = 0]) => ({ x: x + dx, y: y + dy }));
  const kinds = new Set(areas.map(({ kind }) => kind));
  for (const kind of kinds) {
    const own = areas.filter(area => area.kind === kind);
    if (around.every(point => own.some(area => contains(area, point)))) return kind;
  }
  return null;
}
