/** What waits to be written: one number for each hour and thing, however many reports it came from. */
import { isTime, type Row } from './accumulate.ts';

export interface Batch {
  add(rows: readonly Row[]): void;
  readonly rows: readonly Row[];
  /** Forgets what was written. */
  clear(): void;
  /** Milliseconds given up because too much waited: a disk that takes nothing for months. */
  readonly droppedMs: number;
}

/** Half a year of three zones. */
const MOST_ROWS = 50_000;

export function createBatch(mostRows = MOST_ROWS): Batch {
  const waiting = new Map<string, Row>();
  let droppedMs = 0;
  return {
    add(rows) {
      for (const row of rows) {
        const key = `${row.hour} ${row.scope} ${row.kind} ${row.name}`;
        const before = waiting.get(key);
        waiting.set(key, before === undefined ? row : added(before, row));
      }
      for (const [key, row] of waiting) {
        if (waiting.size <= mostRows) break;
        waiting.delete(key);
        if (isTime(row.kind)) droppedMs += row.ms;
      }
    },
    get rows() {
      return [...waiting.values()];
    },
    clear: () => waiting.clear(),
    get droppedMs() {
      return droppedMs;
    },
  };
}

function added(one: Row, other: Row): Row {
  const sum = { ...other, ms: one.ms + other.ms };
  if (one.peak === undefined || other.peak === undefined) return sum;
  return { ...sum, peak: Math.max(one.peak, other.peak) };
}
