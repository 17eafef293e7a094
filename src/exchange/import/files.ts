/** The files of a model: one by itself, those of a folder, or those in a zip archive. */
import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import { messageOf, SurfwatchError } from '../../errors.ts';

export interface ModelFiles {
  /** The one that holds the model: `model.json`, `*.keras`, `*.h5`. */
  readonly main: { readonly name: string; readonly bytes: Uint8Array };
  /** Another by its name without folders; undefined where there is none. */
  readonly beside: (name: string) => Promise<Uint8Array | undefined>;
  /** Path or address as it was given, for messages. */
  readonly origin: string;
  /** SHA-256 of the file or archive that was given; undefined for a folder. */
  readonly sha256: string | undefined;
}

/** Files beyond this are no MobileNetV2: the widest, with its optimiser's state, has 75 MB. */
export const MAX_BYTES = 256 * 1024 * 1024;

/** @throws SurfwatchError `import-unreadable` */
export async function openModelFiles(path: string): Promise<ModelFiles> {
  try {
    const found = await stat(path);
    const folder = found.isDirectory() ? path : dirname(path);
    const name = found.isDirectory() ? mainOf(await readdir(path), path) : basename(path);
    const { size } = await stat(join(folder, name));
    if (size > MAX_BYTES) {
      throw new SurfwatchError('import-unreadable', `${path} has ${size} bytes, more than ${MAX_BYTES}`);
    }
    const beside = (other: string) => readFile(join(folder, basename(other))).catch(() => undefined);
    const files = unpacked(await readFile(join(folder, name)), name, path, beside);
    return found.isDirectory() ? { ...files, sha256: undefined } : files;
  } catch (error) {
    if (error instanceof SurfwatchError) throw error;
    throw new SurfwatchError('import-unreadable', `cannot read ${path}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/**
 * Files that are in memory already: a download.
 *
 * @throws SurfwatchError `import-unreadable`
 */
export function modelFilesOf(bytes: Uint8Array, name: string, origin: string): ModelFiles {
  return unpacked(bytes, name, origin, async () => undefined);
}

/** Looks into an archive, unless it is a `.keras` file, which is one by itself. */
function unpacked(bytes: Uint8Array, name: string, origin: string, beside: ModelFiles['beside']): ModelFiles {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (!isZip(bytes) || name.endsWith('.keras')) return { main: { name, bytes }, beside, origin, sha256 };
  const entries = new Map(Object.entries(unzip(bytes, origin)).map(([path, data]) => [basename(path), data]));
  const main = mainOf([...entries.keys()], origin);
  return {
    main: { name: main, bytes: entries.get(main) ?? new Uint8Array() },
    beside: async other => entries.get(basename(other)),
    origin,
    sha256,
  };
}

export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;
}

/** @throws SurfwatchError `import-unreadable` where it is damaged, or unpacks to more than is reasonable */
export function unzip(bytes: Uint8Array, origin: string): Record<string, Uint8Array> {
  let total = 0;
  try {
    return unzipSync(bytes, {
      filter: ({ originalSize }) => {
        total += originalSize;
        if (total > MAX_BYTES) throw new Error(`it unpacks to more than ${MAX_BYTES} bytes`);
        return true;
      },
    });
  } catch (error) {
    throw new SurfwatchError('import-unreadable', `${origin} is no sound zip archive: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

function mainOf(names: readonly string[], origin: string): string {
  const name =
    names.find(file => file === 'model.json') ??
    names.find(file => file.endsWith('.keras')) ??
    names.find(file => /\.(?:h5|hdf5)$/.test(file));
  if (name !== undefined) return name;
  throw new SurfwatchError('import-unreadable', `${origin} holds no model.json, no .keras and no .h5 file`);
}
