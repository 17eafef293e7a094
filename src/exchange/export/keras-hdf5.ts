/** Writes HDF5 files in memory. */
import type { Tensor } from '../import/tensor.ts';

export interface Hdf5Draft {
  /** By path, without a leading slash. Groups come into being with what lies in them. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** Groups by path, with their text attributes; `` is the root. */
  readonly groups: ReadonlyMap<string, Readonly<Record<string, string | readonly string[]>>>;
}

let files = 0;

export async function writeHdf5({ tensors, groups }: Hdf5Draft): Promise<Uint8Array> {
  const { ready, File } = await import('h5wasm');
  const { FS, activate_throwing_error_handler: throwErrors } = await ready;
  throwErrors();
  // In the memory of the library, not on disk.
  const path = `write-${files++}.h5`;
  const file = new File(path, 'w');
  try {
    for (const group of foldersOf([...tensors.keys()], [...groups.keys()])) file.create_group(group);
    for (const [name, { shape, values }] of tensors) {
      file.create_dataset({ name, data: values, shape: [...shape], dtype: '<f' });
    }
    for (const [group, attributes] of groups) {
      const entity = group === '' ? file : file.get(group);
      if (entity === null || !('create_attribute' in entity)) continue;
      for (const [name, text] of Object.entries(attributes)) writeText(entity, name, text);
    }
    file.close();
    return FS.readFile(path);
  } finally {
    FS.unlink(path);
  }
}

interface Attributed {
  create_attribute(
    name: string,
    data: string | string[],
    shape?: number[] | null,
    dtype?: string | null,
  ): void;
}

/** Lists of fixed length, as Keras writes them; an empty one has no text to tell the type from. */
function writeText(entity: Attributed, name: string, text: string | readonly string[]): void {
  if (typeof text === 'string') entity.create_attribute(name, text);
  else if (text.length > 0) {
    const longest = Math.max(...text.map(entry => Buffer.byteLength(entry)));
    entity.create_attribute(name, [...text], [text.length], `S${longest}`);
  }
}

/** All groups above the datasets, each after those above it. */
function foldersOf(datasets: readonly string[], groups: readonly string[]): string[] {
  const parents = (path: string) =>
    path.split('/').map((_, index, parts) => parts.slice(0, index + 1).join('/'));
  const all = [...datasets.flatMap(path => parents(path).slice(0, -1)), ...groups.flatMap(parents)];
  return [...new Set(all)]
    .filter(path => path !== '')
    .sort((a, b) => a.split('/').length - b.split('/').length);
}
