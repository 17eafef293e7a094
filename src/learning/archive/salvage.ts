/** Takes over what can be read of a damaged archive. */
import { rm } from 'node:fs/promises';
import { connect } from '../../base/connection.ts';
import type { Database, SqlValue } from '../../base/database.ts';
import { foldLabels } from './fold.ts';
import { forgetPicture } from './frame-rows.ts';
import { allLabels } from './label-log.ts';
import { listPictures, removePictures } from './pictures.ts';

export interface Salvaged {
  readonly frames: number;
  readonly embeddings: number;
  readonly labels: number;
}

type Row = Record<string, SqlValue>;

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads each table from both ends up to what is damaged. The labels come with their numbers.
 *
 * @param database empty, of the newest version
 * @param path the damaged file
 */
export function salvage(database: Database, path: string): Salvaged {
  const damaged = tryToConnect(path);
  if (damaged === null) return { frames: 0, embeddings: 0, labels: 0 };
  try {
    return database.transaction(() => {
      const labels = copy(damaged, database, 'labels');
      const frames = copy(damaged, database, 'frames');
      const embeddings = copy(damaged, database, 'embeddings');
      database.exec('UPDATE frames SET label = NULL');
      for (const { frame, seq } of foldLabels(allLabels(database)).values()) {
        database.run('UPDATE frames SET label = ? WHERE id = ?', seq, frame);
      }
      return { frames, embeddings, labels };
    }, 'synced');
  } finally {
    damaged.close();
  }
}

function tryToConnect(path: string): Database | null {
  try {
    return connect(path, 0, 'unsynced');
  } catch {
    return null;
  }
}

function copy(from: Database, to: Database, table: string): number {
  let copied = 0;
  for (const order of ['ASC', 'DESC'] as const) copied += copyUntilDamaged(from, to, table, order);
  return copied;
}

function copyUntilDamaged(from: Database, to: Database, table: string, order: 'ASC' | 'DESC'): number {
  let copied = 0;
  let last: SqlValue | undefined;
  try {
    const columns = columnsIn(from, to, table);
    for (;;) {
      const row = from.get<Row>(...nextRow(table, columns, order, last));
      // A damaged tree may lead in a circle.
      if (row === undefined || row.place === last) return copied;
      last = row.place as SqlValue;
      const taken = put(to, table, columns, row);
      // From the other end: met what was copied already.
      if (taken === 0 && order === 'DESC') return copied;
      copied += taken;
    }
  } catch {
    return copied;
  }
}

/** The columns of the new table that the damaged one has too: migrations only add to the end. */
function columnsIn(from: Database, to: Database, table: string): string[] {
  const count = from.get<{ count: number }>('SELECT count(*) AS count FROM pragma_table_info(?)', table);
  return to
    .all<{ name: string }>(`PRAGMA table_info(${table})`)
    .slice(0, count?.count ?? 0)
    .map(({ name }) => name);
}

/**
 * Columns by their places, as their names may be damaged. Text as bytes: libsql ends the process where it meets text that
 * is not UTF-8.
 */
function nextRow(
  table: string,
  columns: readonly string[],
  order: 'ASC' | 'DESC',
  last: SqlValue | undefined,
): [string, ...SqlValue[]] {
  const values = columns.map(
    name =>
      `typeof("${name}") AS "type of ${name}", iif(typeof("${name}") = 'text', CAST("${name}" AS BLOB), "${name}") AS "${name}"`,
  );
  const named = columns.map(name => `"${name}"`);
  const beyond = last === undefined ? '' : `WHERE place ${order === 'ASC' ? '>' : '<'} ?`;
  const sql = `WITH rows (place, ${named.join(', ')}) AS (SELECT rowid, * FROM ${table})
    SELECT place, ${values.join(', ')} FROM rows ${beyond} ORDER BY place ${order} LIMIT 1`;
  return last === undefined ? [sql] : [sql, last];
}

/** A row that does not fit (embeddings of no frame, damaged text) is left out. */
function put(to: Database, table: string, columns: readonly string[], row: Row): number {
  const marks = columns.map(() => '?').join(', ');
  try {
    const values = columns.map(name => {
      const value = row[name] as SqlValue;
      return row[`type of ${name}`] === 'text' ? UTF8.decode(value as Uint8Array) : value;
    });
    const sql = `INSERT OR IGNORE INTO ${table} (${columns.join(', ')}) VALUES (${marks})`;
    return to.run(sql, ...values).changes;
  } catch {
    return 0;
  }
}

interface Swept {
  /** Files of no frame. */
  readonly orphans: number;
  /** Frames that lost their file. */
  readonly lost: number;
}

/** @param keepOrphans while a damaged database lies beside, which may know more of them */
export async function sweep(database: Database, folder: string, keepOrphans: boolean): Promise<Swept> {
  const { pictures, unfinished } = await listPictures(folder);
  for (const path of unfinished) await rm(path, { force: true });
  const rows = database.all<{ id: string }>('SELECT id FROM frames WHERE picture_bytes > 0');
  const known = new Set(rows.map(({ id }) => id));
  const lost = [...known].filter(id => !pictures.has(id));
  database.transaction(() => {
    for (const id of lost) forgetPicture(database, id);
  });
  const orphans = keepOrphans ? [] : [...pictures].filter(([id]) => !known.has(id)).map(([, path]) => path);
  removePictures(orphans);
  return { orphans: orphans.length, lost: lost.length };
}
