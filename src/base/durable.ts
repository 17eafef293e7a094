/** Writes files so that a power cut leaves the old or the new, never half of one. */
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Whose a file is, and who may do what with it. */
export interface FileRights {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/**
 * Writes beside the file, then renames over it.
 *
 * @param rights its mode, less the umask; or all that the new file is to have, whatever the umask is, and as far as this user
 *   may give it away
 */
export async function replaceFile(
  path: string,
  data: string | Uint8Array,
  rights: number | FileRights = 0o644,
): Promise<void> {
  await writeAndSync(`${path}.new`, data, rights);
  await rename(`${path}.new`, path);
  await syncFolder(dirname(path));
}

/** Writes a folder of files beside `folder`, then puts it in its place. */
export async function replaceFolder(
  folder: string,
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<void> {
  const aside = `${folder}.new`;
  await rm(aside, { recursive: true, force: true });
  await mkdir(aside, { recursive: true });
  for (const [name, data] of Object.entries(files)) await writeAndSync(join(aside, name), data);
  await syncFolder(aside);
  await rm(folder, { recursive: true, force: true });
  await rename(aside, folder);
  await syncFolder(dirname(folder));
}

async function writeAndSync(
  path: string,
  data: string | Uint8Array,
  rights: number | FileRights = 0o644,
): Promise<void> {
  const isMode = typeof rights === 'number';
  const file = await open(path, 'w', isMode ? rights : 0o600);
  try {
    await file.writeFile(data);
    if (!isMode) {
      // The owner first: another one takes bits of the mode away.
      await file.chown(rights.uid, rights.gid).catch(() => undefined);
      await file.chmod(rights.mode & 0o777);
    }
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A rename is only on disk once its folder is. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
