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
    for (;;) {
      const beyond = last === undefined ? '' : `WHERE rowid ${order === 'ASC' ? '>' : '<'} ?`;
      const sql = `SELECT rowid AS place, * FROM ${table} ${beyond} ORDER BY rowid ${order} LIMIT 1`;
      const [row] = from.all<Row>(sql, ...(last === undefined ? [] : [last]));
      if (row === undefined) return copied;
      const { place, ...values } = row;
      last = place as SqlValue;
      const taken = put(to, table, values);
      // From the other end: met what was copied already.
      if (taken === 0 && order === 'DESC') return copied;
      copied += taken;
    }
  } catch {
    return copied;
  }
}

/** A row that does not fit (a table of an older version, embeddings of no frame) is left out. */
function put(to: Database, table: string, row: Row): number {
  const names = Object.keys(row);
  const marks = names.map(() => '?').join(', ');
  try {
    const sql = `INSERT OR IGNORE INTO ${table} (${names.join(', ')}) VALUES (${marks})`;
    return to.run(sql, ...Object.values(row)).changes;
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
