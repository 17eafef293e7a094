/** Frames and their embeddings as rows. */
import { createHash } from 'node:crypto';
import type { KeptCell } from '../../activity/kept-cells.ts';
import type { Visibility } from '../../activity/visibility.ts';
import type { Database } from '../../base/database.ts';
import { float16ToFloat32, float32ToFloat16 } from '../../vision/float16.ts';
import type { PictureOf } from './pictures.ts';
import type { KeptBecause, KeptFrame, NewFrame, PointedCells, ReadAgain } from './types.ts';

export interface FrameRow {
  readonly id: string;
  readonly taken_at: number;
  readonly because: string;
  readonly visibility: string;
  readonly head: string;
  readonly backbone: string;
  readonly novelty: number | null;
  readonly cells: string;
  readonly picture_sha256: string | null;
  readonly picture_bytes: number;
  readonly embeddings_bytes: number;
}

const COLUMNS =
  'id, taken_at, because, visibility, head, backbone, novelty, cells, picture_sha256, picture_bytes, embeddings_bytes';

/** Within a transaction of the caller's. */
export function insertFrame(database: Database, frame: NewFrame, keptAt: number): void {
  const pictureSha256 = frame.picture === null ? null : sha256Of(frame.picture);
  const embeddings = frame.embeddings === null ? null : float32ToFloat16(frame.embeddings);
  database.run(
    `INSERT INTO frames (${COLUMNS}, kept_at, source_sha256) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    frame.id,
    frame.takenAt,
    frame.because,
    frame.visibility,
    frame.head,
    frame.backbone,
    frame.novelty,
    JSON.stringify(frame.cells.map(shortened)),
    pictureSha256,
    frame.picture?.length ?? 0,
    embeddings?.length ?? 0,
    keptAt,
    frame.sha256 ?? pictureSha256,
  );
  if (embeddings !== null) {
    database.run('INSERT INTO embeddings (frame, data) VALUES (?, ?)', frame.id, embeddings);
  }
}

export function frameRow(database: Database, id: string): FrameRow | undefined {
  return database.get<FrameRow>(`SELECT ${COLUMNS} FROM frames WHERE id = ?`, id);
}

export interface FrameFilter {
  readonly labelled?: boolean;
  readonly since?: number;
  readonly limit?: number;
}

/** Newest first. */
export function frameRows(database: Database, { labelled, since, limit = -1 }: FrameFilter): FrameRow[] {
  const which = labelled === undefined ? '' : `AND label IS ${labelled ? 'NOT NULL' : 'NULL'}`;
  return database.all<FrameRow>(
    `SELECT ${COLUMNS} FROM frames WHERE taken_at >= ? ${which} ORDER BY taken_at DESC, id DESC LIMIT ?`,
    since ?? Number.MIN_SAFE_INTEGER,
    limit,
  );
}

/** Oldest first. */
export function pictureRows(database: Database, fromMs: number, toMs: number): PictureOf[] {
  return database.all<PictureOf>(
    'SELECT id, taken_at AS takenAt FROM frames WHERE picture_bytes > 0 AND taken_at >= ? AND taken_at < ? ORDER BY taken_at',
    fromMs,
    toMs,
  );
}

export function frameOfSource(database: Database, sha256: string): string | undefined {
  return database.get<{ id: string }>('SELECT id FROM frames WHERE source_sha256 = ?', sha256)?.id;
}

export function toKeptFrame(row: FrameRow): KeptFrame {
  return {
    id: row.id,
    takenAt: row.taken_at,
    because: row.because as KeptBecause,
    visibility: row.visibility as Visibility,
    head: row.head,
    backbone: row.backbone,
    hasPicture: row.picture_bytes > 0,
    bytes: row.picture_bytes + row.embeddings_bytes,
    novelty: row.novelty,
    cells: cellsIn(row),
  };
}

/** None where their text rotted on the disk. */
function cellsIn({ cells }: FrameRow): KeptCell[] {
  try {
    return JSON.parse(cells) as KeptCell[];
  } catch {
    return [];
  }
}

/** Null also where they are not those of the frame's cells, as one of both rotted on the disk. */
export function readEmbeddings(database: Database, id: string): Float32Array | null {
  const row = database.get<{ data: Uint8Array; cells: number }>(
    `SELECT data, iif(json_valid(cells), json_array_length(cells), 0) AS cells
     FROM embeddings JOIN frames ON frames.id = embeddings.frame WHERE frames.id = ?`,
    id,
  );
  if (row === undefined || row.data.length % (2 * row.cells) !== 0) return null;
  return float16ToFloat32(row.data);
}

export function replaceCells(
  database: Database,
  id: string,
  { backbone, head, cells, embeddings }: ReadAgain,
): void {
  database.transaction(() => {
    database.run('UPDATE frames SET backbone = ?, head = ? WHERE id = ?', backbone, head, id);
    putCells(database, id, cells, embeddings);
  });
}

/** @returns whether they are kept now */
export function pointCells(
  database: Database,
  id: string,
  { backbone, cells, embeddings }: PointedCells,
): boolean {
  return database.transaction(() => {
    const row = frameRow(database, id);
    const kept = readEmbeddings(database, id);
    if (row === undefined || row.backbone !== backbone || kept === null) return false;
    const before = toKeptFrame(row).cells;
    const width = kept.length / before.length;
    const usual = before.filter(({ pointed }) => pointed !== true);
    // Pointed ones always come last.
    const all = new Float32Array(usual.length * width + embeddings.length);
    all.set(kept.subarray(0, usual.length * width));
    all.set(embeddings, usual.length * width);
    putCells(database, id, [...usual, ...cells], all);
    return true;
  });
}

function putCells(
  database: Database,
  id: string,
  cells: readonly KeptCell[],
  embeddings: Float32Array,
): void {
  const data = float32ToFloat16(embeddings);
  const { changes } = database.run(
    'UPDATE frames SET cells = ?, embeddings_bytes = ? WHERE id = ?',
    JSON.stringify(cells.map(shortened)),
    data.length,
    id,
  );
  // One that was deleted meanwhile stays so.
  if (changes > 0) database.run('INSERT OR REPLACE INTO embeddings (frame, data) VALUES (?, ?)', id, data);
}

/** The row goes on without its picture. */
export function forgetPicture(database: Database, id: string): void {
  database.run('UPDATE frames SET picture_bytes = 0 WHERE id = ?', id);
}

/** Numbers as exact as they can be told apart: more of them would take more room than the embeddings. */
function shortened({ zone, rectangle, scores, pointed }: KeptCell): KeptCell {
  const { x, y, w, h } = rectangle;
  return {
    zone,
    rectangle: { x: rounded(x), y: rounded(y), w: rounded(w), h: rounded(h) },
    scores: Object.fromEntries(Object.entries(scores).map(([name, score]) => [name, rounded(score)])),
    ...(pointed === true && { pointed }),
  };
}

/** To a twentieth of a pixel of a frame 2,000 wide, and the odds of a score near 0 or 1 to a few percent. */
function rounded(share: number): number {
  return Number(share.toPrecision(5));
}

export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
