/** Reads HDF5 files in memory: Keras keeps weights, and in older files the whole model, in them. */
import { messageOf, SurfwatchError } from '../../errors.ts';
import type { Tensor } from './tensor.ts';

export interface Hdf5 {
  /** Path without a leading slash, in the order of the file. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** Text attributes as `<path>@<name>`; those of the root as `@<name>`. */
  readonly attributes: ReadonlyMap<string, string | readonly string[]>;
}

const SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

export function isHdf5(bytes: Uint8Array): boolean {
  return SIGNATURE.every((byte, index) => bytes[index] === byte);
}

let files = 0;

/**
 * @param name of the file, for messages
 * @throws SurfwatchError `import-unreadable`
 */
export async function readHdf5(bytes: Uint8Array, name: string): Promise<Hdf5> {
  if (!isHdf5(bytes)) throw new SurfwatchError('import-unreadable', `${name} is no HDF5 file`);
  const h5wasm = await import('h5wasm');
  const { FS, activate_throwing_error_handler: throwErrors } = await h5wasm.ready;
  // Without this the library prints its errors and goes on.
  throwErrors();
  // In the memory of the library, not on disk.
  const path = `read-${files++}.h5`;
  FS.writeFile(path, bytes);
  try {
    const file = new h5wasm.File(path, 'r');
    try {
      const found = { tensors: new Map<string, Tensor>(), attributes: new Map<string, string | string[]>() };
      collect(h5wasm, file, '', found);
      return found;
    } finally {
      file.close();
    }
  } catch (error) {
    throw new SurfwatchError('import-unreadable', `${name} is damaged: ${firstLine(messageOf(error))}`, {
      cause: error,
    });
  } finally {
    FS.unlink(path);
  }
}

type H5 = typeof import('h5wasm');

/** The optimiser's state is larger than the model, and of no use here. */
const SKIPPED = /^(?:optimizer|optimizer_weights)$/;

function collect(
  h5: H5,
  group: import('h5wasm').Group,
  prefix: string,
  found: { tensors: Map<string, Tensor>; attributes: Map<string, string | string[]> },
): void {
  for (const [name, attribute] of Object.entries(group.attrs)) {
    const value = attribute.to_array();
    if (typeof value === 'string') found.attributes.set(`${prefix}@${name}`, value);
    else if (Array.isArray(value)) found.attributes.set(`${prefix}@${name}`, value.map(String));
  }
  for (const key of group.keys()) {
    const path = prefix === '' ? key : `${prefix}/${key}`;
    const child = group.get(key);
    if (child instanceof h5.Group && !SKIPPED.test(path)) collect(h5, child, path, found);
    else if (child instanceof h5.Dataset) {
      const { value, shape } = child;
      if (value instanceof Float32Array || value instanceof Float64Array) {
        found.tensors.set(path, { shape: shape ?? [], values: Float32Array.from(value) });
      }
    }
  }
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? text;
}
