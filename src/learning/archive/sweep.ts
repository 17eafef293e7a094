/** Makes files and rows agree again after a power cut. */
import { rm } from 'node:fs/promises';
import type { Database } from '../../base/database.ts';
import { forgetPicture } from './frame-rows.ts';
import { listPictures, removePictures } from './pictures.ts';

export interface Swept {
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
