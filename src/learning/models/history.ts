/** What became of each candidate, and which head was in use when: JSON lines, which are only added to. */
import { open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as z from 'zod';
import { replaceFile, syncFolder } from '../../base/durable.ts';
import { reasonSchema } from '../../messaging/payload-parts.ts';
import type { HistoryEntry } from './types.ts';

/** Past the second number of lines only the first is kept. */
export const HISTORY_DEFAULTS = { keptLines: 1_000, mostLines: 2_000 };

const gateFiguresSchema = z.object({
  judged: z.number(),
  macroF1: z.number(),
  accuracy: z.number(),
  recall: z.record(z.string(), z.number().nullable()),
});

const comparisonSchema = z.object({ incumbent: gateFiguresSchema, candidate: gateFiguresSchema }).nullable();

const detectionsSchema = z
  .object({ frames: z.number(), before: z.number(), after: z.number(), elsewhere: z.number() })
  .nullable();

/** A figure that is no number must not cost the line. */
export const figuresSchema = z
  .object({ base: comparisonSchema, board: comparisonSchema, detections: detectionsSchema.optional() })
  .nullable()
  .catch(null);

const entrySchema = z.object({
  at: z.iso.datetime(),
  event: z.enum(['promoted', 'held', 'rejected', 'rolled-back', 'auto-rolled-back']),
  from: z.string().nullable(),
  to: z.string().nullable(),
  job: z.string().nullable(),
  reasons: z.array(reasonSchema),
  candidate: z.string().optional(),
  figures: figuresSchema,
});

/** Undefined where the text is no entry: a line that a power cut tore, or a hand. */
export function parseEntry(text: string): HistoryEntry | undefined {
  try {
    return entrySchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Oldest first; empty where there is no file. */
export async function readHistory(path: string): Promise<HistoryEntry[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return text.split('\n').flatMap(line => parseEntry(line) ?? []);
}

/** On disk when it returns. */
export async function appendHistory(path: string, entry: HistoryEntry): Promise<void> {
  const file = await open(path, 'a+', 0o644);
  try {
    const { size } = await file.stat();
    const last = size === 0 ? undefined : (await file.read(Buffer.alloc(1), 0, 1, size - 1)).buffer[0];
    // What is left of a torn line must not swallow this one.
    const start = last === undefined || last === 0x0a ? '' : '\n';
    await file.writeFile(`${start}${JSON.stringify(entry)}\n`);
    await file.sync();
    if (size === 0) await syncFolder(dirname(path));
  } finally {
    await file.close();
  }
}

/** Writes the file anew where it has grown too long, and gives back what is kept. */
export async function shortenHistory(
  path: string,
  entries: readonly HistoryEntry[],
  { keptLines, mostLines } = HISTORY_DEFAULTS,
): Promise<readonly HistoryEntry[]> {
  if (entries.length <= mostLines) return entries;
  const kept = entries.slice(-keptLines);
  await replaceFile(path, kept.map(entry => `${JSON.stringify(entry)}\n`).join(''));
  return kept;
}

/** Which head was in use before each was promoted. */
export function predecessors(entries: readonly HistoryEntry[]): ReadonlyMap<string, string | null> {
  const promoted = entries.filter(({ event }) => event === 'promoted');
  return new Map(promoted.flatMap(({ from, to }) => (to === null ? [] : [[to, from] as const])));
}

/** The last entry that changed the head in use. */
export function lastMove(entries: readonly HistoryEntry[]): HistoryEntry | undefined {
  return entries.findLast(({ to }) => to !== null);
}
