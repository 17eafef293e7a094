/** What was asked and decided so far, one JSON object a line, so that a run goes on where the last one ended. */
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { type SearchPage, searchPageSchema } from './candidate.ts';

const JOURNAL = '.collect.jsonl';

const entrySchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('page'), url: z.string(), page: searchPageSchema }),
  /** A picture that is not wanted, whenever it turns up again. */
  z.object({ kind: z.literal('skipped'), key: z.string(), reason: z.string() }),
  /** A picture that was kept; where it is gone since, somebody threw it out. */
  z.object({ kind: z.literal('kept'), key: z.string() }),
]);

type Entry = z.infer<typeof entrySchema>;

export interface Journal {
  /** By the address that was asked. */
  readonly pages: ReadonlyMap<string, SearchPage>;
  /** By the picture's key. */
  readonly skipped: ReadonlyMap<string, string>;
  readonly kept: ReadonlySet<string>;
  readonly write: (entry: Entry) => Promise<void>;
}

/** Reads `<folder>/.collect.jsonl`. Lines that are cut off or unknown are passed over: at worst something is asked again. */
export async function openJournal(folder: string): Promise<Journal> {
  const path = join(folder, JOURNAL);
  const text = await readFile(path, 'utf8').catch(() => '');
  const pages = new Map<string, SearchPage>();
  const skipped = new Map<string, string>();
  const kept = new Set<string>();
  const note = (entry: Entry) => {
    if (entry.kind === 'page') pages.set(entry.url, entry.page);
    else if (entry.kind === 'skipped') skipped.set(entry.key, entry.reason);
    else kept.add(entry.key);
  };
  for (const line of text.split('\n')) {
    const entry = entryOf(line);
    if (entry !== null) note(entry);
  }
  // A run that was killed may have left half a line.
  if (text !== '' && !text.endsWith('\n')) await appendFile(path, '\n');
  return {
    pages,
    skipped,
    kept,
    write: async entry => {
      note(entry);
      await appendFile(path, `${JSON.stringify(entry)}\n`);
    },
  };
}

function entryOf(line: string): Entry | null {
  try {
    return entrySchema.parse(JSON.parse(line));
  } catch {
    return null;
  }
}
