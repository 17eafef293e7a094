/** The history while the store is open: read once, then added to in memory and on disk. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Clock } from '../../base/clock.ts';
import { reason } from '../../messaging/reasons.ts';
import { appendHistory, lastMove, predecessors, readHistory, shortenHistory } from './history.ts';
import { readPromotion } from './list.ts';
import { historyFile, namedHead, SHIPPED } from './resolve.ts';
import type { HistoryEntry } from './types.ts';

export type UndatedEntry = Omit<HistoryEntry, 'at'> & Partial<Pick<HistoryEntry, 'at'>>;

export interface HistoryLog {
  /** Oldest first. */
  readonly entries: readonly HistoryEntry[];
  /** Dates the entry where it is not. Never throws: a full disk costs the line on disk, not what it tells of. */
  add(entry: UndatedEntry): Promise<void>;
}

export async function openLog(board: string, clock: Pick<Clock, 'now'>, log: Logger): Promise<HistoryLog> {
  const path = historyFile(board);
  const entries: HistoryEntry[] = [];
  const add = async (entry: UndatedEntry) => {
    const dated = { at: new Date(clock.now()).toISOString(), ...entry };
    entries.push(dated);
    try {
      await mkdir(board, { recursive: true });
      await appendHistory(path, dated);
    } catch (error) {
      log.warn({ err: error, path }, 'the history of heads cannot be written');
    }
  };
  try {
    const found = await readHistory(path);
    entries.push(...found);
    entries.splice(0, entries.length, ...(await shortenHistory(path, found)));
  } catch (error) {
    log.warn({ err: error, path }, 'the history of heads cannot be read or shortened');
  }
  const missing = await missingEntry(board, entries);
  if (missing !== undefined) await add(missing);
  return { entries, add };
}

/** The line of a change that a power cut kept out of the history: `current` is written first. */
async function missingEntry(
  board: string,
  entries: readonly HistoryEntry[],
): Promise<UndatedEntry | undefined> {
  const named = await namedHead(board, entries);
  const last = lastMove(entries)?.to ?? null;
  if (named === null || named === last) return undefined;
  const promoted = predecessors(entries);
  if (named === SHIPPED && (last === null || !promoted.has(last))) return undefined;
  const promotion = promoted.has(named) ? undefined : await readPromotion(join(board, named));
  if (promotion?.to === named) return promotion;
  const reasons = [reason('found-in-use', {})];
  return { event: 'rolled-back', from: last, to: named, job: null, reasons, figures: null };
}
