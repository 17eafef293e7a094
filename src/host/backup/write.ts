/** Writes the archive of a backup: files one after the other, then the manifest, then the seal. */
import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { type Pack, pack } from 'tar-stream';
import { codeOf } from '../../base/storage-error.ts';
import { type ArchivedFile, MANIFEST, manifestText, type Origin } from './manifest.ts';
import { sealOf } from './seal.ts';

export interface FileToArchive {
  /** Absolute. */
  readonly from: string;
  /** In the archive. */
  readonly name: string;
  /** It may be gone when its turn comes, as a picture of a running daemon may be. */
  readonly mayBeGone?: boolean;
}

/** The empty blocks that end an archive: here the seal brings them. */
const END_BYTES = 1024;
const NEVER_CHANGES = new Date(0);

/**
 * On disk (fsync) when it resolves. For the owner alone: there may be passwords in the config, and people on pictures.
 *
 * @param onBytes told of what was read
 * @returns the files that are in it
 * @throws whatever the file system says
 */
export async function writeArchive(
  to: string,
  files: readonly FileToArchive[],
  origin: Origin,
  onBytes: (bytes: number) => void,
): Promise<ArchivedFile[]> {
  const tar = pack();
  const archive = await open(to, 'wx', 0o600);
  try {
    const [archived] = await Promise.all([putAll(tar, files, origin, onBytes), drain(tar, archive)]);
    await archive.sync();
    return archived;
  } finally {
    tar.destroy();
    await archive.close();
  }
}

async function putAll(
  tar: Pack,
  files: readonly FileToArchive[],
  origin: Origin,
  onBytes: (bytes: number) => void,
): Promise<ArchivedFile[]> {
  try {
    const archived: ArchivedFile[] = [];
    for (const file of files) {
      const put = await putFile(tar, file, onBytes);
      if (put !== null) archived.push(put);
    }
    const mtime = new Date(origin.createdAt);
    tar.entry({ name: MANIFEST, mode: 0o600, mtime }, manifestText(origin, archived));
    tar.finalize();
    return archived;
  } catch (error) {
    // Or the archive would be waited for without end.
    tar.destroy(error as Error);
    throw error;
  }
}

/** Null where it is gone. */
async function putFile(
  tar: Pack,
  { from, name, mayBeGone = false }: FileToArchive,
  onBytes: (bytes: number) => void,
): Promise<ArchivedFile | null> {
  let file: FileHandle;
  try {
    file = await open(from, 'r');
  } catch (error) {
    if (mayBeGone && codeOf(error) === 'ENOENT') return null;
    throw error;
  }
  try {
    const { size, mode, mtime } = await file.stat();
    const hash = createHash('sha256');
    const source = file.createReadStream({ autoClose: false, ...(size > 0 && { end: size - 1 }) });
    await new Promise<void>((resolve, reject) => {
      const done = (error?: Error | null) => (error ? reject(error) : resolve());
      const entry = tar.entry({ name, size, mode: mode & 0o777, mtime: mtime ?? NEVER_CHANGES }, done);
      if (size === 0) return void entry.end(null);
      source.on('error', error => entry.destroy(error));
      source.on('data', chunk => {
        hash.update(chunk);
        onBytes(chunk.length);
      });
      source.pipe(entry);
    });
    return { path: name, bytes: size, sha256: hash.digest('hex') };
  } finally {
    await file.close();
  }
}

async function drain(tar: Pack, archive: FileHandle): Promise<void> {
  const hash = createHash('sha256');
  let tail: Buffer = Buffer.alloc(0);
  try {
    for await (const chunk of tar as AsyncIterable<Buffer>) {
      const all = Buffer.concat([tail, chunk]);
      const body = all.subarray(0, Math.max(0, all.length - END_BYTES));
      tail = all.subarray(body.length);
      hash.update(body);
      await writeWhole(archive, body);
    }
    await writeWhole(archive, await sealOf(hash.digest('hex')));
  } catch (error) {
    tar.destroy(error as Error);
    throw error;
  }
}

/** A nearly full disk takes a part. */
async function writeWhole(archive: FileHandle, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length; ) at += (await archive.write(bytes, at)).bytesWritten;
}
