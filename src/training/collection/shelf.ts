/** The pictures collected so far: those that lie in class folders with their provenance beside them. */
import { access, constants, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, SurfwatchError } from '../../errors.ts';
import { keyOf } from './candidate.ts';
import { type Provenance, pictureOf, readProvenance, sidecarOf } from './provenance.ts';

export interface Shelved {
  /** The name of its folder. */
  readonly className: string;
  /** `<class>/<name>`, as in a manifest. */
  readonly file: string;
  readonly provenance: Provenance;
}

/**
 * Finds the pictures of `<folder>/<class>/` that have a sidecar. A picture that was moved to another class folder gets
 * its sidecar moved after it; files that a killed run left half written are removed.
 *
 * @returns by the picture's key
 * @throws SurfwatchError `collection-unusable` where it cannot be written to, or a sidecar cannot be read
 */
export async function openShelf(folder: string): Promise<Map<string, Shelved>> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
  } catch (error) {
    throw new SurfwatchError('collection-unusable', `${folder}: ${messageOf(error)}`, { cause: error });
  }
  const names = await listClassFolders(folder);
  await followMoves(folder, names);
  const shelf = new Map<string, Shelved>();
  for (const [className, files] of await listClassFolders(folder)) {
    for (const name of files) {
      const picture = pictureOf(name);
      if (picture === null || !files.includes(picture)) continue;
      const provenance = await readProvenance(join(folder, className, picture));
      shelf.set(keyOf(provenance), { className, file: `${className}/${picture}`, provenance });
    }
  }
  return shelf;
}

/** The files of each folder, sorted; what is half written is removed. */
async function listClassFolders(folder: string): Promise<Map<string, string[]>> {
  const entries = await readdir(folder, { withFileTypes: true });
  const folders = new Map<string, string[]>();
  for (const { name } of entries.filter(entry => entry.isDirectory())) {
    const files = (await readdir(join(folder, name))).sort();
    const halves = files.filter(file => HALF_WRITTEN.test(file));
    for (const file of halves) await rm(join(folder, name, file), { force: true });
    folders.set(
      name,
      files.filter(file => !halves.includes(file)),
    );
  }
  return folders;
}

/** As collected pictures are named, so that no file of anybody else is taken for ours. */
const HALF_WRITTEN = /^(openverse|wikimedia)-[0-9a-f]{16}\.(jpg|png|webp)(\.json)?\.new$/;

async function followMoves(folder: string, names: ReadonlyMap<string, readonly string[]>): Promise<void> {
  for (const [className, files] of names) {
    for (const sidecar of files) {
      const picture = pictureOf(sidecar);
      if (picture === null || files.includes(picture)) continue;
      const [moved] = [...names].find(([, others]) => others.includes(picture)) ?? [];
      if (moved === undefined || names.get(moved)?.includes(sidecar) === true) continue;
      await rename(join(folder, className, sidecar), sidecarOf(join(folder, moved, picture)));
    }
  }
}
