/** What waits to be written: one number for each hour and thing, however many reports it came from. */
import type { Row } from './accumulate.ts';

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
        waiting.set(key, before === undefined ? row : { ...row, ms: before.ms + row.ms });
      }
      for (const [key, row] of waiting) {
        if (waiting.size <= mostRows) break;
        waiting.delete(key);
        if (row.kind !== 'present') droppedMs += row.ms;
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
