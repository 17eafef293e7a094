/** Heads that wait for a person to approve them: `<stateDir>/models/held/<id>/`, beside the folder of heads. */
import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Logger } from 'pino';
import * as z from 'zod';
import type { HeadBundle, HeadManifest } from '../../activity/head-bundle.ts';
import { storageError } from '../../base/storage-error.ts';
import { SurfwatchError } from '../../errors.ts';
import { reasonSchema } from '../../messaging/payload-parts.ts';
import { saveHead } from '../fit/save-head.ts';
import { isHeadId } from './head-id.ts';
import { figuresSchema } from './history.ts';
import { loadRiderHead } from './resolve.ts';
import { namesIn, removeHead, sweep } from './tidy.ts';
import type { HeldHead } from './types.ts';

const NOTE = 'held.json';
const OVERLAY = 'overlay.jpg';

const count = z.number().int().min(0);
const heldSchema = z.object({
  id: z.string().refine(isHeadId),
  at: z.iso.datetime(),
  from: z.string(),
  job: z.string().nullable(),
  reasons: z.array(reasonSchema),
  figures: figuresSchema,
  samples: z.object({ base: count, board: count, boardHeld: count }),
  overlay: z.boolean(),
});

export function heldFolder(board: string): string {
  return join(dirname(board), 'held');
}

/** At most one waits: a newer one takes its place. */
export interface HeldHeads {
  readonly waiting: HeldHead | null;
  /** On disk when it returns. @throws SurfwatchError `disk-full`, `state-unwritable`, `storage-failed`, `model-invalid` */
  put(head: HeadBundle, held: HeldHead, overlay: Uint8Array | null): Promise<void>;
  /** The one that waits, if it is this. @throws SurfwatchError `model-not-held` */
  of(id: string): HeldHead;
  /** @throws SurfwatchError `model-not-held`, `model-missing`, `model-invalid` */
  load(id: string): Promise<{ readonly head: HeadBundle; readonly held: HeldHead }>;
  /** @throws SurfwatchError `model-not-held`, `model-overlay-none` */
  overlay(id: string): Promise<Buffer>;
  /** Does away with the one that waits. @throws SurfwatchError `disk-full`, `state-unwritable`, `storage-failed` */
  clear(): Promise<void>;
}

/** @param wasUsed whether a head was promoted: a power cut may have left it here as well */
export async function openHeldHeads(
  board: string,
  backbone: HeadManifest['backbone'],
  wasUsed: (id: string) => boolean,
  log: Logger,
): Promise<HeldHeads> {
  const folder = heldFolder(board);
  const warn = (error: unknown) => log.warn({ err: error }, 'a held head cannot be deleted');
  await sweep(folder).catch(warn);
  let newest = (await readHeld(folder, log).catch(() => [])).at(-1) ?? null;
  const waiting = () => (newest !== null && wasUsed(newest.id) ? null : newest);

  const of = (id: string): HeldHead => {
    const held = waiting();
    if (held?.id === id) return held;
    const which = held === null ? 'none does' : `the one that does is ${held.id}`;
    throw new SurfwatchError(
      'model-not-held',
      `head ${JSON.stringify(id)} does not wait for approval: ${which}`,
    );
  };

  return {
    get waiting() {
      return waiting();
    },
    of,
    async put(head, held, overlay) {
      const path = join(folder, held.id);
      try {
        await mkdir(folder, { recursive: true });
        await saveHead(folder, head, {
          [NOTE]: `${JSON.stringify(held, null, 1)}\n`,
          ...(overlay !== null && { [OVERLAY]: overlay }),
        });
        // What cannot be loaded cannot be approved.
        await loadRiderHead(folder, held.id, backbone);
      } catch (error) {
        for (const left of [path, `${path}.new`])
          await rm(left, { recursive: true, force: true }).catch(() => undefined);
        throw storageError(error, path);
      }
      newest = held;
      await removeAllBut(folder, held.id).catch(warn);
    },
    async load(id) {
      const held = of(id);
      return { head: await loadRiderHead(folder, id, backbone), held };
    },
    async overlay(id) {
      of(id);
      const bytes = await readFile(join(folder, id, OVERLAY)).catch(() => null);
      if (bytes === null) throw new SurfwatchError('model-overlay-none', `no picture of head ${id} is kept`);
      return bytes;
    },
    async clear() {
      try {
        await removeAllBut(folder, null);
      } catch (error) {
        throw storageError(error, folder);
      }
      newest = null;
    },
  };
}

/** Oldest first; what is damaged is left out. */
async function readHeld(folder: string, log: Logger): Promise<HeldHead[]> {
  const found: HeldHead[] = [];
  for (const id of await namesIn(folder)) {
    const held = parsed(await readFile(join(folder, id, NOTE), 'utf8').catch(() => ''));
    if (held?.id === id) found.push(held);
    else log.warn({ head: id }, 'a head that waited for approval is damaged and was dropped');
  }
  return found.sort((a, b) => a.at.localeCompare(b.at));
}

async function removeAllBut(folder: string, id: string | null): Promise<void> {
  for (const name of await namesIn(folder)) if (name !== id) await removeHead(folder, name);
}

function parsed(text: string): HeldHead | undefined {
  try {
    return heldSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
