/** The history on disk. All methods throw a SurfwatchError `disk-full`, `state-unwritable` or `storage-failed`. */
import type { SessionEvent } from '../activity/report.ts';
import { type Database, openDatabase } from '../base/database.ts';
import { isClockSet } from '../schedule/clock-set.ts';
import { fitted, HOUR_MS, type Row } from './accumulate.ts';
import { type HourRow, readHours } from './read.ts';
import { MIGRATIONS } from './schema.ts';

/** A copy of the file that is being made, say, must not hold up the daemon for long. */
const BUSY_TIMEOUT_MS = 500;

export interface HistoryStore {
  /** Adds what passed and brings sessions up to date, in one transaction; older than `keepMs` goes. */
  write(
    rows: readonly Row[],
    sessions: readonly SessionEvent[],
    keep: { nowMs: number; keepMs: number },
  ): void;
  hours(fromHour: number, toHour: number): HourRow[];
  /** Ends of the process that were not orderly: the last minutes before them were not counted. */
  readonly killed: number;
  /** Milliseconds not counted because their hour was full: the clock was put back. */
  readonly cutMs: number;
  close(): void;
}

export interface OpenedHistory {
  readonly store: HistoryStore;
  /** Where a damaged file was put; null where all was well. */
  readonly setAside: string | null;
}

/**
 * @param check look for damage in the whole file, also after an orderly end
 * @throws SurfwatchError `database-newer`, `disk-full`, `state-unwritable`, `storage-failed`
 */
export function openHistory(path: string, now: number, check = false): OpenedHistory {
  const { database, setAside } = openDatabase({
    path,
    migrations: MIGRATIONS,
    busyTimeoutMs: BUSY_TIMEOUT_MS,
    now,
    check,
  });
  try {
    database.transaction(() => {
      database.run(
        "UPDATE counters SET value = value + (SELECT value FROM counters WHERE name = 'running') WHERE name = 'killed'",
      );
      database.run("UPDATE counters SET value = 1 WHERE name = 'running'");
      // What was open when the process ended was last seen then.
      database.run('UPDATE sessions SET open = 0 WHERE open = 1');
    });
    return { store: storeOf(database), setAside };
  } catch (error) {
    database.close();
    throw error;
  }
}

function storeOf(database: Database): HistoryStore {
  const counter = (name: string) =>
    database.get<{ value: number }>('SELECT value FROM counters WHERE name = ?', name)?.value ?? 0;
  let cleanedDay: number | undefined;

  const clean = (nowMs: number, keepMs: number): void => {
    const day = Math.floor(nowMs / (24 * HOUR_MS));
    if (day === cleanedDay || !isClockSet(nowMs)) return;
    database.run('DELETE FROM hours WHERE hour < ?', Math.floor((nowMs - keepMs) / HOUR_MS));
    database.run('DELETE FROM sessions WHERE start_ms < ?', nowMs - keepMs);
    cleanedDay = day;
  };

  return {
    write(rows, sessions, { nowMs, keepMs }) {
      database.transaction(() => {
        for (const group of byHourAndScope(rows)) addHour(database, group);
        for (const session of sessions) putSession(database, session);
        clean(nowMs, keepMs);
      });
    },
    hours: (fromHour, toHour) => readHours(database, fromHour, toHour),
    get killed() {
      return counter('killed');
    },
    get cutMs() {
      return counter('cut_ms');
    },
    close() {
      try {
        database.run("UPDATE counters SET value = 0 WHERE name = 'running'");
      } finally {
        database.close();
      }
    },
  };
}

function byHourAndScope(rows: readonly Row[]): Row[][] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = `${row.hour} ${row.scope}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return [...groups.values()];
}

function addHour(database: Database, group: readonly Row[]): void {
  const [{ hour, scope } = { hour: 0, scope: '' }] = group;
  const taken = database.get<{ ms: number | null }>(
    "SELECT sum(ms) AS ms FROM hours JOIN series ON id = series WHERE hour = ? AND scope = ? AND kind IN ('watched', 'unknown')",
    hour,
    scope,
  );
  const { rows, cutMs } = fitted(group, taken?.ms ?? 0);
  for (const { kind, name, ms, peak = null } of rows) {
    const series = seriesId(database, scope, kind, name);
    database.run(
      `INSERT INTO hours (hour, series, ms, peak) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET ms = ms + excluded.ms, peak = max(ifnull(peak, excluded.peak), excluded.peak)`,
      hour,
      series,
      ms,
      peak,
    );
  }
  if (cutMs > 0) database.run("UPDATE counters SET value = value + ? WHERE name = 'cut_ms'", cutMs);
}

/** The clock may have been set since the session began: its start is told anew each time. */
function putSession(database: Database, { type, zone, session }: SessionEvent): void {
  const { id, activity, start, durationMs, peak, peakCount } = session;
  if (!isClockSet(start)) return;
  database.run(
    `INSERT INTO sessions (id, series, start_ms, duration_ms, peak, peak_count, open)
     VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET start_ms = excluded.start_ms, duration_ms = excluded.duration_ms,
       peak = excluded.peak, peak_count = excluded.peak_count, open = excluded.open`,
    id,
    seriesId(database, zone, 'present', activity),
    start,
    durationMs,
    Math.round(peak * 1000),
    peakCount,
    type === 'session_ended' ? 0 : 1,
  );
}

function seriesId(database: Database, scope: string, kind: string, name: string): number {
  const found = () =>
    database.get<{ id: number }>(
      'SELECT id FROM series WHERE scope = ? AND kind = ? AND name = ?',
      scope,
      kind,
      name,
    )?.id;
  return (
    found() ??
    database.run('INSERT INTO series (scope, kind, name) VALUES (?, ?, ?)', scope, kind, name).rowid
  );
}
