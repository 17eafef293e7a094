/** What is known of a collected picture: kept in a file beside it, `<picture>.json`. */
import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { replaceFile } from '../../base/durable.ts';
import { messageOf, SurfwatchError } from '../../errors.ts';
import { candidateSchema } from './candidate.ts';

const provenanceSchema = candidateSchema.omit({ scaled: true, side: true }).extend({
  format: z.literal(1),
  query: z.string(),
  /** The address that was fetched: `original`, or the scaled copy. */
  fetched: z.string(),
  /** Whether it is the API's smaller copy: licences ask to say what was changed. */
  isScaled: z.boolean(),
  /** ISO 8601. */
  retrievedAt: z.string(),
  /** SHA-256 of the file. */
  sha256: z.string(),
  bytes: z.number(),
  width: z.number(),
  height: z.number(),
});

export type Provenance = Readonly<z.infer<typeof provenanceSchema>>;

const ENDING = '.json';

export function sidecarOf(picture: string): string {
  return `${picture}${ENDING}`;
}

/** The picture that a sidecar's name belongs to, or null for another kind of file. */
export function pictureOf(sidecar: string): string | null {
  return /\.(jpg|png|webp)\.json$/.test(sidecar) ? sidecar.slice(0, -ENDING.length) : null;
}

export async function writeProvenance(picture: string, provenance: Provenance): Promise<void> {
  await replaceFile(sidecarOf(picture), `${JSON.stringify(provenance, null, 2)}\n`);
}

/** @throws SurfwatchError `collection-unusable` */
export async function readProvenance(picture: string): Promise<Provenance> {
  const path = sidecarOf(picture);
  try {
    return provenanceSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error);
    throw new SurfwatchError('collection-unusable', `${path}: ${reason}`, { cause: error });
  }
}
