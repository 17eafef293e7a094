/** The base set that came with the program: of the head in use if that is a shipped one, else of the shipped default. */
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { BeachReader } from '../../activity/beach-reader.ts';
import { messageOf } from '../../errors.ts';
import { loadBase } from '../base/base-files.ts';
import type { ModelStore } from '../models/types.ts';
import type { BaseSet } from '../retrain/types.ts';

export interface BaseDeps {
  /** `<models.dir>/riders` */
  readonly shippedHeads: string;
  readonly store: Pick<ModelStore, 'list'>;
  readonly reader: Pick<BeachReader, 'head' | 'backbone'>;
  readonly log: Logger;
}

/** Reads it anew. @returns null where there is none that fits the backbone; the log says why */
export async function loadShippedBase({
  shippedHeads,
  store,
  reader,
  log,
}: BaseDeps): Promise<BaseSet | null> {
  const current = reader.head.manifest.id;
  try {
    const shipped = (await store.list()).filter(({ origin }) => origin === 'shipped');
    const { id = current } = shipped.find(head => head.id === current) ?? shipped[0] ?? {};
    const base = await loadBase(join(shippedHeads, id));
    const { width, backbone } = reader.head.manifest;
    if (base === null || (base.backbone === backbone.sha256 && base.set.width === width)) return base;
    log.warn({ head: id }, 'the base set belongs to another backbone and is not used');
  } catch (error) {
    log.warn({ err: error }, `the base set cannot be used: ${messageOf(error)}`);
  }
  return null;
}

/** At most so many rows of the base set, evenly spread: [rows, width]. */
export function thinnedBase({ set }: BaseSet, most: number): Float32Array {
  const rows = set.samples.length;
  const step = Math.max(1, rows / most);
  const chosen = Array.from({ length: Math.min(rows, most) }, (_, index) => Math.floor(index * step));
  const result = new Float32Array(chosen.length * set.width);
  for (const [to, from] of chosen.entries()) {
    result.set(set.embeddings.subarray(from * set.width, (from + 1) * set.width), to * set.width);
  }
  return result;
}
