/** Keeps the heads made on the board beside the shipped ones, and says which is in use. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { HeadBundle, HeadManifest } from '../../activity/head-bundle.ts';
import type { Clock } from '../../base/clock.ts';
import { replaceFile } from '../../base/durable.ts';
import { serially } from '../../base/serially.ts';
import { storageError } from '../../base/storage-error.ts';
import { SurfwatchError } from '../../errors.ts';
import { reason } from '../../messaging/reasons.ts';
import { saveHead } from '../fit/save-head.ts';
import { isHeadId, newHeadId } from './head-id.ts';
import { heldFolder, openHeldHeads } from './held.ts';
import { listHeads, PROMOTION_FILE, promotedHeads } from './list.ts';
import { openLog, type UndatedEntry } from './open-log.ts';
import {
  type FoundHead,
  isFolder,
  loadById,
  loadRiderHead,
  loadShipped,
  namedHead,
  type ResolvedHead,
  resolveHead,
  SHIPPED,
  succession,
  tryHead,
} from './resolve.ts';
import { asideFolder, headsToRemove, removeHead, setAside, sweep } from './tidy.ts';
import type {
  GateFacts,
  HeadFolders,
  HeldFacts,
  HeldHead,
  HistoryEntry,
  ModelStore,
  RollbackOptions,
} from './types.ts';

export interface ModelStoreOptions {
  readonly folders: HeadFolders;
  /** The setting `models.head`: an id, or `current`. */
  readonly configured: string;
  /** In use; heads of others are left alone. */
  readonly backbone: HeadManifest['backbone'];
  /** So many promoted heads stay, and those still needed: in use, used before it, its parent, the pinned one. */
  readonly keep: number;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Logger;
}

/** Clears away what a power cut left. A folder that cannot be written to is no error until something is to be kept. */
export async function openModelStore(options: ModelStoreOptions): Promise<ModelStore> {
  const { folders, configured, backbone, keep, clock, log } = options;
  const { board } = folders;
  const oneByOne = serially();
  const pinned = configured === 'current' ? null : configured;
  await sweep(board).catch(error => log.warn({ err: error }, 'leftovers of heads cannot be deleted'));
  const history = await openLog(board, clock, log);
  const wasUsed = (id: string) => history.entries.some(({ to }) => to === id);
  const held = await openHeldHeads(board, backbone, wasUsed, log);
  let live: FoundHead | undefined;

  /** From here on it is in use, also after a restart. */
  async function use(found: FoundHead, entry: Omit<UndatedEntry, 'to'>): Promise<FoundHead> {
    const { id } = found.head.manifest;
    await select(found);
    live = found;
    await history.add({ ...entry, to: id });
    return found;
  }

  async function select({ head, origin }: FoundHead): Promise<void> {
    const { id } = head.manifest;
    const path = join(board, 'current');
    try {
      await mkdir(board, { recursive: true });
      await replaceFile(path, `${origin === 'shipped' && (await isDefault(id)) ? SHIPPED : id}\n`);
    } catch (error) {
      throw storageError(error, path);
    }
  }

  async function isDefault(id: string): Promise<boolean> {
    return (await namedHead(folders.shipped, [])) === id;
  }

  async function load(): Promise<FoundHead> {
    const found = await resolveHead(folders, configured, backbone);
    live = found;
    if (found.skipped.length > 0) await takeNoteOfSkipped(found);
    return found;
  }

  async function takeNoteOfSkipped({ head, origin, skipped }: ResolvedHead): Promise<void> {
    for (const { id, why, error } of skipped) {
      const to = why === 'damaged' ? await setAside(board, id, keep).catch(() => undefined) : undefined;
      log.warn({ head: id, why, reason: error, setAside: to }, 'a head cannot be used');
    }
    const [first] = skipped;
    // One of another backbone, or that the disk won't give, may be of use again: it stays the one that is named.
    if (first === undefined || first.why === 'foreign' || first.why === 'unreadable') return;
    const reasons = skipped.map(({ id, error }) => reason('head-unusable', { head: id, error }));
    const entry = { event: 'auto-rolled-back', from: first.id, job: null, reasons, figures: null } as const;
    await use({ head, origin }, entry).catch(error =>
      log.warn({ err: error }, 'the change of head cannot be stored'),
    );
  }

  /** With an id and a time of its own, and its parent. */
  async function named(candidate: HeadBundle, from: string): Promise<HeadBundle> {
    const createdAt = new Date(clock.now()).toISOString();
    const id = await newHeadId(candidate, createdAt, isTaken);
    const training = { ...candidate.manifest.training, parent: candidate.manifest.training.parent ?? from };
    return { ...candidate, manifest: { ...candidate.manifest, id, createdAt, training } };
  }

  async function save(head: HeadBundle, from: string, { job, reasons, figures }: GateFacts) {
    const at = new Date(clock.now()).toISOString();
    const { id } = head.manifest;
    const entry: HistoryEntry = { at, event: 'promoted', from, to: id, job, reasons, figures };
    const folder = join(board, id);
    try {
      await mkdir(board, { recursive: true });
      await saveHead(board, head, { [PROMOTION_FILE]: `${JSON.stringify(entry, null, 1)}\n` });
      // What cannot be loaded must not be named: the next start would meet it.
      return { entry, head: await loadRiderHead(board, id, backbone) };
    } catch (error) {
      await rm(folder, { recursive: true, force: true }).catch(() => undefined);
      await rm(`${folder}.new`, { recursive: true, force: true }).catch(() => undefined);
      throw storageError(error, folder);
    }
  }

  const inUse = async () => (live ?? (await load())).head.manifest.id;

  async function promote(candidate: HeadBundle, facts: GateFacts): Promise<HeadBundle> {
    return putInUse(await named(candidate, await inUse()), facts);
  }

  async function putInUse(found: HeadBundle, facts: GateFacts): Promise<HeadBundle> {
    const { entry, head } = await save(found, await inUse(), facts);
    const { id } = head.manifest;
    try {
      await use({ head, origin: 'board' }, entry);
    } catch (error) {
      if ((await namedHead(board, [])) !== id) await removeHead(board, id).catch(() => undefined);
      throw error;
    }
    await prune(head).catch(error => log.warn({ err: error }, 'an old head cannot be deleted'));
    // On a disk that cannot be written to it goes at the next occasion.
    await held.clear().catch(error => log.warn({ err: error }, 'a held head cannot be deleted'));
    return head;
  }

  async function hold(candidate: HeadBundle, { samples, ...facts }: HeldFacts, overlay: Uint8Array | null) {
    const from = await inUse();
    const head = await named(candidate, from);
    const { id, createdAt: at } = head.manifest;
    const note: HeldHead = { ...facts, id, at, from, samples, overlay: overlay !== null };
    await held.put(head, note, overlay);
    await history.add({ ...facts, at, event: 'held', from, to: null, candidate: id });
    return note;
  }

  /** It is in the folder of heads before it leaves that of the held ones: a power cut loses it at no instant. */
  async function approve(id: string) {
    const from = await inUse();
    const found = await held.load(id);
    const { job, reasons, figures } = found.held;
    const head = await putInUse(found.head, { job, reasons: [reason('approved', {}), ...reasons], figures });
    return { from, head, held: found.held };
  }

  async function dismiss(id: string) {
    const note = held.of(id);
    await held.clear();
    const { from, job, figures } = note;
    const reasons = [reason('dismissed', {}), ...note.reasons];
    await history.add({ event: 'rejected', from, to: null, candidate: id, job, reasons, figures });
    return note;
  }

  const isTaken = (id: string) => isIn([folders.shipped, board, asideFolder(board), heldFolder(board)], id);

  async function prune({ manifest }: HeadBundle): Promise<void> {
    const before = history.entries.findLast(({ event, to }) => event === 'promoted' && to === manifest.id);
    const needed = new Set([manifest.id, manifest.training.parent, before?.from, pinned]);
    for (const id of headsToRemove(await promotedHeads(board, history.entries), keep, needed)) {
      await removeHead(board, id);
      log.info({ head: id }, 'an old head was deleted');
    }
  }

  async function target(from: FoundHead, to: string | undefined): Promise<FoundHead> {
    if (to === undefined) return before(from);
    if (to === SHIPPED) return loadShipped(folders, backbone);
    if (!isHeadId(to) || !(await isIn([board, folders.shipped], to))) {
      throw new SurfwatchError('model-unknown', `there is no head ${JSON.stringify(to)}`);
    }
    return loadById(folders, to, backbone);
  }

  async function before({ head }: FoundHead): Promise<FoundHead> {
    for await (const id of succession(folders, history.entries, head.manifest.id)) {
      if (id === head.manifest.id) continue;
      const found = await tryHead(folders, id, backbone);
      if ('head' in found) return found;
      log.warn({ head: id, reason: found.error }, 'a head cannot be restored');
    }
    return loadShipped(folders, backbone);
  }

  async function rollback(to: string | undefined, { automatic = false, reasons = [] }: RollbackOptions) {
    const now = live ?? (await load());
    const from = now.head.manifest.id;
    const found = await target(now, to);
    const id = found.head.manifest.id;
    if (id === from) {
      const why = to === undefined ? 'is in use, and none before it can be' : 'is in use already';
      throw new SurfwatchError('rollback-none', `head ${id} ${why}`);
    }
    const event = automatic ? 'auto-rolled-back' : 'rolled-back';
    await use(found, { event, from, job: null, reasons, figures: null });
    return { from, to: id, head: found.head };
  }

  return {
    pinned,
    current: () => oneByOne(async () => (await load()).head),
    promote: (candidate, facts) => oneByOne(() => promote(candidate, facts)),
    reject: facts =>
      oneByOne(async () => {
        const from = live?.head.manifest.id ?? null;
        const { job, reasons, figures } = facts;
        await history.add({ event: 'rejected', from, to: null, job, reasons, figures });
      }),
    hold: (candidate, facts, picture) => oneByOne(() => hold(candidate, facts, picture)),
    get held() {
      return held.waiting;
    },
    approve: id => oneByOne(() => approve(id)),
    dismiss: id => oneByOne(() => dismiss(id)),
    overlay: held.overlay,
    shipped: async () => (await loadShipped(folders, backbone)).head,
    rollback: (to, why = {}) => oneByOne(() => rollback(to, why)),
    list: () => oneByOne(async () => listHeads(folders, backbone, (live ?? (await load())).head.manifest.id)),
    history: limit => history.entries.slice(-limit).reverse(),
  };
}

async function isIn(folders: readonly string[], id: string): Promise<boolean> {
  return (await Promise.all(folders.map(folder => isFolder(join(folder, id))))).includes(true);
}
