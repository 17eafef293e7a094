/** `manifest.csv`: which pictures belong together, and whose they are. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { replaceFile } from '../../base/durable.ts';
import { messageOf, SurfwatchError } from '../../errors.ts';
import { groupOf } from './candidate.ts';
import { licenceName } from './licences.ts';
import type { Shelved } from './shelf.ts';

export type ManifestRow = Readonly<Record<string, string>>;

const COLUMNS = ['file', 'group', 'licence', 'author', 'title', 'url'];

/**
 * The rows of a manifest that are not of collected pictures: those are written anew each time.
 *
 * @throws SurfwatchError `collection-unusable` where it cannot be read as CSV with a column `file`
 */
export async function readForeignRows(folder: string): Promise<ManifestRow[]> {
  const path = join(folder, 'manifest.csv');
  if ((await stat(path).catch(() => null)) === null) return [];
  try {
    const rows: ManifestRow[] = parse(await readFile(path, 'utf8'), { columns: true, bom: true });
    if (rows.some(row => row.file === undefined)) throw new Error('it has no column `file`');
    return rows.filter(row => !COLLECTED.test(row.file ?? ''));
  } catch (error) {
    throw new SurfwatchError('collection-unusable', `${path}: ${messageOf(error)}`, { cause: error });
  }
}

/** As collected pictures are named. */
const COLLECTED = /\/(openverse|wikimedia)-[0-9a-f]{16}\.(jpg|png|webp)$/;

export async function writeManifest(
  folder: string,
  shelved: readonly Shelved[],
  foreign: readonly ManifestRow[],
): Promise<void> {
  const rows = [...foreign, ...shelved.map(rowOf)];
  const columns = [...new Set([...COLUMNS, ...foreign.flatMap(row => Object.keys(row))])];
  const lines = [columns, ...rows.map(row => columns.map(column => row[column] ?? ''))];
  await replaceFile(
    join(folder, 'manifest.csv'),
    lines.map(line => `${line.map(cell).join(',')}\n`).join(''),
  );
}

function rowOf({ file, provenance }: Shelved): ManifestRow {
  return {
    file,
    group: groupOf(provenance),
    licence: licenceName(provenance.licence),
    author: provenance.author ?? '',
    title: provenance.title,
    url: provenance.landing,
  };
}

/** RFC 4180. */
function cell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
