/**
 * The archive of a backup: a tar file, compressed by gzip, whose check sum (CRC-32) tells of damage. First comes
 * `manifest.json`, then the files of the state under `state/` and the config files under `config/`.
 */
import { createWriteStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { extract, type Pack, pack } from 'tar-stream';
import * as z from 'zod';
import { codeOf } from '../../base/storage-error.ts';
import { messageOf, SurfwatchError } from '../../errors.ts';

/** Raised when an older program could not read a backup. */
const FORMAT = 2;
const MANIFEST = 'manifest.json';
const MAX_MANIFEST_BYTES = 1e6;
/** What file systems take. */
const MAX_NAME_BYTES = 1024;
const MAX_PART_BYTES = 255;

export const STATE_PREFIX = 'state/';

const manifestSchema = z.object({
  format: z.literal(FORMAT),
  /** Version of the program that made it. */
  surfwatch: z.string(),
  createdAt: z.iso.datetime(),
  site: z.string(),
  /** Name of the computer. */
  host: z.string(),
  /** Databases that were damaged, and so were left out. */
  damaged: z.array(z.string()),
  /** Where the config files were; the first is `config/0.json` here. */
  config: z.array(z.string()),
});

/** What a backup says of itself. */
export type Manifest = Omit<z.infer<typeof manifestSchema>, 'format'>;

export interface FileToArchive {
  /** Absolute. */
  readonly from: string;
  /** In the archive. */
  readonly name: string;
}

/** What is in an archive. */
export interface Content {
  readonly files: number;
  readonly pictures: number;
  /** Size of all files, uncompressed. */
  readonly bytes: number;
}

/**
 * On disk (fsync) when it resolves. Readable by its owner alone: there may be passwords in the config, and people in the
 * pictures. A picture that the daemon deletes meanwhile is left out.
 *
 * @param onBytes told how many more bytes were read
 * @throws whatever the file system says
 */
export async function writeArchive(
  to: string,
  manifest: Manifest,
  files: readonly FileToArchive[],
  onBytes: (bytes: number) => void,
): Promise<Content> {
  const tar = pack();
  // Most of it are pictures, which hardly get smaller: the fastest level does.
  const gzip = createGzip({ level: 1 });
  const output = createWriteStream(to, { flags: 'wx', mode: 0o600, flush: true });
  const written = pipeline(Readable.from(tar), gzip, output).catch((error: Error) => {
    tar.destroy(error);
    throw error;
  });
  const [content] = await Promise.all([addAll(tar, manifest, files, onBytes), written]);
  return content;
}

async function addAll(
  tar: Pack,
  manifest: Manifest,
  files: readonly FileToArchive[],
  onBytes: (bytes: number) => void,
): Promise<Content> {
  const content = counting();
  try {
    tar.entry({ name: MANIFEST, mode: 0o600 }, JSON.stringify({ format: FORMAT, ...manifest }));
    for (const file of files) {
      const size = await addFile(tar, file, onBytes);
      if (size !== null) content.add(file.name, size);
    }
    tar.finalize();
    return content.sum();
  } catch (error) {
    // Or the archive would be waited for without end.
    tar.destroy(error as Error);
    throw error;
  }
}

/** @returns its size in bytes; null for a picture that is gone */
async function addFile(
  tar: Pack,
  { from, name }: FileToArchive,
  onBytes: (bytes: number) => void,
): Promise<number | null> {
  let file: FileHandle;
  try {
    file = await open(from, 'r');
  } catch (error) {
    if (isPicture(name) && codeOf(error) === 'ENOENT') return null;
    throw error;
  }
  try {
    const { size, mtime } = await file.stat();
    await new Promise<void>((resolve, reject) => {
      const entry = tar.entry({ name, size, mode: 0o600, mtime }, error =>
        error ? reject(error) : resolve(),
      );
      if (size === 0) return void entry.end(null);
      const source = file.createReadStream({ autoClose: false, end: size - 1 });
      source.on('error', error => entry.destroy(error));
      source.on('data', chunk => onBytes(chunk.length));
      source.pipe(entry);
    });
    return size;
  } finally {
    await file.close();
  }
}

export interface Reading {
  /** Called first, before any file. @throws where it is not the backup that is meant */
  readonly onManifest?: (manifest: Manifest) => void;
  /** Takes the bytes of a file, to be read to their end. They are only to be believed once all of it has been read. */
  readonly take?: (name: string, bytes: AsyncIterable<Buffer>) => Promise<void>;
  /** Told how many more bytes of the archive were read. */
  readonly onBytes?: (bytes: number) => void;
}

/**
 * Reads all of an archive, with its check sum.
 *
 * @param archive closed when it was read
 * @param path for messages
 * @throws SurfwatchError `backup-unreadable`; what the functions given throw
 */
export async function readArchive(
  archive: FileHandle,
  path: string,
  { onManifest = () => undefined, take = toNowhere, onBytes = () => undefined }: Reading,
): Promise<Content & { readonly manifest: Manifest }> {
  const content = counting();
  let manifest: Manifest | undefined;
  let refusal: unknown;
  const mine = async (work: () => void | Promise<void>) => {
    try {
      await work();
    } catch (error) {
      refusal = error;
      throw error;
    }
  };
  const source = archive.createReadStream({ start: 0 });
  source.on('data', chunk => onBytes(chunk.length));
  const entries = extract();
  const broken = pipeline(source, createGunzip(), entries).then(
    () => undefined,
    (fault: unknown) => fault,
  );
  try {
    for await (const entry of entries) {
      const { name, type, size } = entry.header;
      const bytes = entry as AsyncIterable<Buffer>;
      if (manifest === undefined) {
        if (name !== MANIFEST || size > MAX_MANIFEST_BYTES)
          throw new Error('it does not begin with a manifest');
        const found = parseManifest((await buffer(bytes)).toString());
        manifest = found;
        await mine(() => onManifest(found));
        continue;
      }
      const shown = JSON.stringify(name.slice(0, 200));
      if (type !== 'file') throw new Error(`${shown} is not a file but a ${type ?? 'thing unknown'}`);
      if (!isArchiveName(name)) throw new Error(`${shown} is not a name of a file in a backup`);
      await mine(() => take(name, bytes));
      content.add(name, size ?? 0);
    }
    const fault = await broken;
    if (fault !== undefined) throw fault;
    if (manifest === undefined) throw new Error('it is empty');
    return { manifest, ...content.sum() };
  } catch (error) {
    // A stream that breaks fails whoever reads it, too.
    if (refusal !== undefined && refusal !== (await broken)) throw refusal;
    throw new SurfwatchError('backup-unreadable', `${path}: ${messageOf(error)}`, { cause: error });
  }
}

async function toNowhere(_name: string, bytes: AsyncIterable<Buffer>): Promise<void> {
  for await (const _ of bytes);
}

function parseManifest(text: string): Manifest {
  const content: unknown = JSON.parse(text);
  const { format } = z.looseObject({ format: z.int() }).parse(content);
  if (format > FORMAT)
    throw new Error(`it has format ${format}, of a newer surfwatch; this one knows ${FORMAT} at most`);
  return manifestSchema.parse(content);
}

/**
 * Whether a file of that name may be put into a folder: relative, of plain parts, in one of the two folders of a backup.
 * What this program never puts there, such as a lock, is no such name.
 */
function isArchiveName(name: string): boolean {
  if (Buffer.byteLength(name) > MAX_NAME_BYTES || !/^(state|config)\/./.test(name)) return false;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for
  if (/[\\:\u0000-\u001f\u007f]/.test(name)) return false;
  const parts = name.split('/');
  if (parts.some(part => part === '' || part === '.' || part === '..')) return false;
  if (parts.some(part => Buffer.byteLength(part) > MAX_PART_BYTES)) return false;
  return !/^state\/(backups|restore|restore\.new|lock\.(db|db-journal|json))(\/|$)/.test(name);
}

function isPicture(name: string): boolean {
  return name.endsWith('.jpg');
}

function counting() {
  let [files, pictures, bytes] = [0, 0, 0];
  return {
    add: (name: string, size: number) => {
      files += 1;
      if (isPicture(name)) pictures += 1;
      bytes += size;
    },
    sum: (): Content => ({ files, pictures, bytes }),
  };
}
