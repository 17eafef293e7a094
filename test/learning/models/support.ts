/** A folder of shipped heads, one of the board's, and a store on both. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Logger, pino } from 'pino';
import { saveHead, selectHead } from '../../../src/learning/fit/save-head.ts';
import { headFolders } from '../../../src/learning/models/resolve.ts';
import { openModelStore } from '../../../src/learning/models/store.ts';
import type { GateFacts, HeadFolders } from '../../../src/learning/models/types.ts';
import { reason } from '../../../src/messaging/reasons.ts';
import { type FakeClock, fakeClock } from '../../support/fake-clock.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { BACKBONE, riderHead } from '../support.ts';

export const SHIPPED_ID = 'shipped-head';

const FIGURES = { judged: 40, macroF1: 0.8, accuracy: 0.9, recall: { surfing: 0.9, none: null } };

export function factsOf(job: string): GateFacts {
  return {
    job,
    reasons: [reason('board-f1', { judged: 40, before: 0.7, after: 0.75 })],
    figures: { base: { incumbent: FIGURES, candidate: FIGURES }, board: null },
  };
}

export interface Place {
  readonly models: { readonly dir: string };
  readonly stateDir: string;
  readonly folders: HeadFolders;
  readonly clock: FakeClock;
  /** Messages logged as warnings. */
  readonly warnings: string[];
  readonly log: Logger;
}

/** With one shipped head, which is current. */
export async function newPlace(): Promise<Place> {
  const root = await temporaryFolder();
  const settings = { models: { dir: join(root, 'models') }, stateDir: join(root, 'state') };
  const folders = headFolders(settings);
  await saveHead(folders.shipped, riderHead(1, { id: SHIPPED_ID }), {});
  await selectHead(folders.shipped, SHIPPED_ID);
  const warnings: string[] = [];
  const log = pino({ level: 'warn' }, { write: line => void warnings.push(line) });
  return { ...settings, folders, clock: fakeClock(), warnings, log };
}

export function openStore(
  { folders, clock, log }: Place,
  change: { configured?: string; keep?: number } = {},
) {
  return openModelStore({
    folders,
    configured: 'current',
    backbone: BACKBONE,
    keep: 5,
    clock,
    log,
    ...change,
  });
}

/** Promotes heads of these seeds, a minute apart, and gives their ids. */
export async function promoteAll(place: Place, seeds: readonly number[], keep = 5): Promise<string[]> {
  const store = await openStore(place, { keep });
  const ids: string[] = [];
  for (const seed of seeds) {
    place.clock.jump(60_000);
    ids.push((await store.promote(riderHead(seed), factsOf(`job-${seed}`))).manifest.id);
  }
  return ids;
}

/** The current head of a store opened anew. */
export async function currentId(place: Place, configured = 'current'): Promise<string> {
  return (await (await openStore(place, { configured })).current()).manifest.id;
}

export async function damage(board: string, id: string): Promise<void> {
  const path = join(board, id, 'weights.f32.bin');
  const bytes = await readFile(path);
  bytes[7] = 255 - (bytes[7] as number);
  await writeFile(path, bytes);
}

export async function namesOf(folder: string): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  return (await readdir(folder)).sort();
}
