/** Reads the history: by the daemon, and by `surfwatch history` beside it. */
import { existsSync } from 'node:fs';
import { connect } from '../base/connection.ts';
import type { Database } from '../base/database.ts';
import { storageError } from '../base/storage-error.ts';
import { SurfwatchError } from '../errors.ts';
import type { Kind } from './accumulate.ts';
import { COUNTS_SINCE, MIGRATIONS } from './schema.ts';

export interface HourRow {
  readonly hour: number;
  /** A zone; empty for the beach. */
  readonly scope: string;
  readonly kind: Kind;
  readonly name: string;
  readonly ms: number;
  /** Most riders at a time; null where `kind` is not `riders`. */
  readonly peak: number | null;
}

/**
 * From `fromHour` up to, not including, `toHour`: hours since the epoch (UTC).
 *
 * @param counted false where the database is of a version without counts
 */
export function readHours(database: Database, fromHour: number, toHour: number, counted = true): HourRow[] {
  return database.all<HourRow>(
    `SELECT hour, scope, kind, name, ms, ${counted ? 'peak' : 'NULL AS peak'} FROM hours JOIN series ON id = series
     WHERE hour >= ? AND hour < ? ORDER BY hour, series`,
    fromHour,
    toHour,
  );
}

export interface SessionRow {
  readonly id: string;
  readonly zone: string;
  readonly activity: string;
  /** Milliseconds since the epoch (UTC). */
  readonly startMs: number;
  readonly durationMs: number;
  /** Highest score, 0..1. */
  readonly peak: number;
  /** Highest count of riders; null where they were not counted. */
  readonly peakCount: number | null;
  /** It lasts still. */
  readonly open: boolean;
}

export interface HistoryFile {
  hours(fromHour: number, toHour: number): HourRow[];
  /** Those that began between two times, in order. */
  sessions(fromMs: number, toMs: number): SessionRow[];
  close(): void;
}

/**
 * Opens the history to read it, also while the daemon writes it. Nothing is written, and nothing is brought up to date.
 *
 * @throws SurfwatchError `history-none`, `database-newer`, `state-unwritable`, `storage-failed`
 */
export function readHistory(path: string): HistoryFile {
  if (!existsSync(path)) throw new SurfwatchError('history-none', `there is no ${path}`);
  const database = connect(path, 5_000, 'unsynced');
  let counted = false;
  try {
    database.exec('PRAGMA query_only = ON');
    const version = database.get<{ user_version: number }>('PRAGMA user_version')?.user_version ?? 0;
    if (version > MIGRATIONS.length) {
      const known = `this program knows versions up to ${MIGRATIONS.length}`;
      throw new SurfwatchError('database-newer', `${path} has version ${version}; ${known}`);
    }
    if (version === 0) throw new SurfwatchError('history-none', `${path} is empty`);
    counted = version >= COUNTS_SINCE;
  } catch (error) {
    database.close();
    throw storageError(error, path);
  }
  return {
    hours: (fromHour, toHour) => readHours(database, fromHour, toHour, counted),
    sessions: (fromMs, toMs) =>
      database
        .all<Omit<SessionRow, 'open'> & { open: number }>(
          `SELECT sessions.id, scope AS zone, name AS activity, start_ms AS startMs, duration_ms AS durationMs,
             peak / 1000.0 AS peak, ${counted ? 'peak_count' : 'NULL'} AS peakCount, open
           FROM sessions JOIN series ON series.id = series
           WHERE start_ms >= ? AND start_ms < ? ORDER BY start_ms`,
          fromMs,
          toMs,
        )
        .map(row => ({ ...row, open: row.open === 1 })),
    close: () => database.close(),
  };
}
