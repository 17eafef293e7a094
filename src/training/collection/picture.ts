/** Checks what was fetched, and keeps it. */
import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { replaceFile } from '../../base/durable.ts';
import { imageType } from '../../base/image-type.ts';
import { type Candidate, keyOf } from './candidate.ts';
import { type Provenance, writeProvenance } from './provenance.ts';
import type { Shelved } from './shelf.ts';

/** Shorter sides show too little to learn from, whatever is cut out of them. */
const SMALLEST_SIDE = 160;
const MAX_PIXELS = 100_000_000;

export interface FetchedPicture {
  readonly bytes: Buffer;
  readonly extension: 'jpg' | 'png' | 'webp';
  /** Pixels, upright. */
  readonly width: number;
  readonly height: number;
  readonly sha256: string;
}

/** The picture, decoded to its end once; or what is wrong with it. */
export async function checkPicture(bytes: Buffer): Promise<FetchedPicture | 'not-a-picture' | 'too-small'> {
  const type = imageType(bytes);
  if (type === undefined) return 'not-a-picture';
  try {
    const limits = { limitInputPixels: MAX_PIXELS, failOn: 'error' } as const;
    const { autoOrient } = await sharp(bytes, limits).metadata();
    if (Math.min(autoOrient.width, autoOrient.height) < SMALLEST_SIDE) return 'too-small';
    await sharp(bytes, limits).resize(32, 32).raw().toBuffer();
    return {
      bytes,
      extension: type === 'jpeg' ? 'jpg' : type,
      width: autoOrient.width,
      height: autoOrient.height,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    };
  } catch {
    return 'not-a-picture';
  }
}

/** A name of ours, always the same for a picture: nothing in it comes from the network. */
function pictureName(candidate: Pick<Candidate, 'api' | 'id'>, extension: string): string {
  const hash = createHash('sha256').update(keyOf(candidate)).digest('hex').slice(0, 16);
  return `${candidate.api}-${hash}.${extension}`;
}

export interface KeepOptions {
  readonly folder: string;
  readonly className: string;
  readonly query: string;
  readonly fetched: string;
  /** ISO 8601. */
  readonly retrievedAt: string;
}

/** Writes the provenance, then the picture: whatever ends the run, no picture lies there without its licence. */
export async function keepPicture(
  candidate: Candidate,
  picture: FetchedPicture,
  { folder, className, query, fetched, retrievedAt }: KeepOptions,
): Promise<Shelved> {
  const name = pictureName(candidate, picture.extension);
  const path = join(folder, className, name);
  const { scaled: _scaled, side: _side, ...known } = candidate;
  const provenance: Provenance = {
    format: 1,
    ...known,
    query,
    fetched,
    isScaled: fetched !== candidate.original,
    retrievedAt,
    sha256: picture.sha256,
    bytes: picture.bytes.length,
    width: picture.width,
    height: picture.height,
  };
  await mkdir(join(folder, className), { recursive: true });
  await writeProvenance(path, provenance);
  await replaceFile(path, picture.bytes);
  return { className, file: `${className}/${name}`, provenance };
}
