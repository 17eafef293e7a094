/** Writes what was exported. */
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { replaceFile } from '../../base/durable.ts';
import { messageOf, SurfwatchError } from '../../errors.ts';
import type { ExportFiles } from './model.ts';

export interface SavedFile {
  readonly path: string;
  readonly bytes: number;
}

/**
 * Writes the files durably; other files in a folder stay.
 *
 * @param out the file of a format of one file, else the folder the files go into
 * @throws SurfwatchError `export-failed`
 */
export async function saveExport(
  out: string,
  kind: 'file' | 'folder',
  files: ExportFiles,
): Promise<SavedFile[]> {
  const saved: SavedFile[] = [];
  for (const [name, data] of Object.entries(files)) {
    const path = kind === 'file' ? out : join(out, name);
    try {
      await mkdir(dirname(path), { recursive: true });
      await replaceFile(path, data);
    } catch (error) {
      throw new SurfwatchError('export-failed', `cannot write ${path}: ${messageOf(error)}`, {
        cause: error,
      });
    }
    saved.push({ path, bytes: Buffer.byteLength(data) });
  }
  return saved;
}
