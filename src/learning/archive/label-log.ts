/** The log of labels as rows, and beside each frame the entry that holds. */

import type { Database } from '../../base/database.ts';
import type { Rectangle } from '../../base/geometry.ts';
import { SurfwatchError } from '../../errors.ts';
import { foldLabels, type LabellingEntry } from './fold.ts';
import type { Label, LabelEntry, LabelWay, Pointing } from './types.ts';

interface LabelRow {
  readonly seq: number;
  readonly frame: string;
  readonly at: number;
  readonly by: string;
  readonly way: string;
  readonly labels: string | null;
  readonly rectangle: string | null;
  readonly pointing: string | null;
}

/** Within a transaction of the caller's. */
export function appendLabel(database: Database, frame: string, label: Label): LabelEntry {
  const labels = [...new Set(label.labels)].sort();
  const entry = append(database, { ...label, frame, labels });
  database.run('UPDATE frames SET label = ? WHERE id = ?', entry.seq, frame);
  return entry;
}

/**
 * Within a transaction of the caller's.
 *
 * @throws SurfwatchError `label-none`
 */
export function appendUndo(
  database: Database,
  frame: string,
  by: Pick<Label, 'by' | 'way' | 'at'>,
): LabelEntry {
  if (holding(database, frame) === undefined) {
    throw new SurfwatchError('label-none', `frame ${frame} has no label to take back`);
  }
  const entry = append(database, { ...by, frame, labels: null });
  database.run('UPDATE frames SET label = ? WHERE id = ?', holding(database, frame)?.seq ?? null, frame);
  return entry;
}

/** What holds by the log itself. */
function holding(database: Database, frame: string): LabellingEntry | undefined {
  const rows = database.all<LabelRow>('SELECT * FROM labels WHERE frame = ? ORDER BY seq', frame);
  return foldLabels(toEntries(rows)).get(frame);
}

export function newestLabels(database: Database, limit: number): LabelEntry[] {
  return toEntries(database.all('SELECT * FROM labels ORDER BY seq DESC LIMIT ?', limit));
}

/** The whole log, oldest first. */
export function allLabels(database: Database): LabelEntry[] {
  return toEntries(database.all('SELECT * FROM labels ORDER BY seq'));
}

/** The entry that holds of a frame in the archive. */
export function heldLabel(database: Database, frame: string): LabellingEntry | undefined {
  return heldLabels(database, frame).get(frame);
}

/** The entries that hold, by the ids of their frames. */
export function heldLabels(database: Database, frame?: string): Map<string, LabellingEntry> {
  const all = 'SELECT labels.* FROM frames JOIN labels ON labels.seq = frames.label';
  const rows =
    frame === undefined
      ? database.all<LabelRow>(all)
      : database.all<LabelRow>(`${all} WHERE frames.id = ?`, frame);
  return foldLabels(toEntries(rows));
}

function append(database: Database, entry: Omit<LabelEntry, 'seq'>): LabelEntry {
  const { rowid } = database.run(
    'INSERT INTO labels (frame, at, by, way, labels, rectangle, pointing) VALUES (?, ?, ?, ?, ?, ?, ?)',
    entry.frame,
    entry.at,
    entry.by,
    entry.way,
    entry.labels === null ? null : JSON.stringify(entry.labels),
    entry.rectangle === undefined ? null : JSON.stringify(entry.rectangle),
    entry.pointing === undefined ? null : JSON.stringify(entry.pointing),
  );
  return { ...entry, seq: rowid };
}

/** Without those whose text rotted on the disk: they say nothing. */
function toEntries(rows: readonly LabelRow[]): LabelEntry[] {
  return rows.flatMap(row => {
    try {
      return [toEntry(row)];
    } catch {
      return [];
    }
  });
}

function toEntry({ seq, frame, at, by, way, labels, rectangle, pointing }: LabelRow): LabelEntry {
  return {
    seq,
    frame,
    at,
    by,
    way: way as LabelWay,
    labels: labels === null ? null : (JSON.parse(labels) as string[]),
    ...(rectangle === null ? {} : { rectangle: JSON.parse(rectangle) as Rectangle }),
    ...(pointing === null ? {} : { pointing: JSON.parse(pointing) as Pointing }),
  };
}
