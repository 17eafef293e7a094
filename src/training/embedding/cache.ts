/** Keeps embeddings on disk, a file a picture, so that nothing is embedded twice. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { float16ToFloat32, float32ToFloat16 } from '../../vision/float16.ts';
import type { ViewLabel } from './view.ts';

export interface EmbeddedViews {
  readonly views: readonly ViewLabel[];
  /** [views, width], rounded to half precision. */
  readonly embeddings: Float32Array;
}

export interface EmbeddingCache {
  /** Null where it is not kept, or damaged. */
  read(key: string): Promise<EmbeddedViews | null>;
  /** Never fails: a full disk costs time, not the training. */
  write(key: string, entry: EmbeddedViews): Promise<void>;
}

const headerSchema = z.object({
  sha256: z.string(),
  views: z.array(
    z.object({
      part: z.string(),
      activities: z.array(z.string()),
      augmented: z.boolean(),
    }),
  ),
});

/** Everything that the embeddings depend on, as one name. */
export function cacheKey(parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length} ${part}\n`);
  return hash.digest('hex');
}

/** @param directory made when first written to */
export function openCache(directory: string): EmbeddingCache {
  const pathOf = (key: string) => join(directory, key.slice(0, 2), `${key.slice(2)}.embeddings`);
  return {
    read: async key => {
      try {
        return unpack(await readFile(pathOf(key)));
      } catch {
        return null;
      }
    },
    write: async (key, entry) => {
      const path = pathOf(key);
      const aside = `${path}.${randomUUID()}`;
      try {
        await mkdir(dirname(path), { recursive: true });
        await writeFile(aside, pack(entry));
        await rename(aside, path);
      } catch {
        await rm(aside, { force: true }).catch(() => undefined);
      }
    },
  };
}

/** Rounds to what the cache keeps, so that a head is the same with and without one. */
export function asCached(embeddings: Float32Array): Float32Array {
  return float16ToFloat32(float32ToFloat16(embeddings));
}

/** Length of the header in bytes (uint32, little-endian), header (JSON), float16 numbers. */
function pack({ views, embeddings }: EmbeddedViews): Buffer {
  const numbers = float32ToFloat16(embeddings);
  const header = Buffer.from(JSON.stringify({ sha256: sha256(numbers, views), views }));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(header.length);
  return Buffer.concat([length, header, numbers]);
}

function unpack(bytes: Buffer): EmbeddedViews {
  const end = 4 + bytes.readUInt32LE(0);
  const header = headerSchema.parse(JSON.parse(bytes.toString('utf8', 4, end)));
  const numbers = bytes.subarray(end);
  if (sha256(numbers, header.views) !== header.sha256) throw new Error('damaged');
  return { views: header.views, embeddings: float16ToFloat32(numbers) };
}

function sha256(bytes: Uint8Array, views: readonly ViewLabel[]): string {
  const labels = views.map(({ part, activities, augmented }) => [part, activities, augmented]);
  return createHash('sha256').update(JSON.stringify(labels)).update(bytes).digest('hex');
}
