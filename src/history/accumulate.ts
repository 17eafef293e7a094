/**
 * Time by what was seen in it: a pure accumulator. Lengths are measured by the monotonic clock alone; the wall clock only
 * says to which hours they belong, once it can be believed.
 */
import { isClockSet } from '../schedule/clock-set.ts';
import { type Seen, sameSeen } from './seen.ts';

export const HOUR_MS = 3_600_000;
/** What was seen is taken to hold for so long at most; after a longer silence nothing is known. */
const HOLDS_MS = 60_000;
/** Changes that wait for the wall clock: hours of them. */
const MOST_WAITING = 5_000;

/**
 * `watched`: it could be judged. `present`: an activity was there, or `none`. `unknown`: it could not, by reason.
 * `counted`: it could be judged and riders were counted. `riders`: the time of each rider of an activity together, so
 * that four riders have four hours in one.
 */
export type Kind = 'watched' | 'present' | 'unknown' | 'counted' | 'riders';

/** Milliseconds to be added to an hour. In each scope `watched` and `unknown` together are the time that passed. */
export interface Row {
  /** Hours since the epoch (UTC). */
  readonly hour: number;
  readonly scope: string;
  readonly kind: Kind;
  /** The activity or the reason; empty for `watched` and `counted`. */
  readonly name: string;
  readonly ms: number;
  /** Most riders at a time; of `riders` alone. */
  readonly peak?: number;
}

/** Whether rows of a kind are time that passes, of which an hour has sixty minutes; the others lie within it. */
export function isTime(kind: Kind): boolean {
  return kind === 'watched' || kind === 'unknown';
}

/** By the monotonic clock, in whole milliseconds. */
interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
  readonly seen: readonly Seen[];
}

/** Plain data; of no use in another process, as its times are monotonic. */
export interface AccumulatorState {
  readonly atMs: number;
  /** What has held since. */
  readonly seen: readonly Seen[];
  /** Passed while the wall clock was not set. */
  readonly waiting: readonly Stretch[];
  /** Given up, as nobody could say when it was. */
  readonly untimedMs: number;
}

export interface Sample {
  /** What holds from now on. */
  readonly seen: readonly Seen[];
  readonly monotonicMs: number;
  readonly wallMs: number;
}

export function startAccumulator({ seen, monotonicMs }: Sample): AccumulatorState {
  return { atMs: Math.round(monotonicMs), seen, waiting: [], untimedMs: 0 };
}

/** Takes a report in: the time since the last one goes to what that one saw. */
export function accumulate(
  state: AccumulatorState,
  { seen, monotonicMs, wallMs }: Sample,
): { readonly state: AccumulatorState; readonly rows: readonly Row[] } {
  const nowMs = Math.max(state.atMs, Math.round(monotonicMs));
  const fresh = passed(state, nowMs);
  if (!isClockSet(wallMs)) {
    const waiting = joined(state.waiting, fresh);
    const kept = waiting.slice(-MOST_WAITING);
    const lostMs = waiting
      .slice(0, waiting.length - kept.length)
      .reduce((sum, s) => sum + s.toMs - s.fromMs, 0);
    return { state: { atMs: nowMs, seen, waiting: kept, untimedMs: state.untimedMs + lostMs }, rows: [] };
  }
  const offsetMs = Math.round(wallMs) - nowMs;
  const rows = [...state.waiting, ...fresh].flatMap(stretch => rowsOf(stretch, offsetMs));
  return { state: { ...state, atMs: nowMs, seen, waiting: [] }, rows };
}

function passed({ atMs, seen }: AccumulatorState, nowMs: number): Stretch[] {
  const holdsMs = Math.min(nowMs, atMs + HOLDS_MS);
  const silent = seen.map(({ scope }) => ({ scope, activities: [], unknown: 'stalled', count: null }));
  return [
    { fromMs: atMs, toMs: holdsMs, seen },
    { fromMs: holdsMs, toMs: nowMs, seen: silent },
  ].filter(({ fromMs, toMs }) => toMs > fromMs);
}

/** With the new ones at the end; those that follow each other with the same seen are one. */
function joined(waiting: readonly Stretch[], fresh: readonly Stretch[]): Stretch[] {
  const result = [...waiting];
  for (const stretch of fresh) {
    const last = result.at(-1);
    if (last !== undefined && sameSeen(last.seen, stretch.seen)) {
      result[result.length - 1] = { ...last, toMs: stretch.toMs };
    } else result.push(stretch);
  }
  return result;
}

function rowsOf({ fromMs, toMs, seen }: Stretch, offsetMs: number): Row[] {
  const rows: Row[] = [];
  const endMs = toMs + offsetMs;
  for (let startMs = fromMs + offsetMs; startMs < endMs; ) {
    const hour = Math.floor(startMs / HOUR_MS);
    const nextMs = Math.min(endMs, (hour + 1) * HOUR_MS);
    for (const one of seen) rows.push(...rowsOfScope(one, hour, nextMs - startMs));
    startMs = nextMs;
  }
  return rows;
}

function rowsOfScope({ scope, activities, unknown, count }: Seen, hour: number, ms: number): Row[] {
  if (unknown !== null) return [{ hour, scope, kind: 'unknown', name: unknown, ms }];
  const present = activities.length === 0 ? ['none'] : activities;
  return [
    { hour, scope, kind: 'watched', name: '', ms },
    ...present.map((name): Row => ({ hour, scope, kind: 'present', name, ms })),
    ...(count === null ? [] : [{ hour, scope, kind: 'counted', name: '', ms } as const]),
    ...Object.entries(count ?? {})
      .filter(([, riders]) => riders > 0)
      .map(([name, riders]): Row => ({ hour, scope, kind: 'riders', name, ms: riders * ms, peak: riders })),
  ];
}

/**
 * Cuts what is to be added to one hour of one scope down to what has room in it: a clock that was put back passes the
 * same hour again.
 *
 * @param rows all of the same hour and scope
 * @param takenMs `watched` and `unknown` that are there already
 */
export function fitted(
  rows: readonly Row[],
  takenMs: number,
): { readonly rows: readonly Row[]; readonly cutMs: number } {
  const addedMs = rows.reduce((sum, { kind, ms }) => (isTime(kind) ? sum + ms : sum), 0);
  const roomMs = Math.max(0, HOUR_MS - takenMs);
  if (addedMs <= roomMs) return { rows, cutMs: 0 };
  const share = roomMs / addedMs;
  return {
    rows: rows.map(row => ({ ...row, ms: Math.floor(row.ms * share) })).filter(({ ms }) => ms > 0),
    cutMs: addedMs - roomMs,
  };
}
