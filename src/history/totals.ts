/** Sums over hours. */
import type { HourRow } from './read.ts';

/** Milliseconds. */
export interface Totals {
  /** The picture could be judged. */
  readonly watchedMs: number;
  /** It could not, by reason. */
  readonly unknownMs: Readonly<Record<string, number>>;
  /** By activity, and `none`; with several at once they are more than `watchedMs`. */
  readonly presentMs: Readonly<Record<string, number>>;
}

/** The rows of one scope, or of several that are not to be told apart. */
export function totalsOf(rows: Iterable<Pick<HourRow, 'kind' | 'name' | 'ms'>>): Totals {
  let watchedMs = 0;
  const unknownMs: Record<string, number> = {};
  const presentMs: Record<string, number> = {};
  for (const { kind, name, ms } of rows) {
    if (kind === 'watched') watchedMs += ms;
    else {
      const sums = kind === 'present' ? presentMs : unknownMs;
      sums[name] = (sums[name] ?? 0) + ms;
    }
  }
  return { watchedMs, unknownMs, presentMs };
}

export type By = 'hour' | 'day' | 'weekday' | 'month';

export interface Bucket extends Totals {
  readonly key: string;
}

/** Groups rows by a key; in the order in which the keys come first. */
export function bucketsOf(rows: readonly HourRow[], keyOf: (hour: number) => string): Bucket[] {
  const groups = new Map<string, HourRow[]>();
  const keys = new Map<number, string>();
  for (const row of rows) {
    const key = keys.get(row.hour) ?? keyOf(row.hour);
    keys.set(row.hour, key);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return [...groups].map(([key, group]) => ({ key, ...totalsOf(group) }));
}
