/** Reads a model of any format that can be told apart by its name and first bytes. */

import { SurfwatchError } from '../../errors.ts';
import { isZip, type ModelFiles } from './files.ts';
import { isHdf5 } from './hdf5.ts';
import { readKerasArchive, readKerasHdf5 } from './read-keras.ts';
import { readTfjsModel } from './read-tfjs.ts';
import type { ReadModel } from './weight-list.ts';

/** @throws SurfwatchError `import-unreadable`, `import-unsuitable` */
export async function readModel(files: ModelFiles): Promise<ReadModel> {
  const { main, origin } = files;
  if (isHdf5(main.bytes)) return readKerasHdf5(main.bytes, origin);
  if (isZip(main.bytes)) return readKerasArchive(main.bytes, origin);
  if (main.name.endsWith('.json')) return readTfjsModel(files);
  throw new SurfwatchError(
    'import-unreadable',
    `${origin} is neither HDF5 (.h5), nor a .keras or zip archive, nor a model.json of TensorFlow.js`,
  );
}
