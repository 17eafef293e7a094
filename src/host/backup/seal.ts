/**
 * The end of a backup: a file `SHA256` over all bytes before it, then the end of the archive. All of it follows from those
 * bytes, so that no byte of a backup can change unnoticed. `tar` reads it as a file like the others.
 */
import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';
import { SurfwatchError } from '../../errors.ts';

const SEAL = 'SHA256';
/** A header, a block with the sum, and the two empty blocks that end an archive. */
const SEAL_BYTES = 4 * 512;

/** @param digest SHA-256, hexadecimal, of what goes before */
export function sealOf(digest: string): Promise<Buffer> {
  const end = pack();
  end.entry({ name: SEAL, mode: 0o600, mtime: new Date(0) }, `${digest}\n`);
  end.finalize();
  return buffer(end);
}

/**
 * The bytes of an archive as they come, but for the seal; it is compared when they are over.
 *
 * @param place for the message
 * @throws SurfwatchError `backup-unreadable` after the last byte, where they are not those that were sealed
 */
export async function* unsealed(
  chunks: AsyncIterable<Buffer>,
  place: string,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  let tail: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    onBytes(chunk.length);
    const all = Buffer.concat([tail, chunk]);
    const body = all.subarray(0, Math.max(0, all.length - SEAL_BYTES));
    tail = all.subarray(body.length);
    hash.update(body);
    if (body.length > 0) yield body;
  }
  if ((await sealOf(hash.digest('hex'))).equals(tail)) return;
  throw new SurfwatchError('backup-unreadable', `${place} is damaged or no backup: its check sum is wrong`);
}
