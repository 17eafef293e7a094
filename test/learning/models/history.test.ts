import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  appendHistory,
  HISTORY_DEFAULTS,
  parseEntry,
  predecessors,
  readHistory,
  shortenHistory,
} from '../../../src/learning/models/history.ts';
import type { HistoryEntry } from '../../../src/learning/models/types.ts';
import { fc } from '../../support/fast-check.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { factsOf } from './support.ts';

const promotion = (from: string, to: string): HistoryEntry => ({
  at: '2026-06-01T09:00:00.000Z',
  event: 'promoted',
  from,
  to,
  ...factsOf(to),
});

async function historyPath(): Promise<string> {
  return join(await temporaryFolder(), 'history.jsonl');
}

describe('the file', () => {
  it('gives back what was added, whatever was torn off or scribbled in between', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ maxLength: 40 }), { maxLength: 5 }), async scribbles => {
        const path = await historyPath();
        const entries: HistoryEntry[] = [];
        for (const [index, scribble] of [...scribbles, ''].entries()) {
          const entry = promotion(`head-${index}`, `head-${index + 1}`);
          entries.push(entry);
          await appendHistory(path, entry);
          await appendFile(path, scribble);
        }
        expect(await readHistory(path)).toEqual(entries);
      }),
      { numRuns: 15 },
    );
  });

  it('loses at most the last line to a power cut, at whatever byte', async () => {
    const path = await historyPath();
    const entries = ['a', 'b', 'c'].map(name => promotion('shipped', name));
    for (const entry of entries) await appendHistory(path, entry);
    const bytes = await readFile(path);
    const lines = bytes
      .toString()
      .split('\n')
      .map(line => Buffer.byteLength(line) + 1);
    for (let cut = 0; cut <= bytes.length; cut += 23) {
      const torn = join(await temporaryFolder(), 'torn.jsonl');
      await appendFile(torn, bytes.subarray(0, cut));
      await appendHistory(torn, promotion('c', 'd'));
      const whole = Math.floor((cut + 1) / (lines[0] as number));
      expect(await readHistory(torn)).toEqual([...entries.slice(0, whole), promotion('c', 'd')]);
    }
  });

  it('does not grow for ever', async () => {
    const path = await historyPath();
    const limits = { keptLines: 3, mostLines: 5 };
    for (let index = 0; index < 6; index++) {
      await appendHistory(path, promotion(`${index}`, `${index + 1}`));
      const entries = await readHistory(path);
      const kept = await shortenHistory(path, entries, limits);
      expect(await readHistory(path)).toEqual(kept);
      expect(kept).toEqual(index < 5 ? entries : entries.slice(3));
    }
    expect(HISTORY_DEFAULTS.keptLines).toBeLessThan(HISTORY_DEFAULTS.mostLines);
  });
});

describe('an entry', () => {
  it('is read or not, but never breaks the reader', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), text => {
        expect(parseEntry(text)).toBeUndefined();
      }),
    );
    const entry = promotion('a', 'b');
    expect(parseEntry(JSON.stringify(entry))).toEqual(entry);
  });

  it('outlives a figure that is no number', () => {
    const entry = promotion('a', 'b');
    const spoilt = JSON.stringify(entry).replaceAll(':0.8', ':null');
    expect(parseEntry(spoilt)).toEqual({ ...entry, figures: null });
  });
});

describe('predecessors', () => {
  it('are what was in use when a head was promoted, whatever was rolled back since', () => {
    const back: HistoryEntry = { ...promotion('c', 'a'), event: 'rolled-back' };
    const before = predecessors([promotion('a', 'b'), promotion('b', 'c'), back, promotion('a', 'd')]);
    expect([...before]).toEqual([
      ['b', 'a'],
      ['c', 'b'],
      ['d', 'a'],
    ]);
  });
});
