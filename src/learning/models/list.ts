/** The heads that are there. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HeadManifest } from '../../activity/head-bundle.ts';
import { parseEntry } from './history.ts';
import { isForRiders, readManifest } from './resolve.ts';
import { namesIn } from './tidy.ts';
import type { HeadFolders, HeadOrigin, HistoryEntry, StoredHead } from './types.ts';

/** In the folder of a head made on the board: its line of the history. */
export const PROMOTION_FILE = 'promotion.json';

export async function readPromotion(folder: string): Promise<HistoryEntry | undefined> {
  return parseEntry(await readFile(join(folder, PROMOTION_FILE), 'utf8').catch(() => ''));
}

/** Those of the backbone, newest first; of two with one id, the board's. */
export async function listHeads(
  folders: HeadFolders,
  backbone: HeadManifest['backbone'],
  current: string,
): Promise<readonly StoredHead[]> {
  const found = new Map<string, StoredHead>();
  for (const origin of ['shipped', 'board'] as const) {
    for (const head of await headsIn(folders, origin, backbone)) {
      found.set(head.id, { ...head, current: head.id === current });
    }
  }
  return [...found.values()].sort(
    (a, b) => b.createdAt.localeCompare(a.createdAt) || b.id.localeCompare(a.id),
  );
}

async function headsIn(folders: HeadFolders, origin: HeadOrigin, backbone: HeadManifest['backbone']) {
  const heads: Omit<StoredHead, 'current'>[] = [];
  for (const id of await namesIn(folders[origin]).catch(() => [])) {
    const folder = join(folders[origin], id);
    const manifest = await readManifest(folder);
    if (manifest === undefined || manifest.id !== id) continue;
    if (manifest.backbone.sha256 !== backbone.sha256 || !isForRiders(manifest)) continue;
    const { createdAt, activities, training } = manifest;
    const figures = (await readPromotion(folder))?.figures ?? null;
    heads.push({ id, createdAt, parent: training.parent, activities, origin, figures, folder });
  }
  return heads;
}

/** Ids of the heads that were promoted here, the one that was in use last at the end. */
export async function promotedHeads(board: string, history: readonly HistoryEntry[]): Promise<string[]> {
  const promoted: { id: string; at: string }[] = [];
  for (const id of await namesIn(board)) {
    const entry = await readPromotion(join(board, id));
    if (entry !== undefined) promoted.push({ id, at: entry.at });
  }
  const used = (id: string) => history.findLastIndex(({ to }) => to === id);
  return promoted.sort((a, b) => used(a.id) - used(b.id) || a.at.localeCompare(b.at)).map(({ id }) => id);
}
