/** Reads the archive of a backup: checks it wholly, or takes its files out. */
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { extract, type Header } from 'tar-stream';
import { messageOf, SurfwatchError } from '../../errors.ts';
import {
  type ArchivedFile,
  isArchiveName,
  MANIFEST,
  type Manifest,
  nameThatIsFolder,
  readManifest,
} from './manifest.ts';
import { unsealed } from './seal.ts';

/** Of a hundred thousand files it has 15 MB. */
const MAX_MANIFEST_BYTES = 1e8;

/** Takes the bytes of a file. To be read to their end. */
export type Take = (name: string, mode: number, bytes: AsyncIterable<Buffer>) => Promise<void>;

export interface OpenArchive {
  /** For messages. */
  readonly path: string;
  /** Left open. */
  readonly file: FileHandle;
}

/**
 * Reads all of it. What `take` was given is only to be believed when this has resolved.
 *
 * @throws SurfwatchError `backup-unreadable`; whatever `take` throws
 */
export async function readArchive(
  { path, file }: OpenArchive,
  take: Take,
  onBytes: (bytes: number) => void,
): Promise<Manifest> {
  const found: ArchivedFile[] = [];
  let manifest: Manifest | undefined;
  let taking: unknown;
  const source = Readable.from(
    unsealed(file.createReadStream({ start: 0, autoClose: false }), path, onBytes),
    { objectMode: false },
  );
  const entries = extract();
  source.on('error', error => entries.destroy(error));
  source.pipe(entries);
  try {
    for await (const entry of entries) {
      const { name, type, size, mode } = entry.header;
      if (manifest !== undefined) throw unreadable(path, `${show(name)} comes after the manifest`);
      if (type !== 'file')
        throw unreadable(path, `${show(name)} is no file but a ${type ?? 'thing unknown'}`);
      if (name === MANIFEST) {
        if (size > MAX_MANIFEST_BYTES) throw unreadable(path, 'its manifest is too large');
        manifest = readManifest((await buffer(entry as AsyncIterable<Buffer>)).toString(), path);
        continue;
      }
      if (!isArchiveName(name)) throw unreadable(path, `${show(name)} is no name of a file in a backup`);
      found.push(
        await takeOne(entry.header, entry as AsyncIterable<Buffer>, bytes =>
          take(name, mode & 0o777, bytes).catch((error: unknown) => {
            taking = error;
            throw error;
          }),
        ),
      );
    }
  } catch (error) {
    if (taking !== undefined) throw taking;
    throw error instanceof SurfwatchError ? error : unreadable(path, messageOf(error), error);
  } finally {
    source.destroy();
  }
  if (manifest === undefined) throw unreadable(path, 'it has no manifest');
  compare(found, manifest, path);
  return manifest;
}

async function takeOne(
  { name }: Header,
  content: AsyncIterable<Buffer>,
  take: (bytes: AsyncIterable<Buffer>) => Promise<void>,
): Promise<ArchivedFile> {
  const hash = createHash('sha256');
  let bytes = 0;
  const noted = async function* (): AsyncGenerator<Buffer> {
    for await (const chunk of content) {
      hash.update(chunk);
      bytes += chunk.length;
      yield chunk;
    }
  };
  await take(noted());
  return { path: name, bytes, sha256: hash.digest('hex') };
}

/** A byte that changed is found by the seal; here is found what another program put together. */
function compare(found: readonly ArchivedFile[], { files }: Manifest, path: string): void {
  const names = found.map(file => file.path);
  const folder = nameThatIsFolder(names);
  if (folder !== undefined) throw unreadable(path, `${show(folder)} is a file and a folder in it`);
  if (new Set(names).size < names.length) throw unreadable(path, 'it has a file twice');
  const said = new Map(files.map(file => [file.path, file]));
  const differing = found.find(({ path: name, bytes, sha256 }) => {
    const file = said.get(name);
    return file?.bytes !== bytes || file.sha256 !== sha256;
  });
  if (differing !== undefined)
    throw unreadable(path, `${show(differing.path)} is not as the manifest has it`);
  if (said.size !== found.length || files.length !== found.length)
    throw unreadable(path, 'it lacks files that its manifest has');
}

function unreadable(path: string, what: string, cause?: unknown): SurfwatchError {
  return new SurfwatchError('backup-unreadable', `${path}: ${what}`, { cause });
}

/** A name may hold anything. */
function show(name: string): string {
  return JSON.stringify(name.slice(0, 200));
}
