/** The config that a restored board has: that which it had, or that of the backup. */
import { chmod, chown, copyFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder } from '../base/durable.ts';
import type { LoadedConfig } from '../config/load.ts';
import { messageOf, SurfwatchError } from '../errors.ts';
import { configTexts } from '../host/backup/restore.ts';
import { type ConfigOptions, settingsFrom } from './options.ts';

export interface NewConfig {
  /** As it will be. */
  readonly loaded: LoadedConfig;
  /** Puts the new files in the place of the old ones, which are kept beside. @throws SurfwatchError `config-unwritable` */
  readonly putInPlace: () => Promise<void>;
  /** Deletes what was prepared and not put in place. */
  readonly drop: () => Promise<void>;
}

/**
 * Checks the config of a backup before anything is changed; it lies beside the old one then, where relative paths mean
 * the same.
 *
 * @param now milliseconds since the epoch (UTC)
 * @throws ConfigError; SurfwatchError `backup-unreadable`, `backup-config-unclear`, `config-unwritable`
 */
export async function newConfig(
  flags: ConfigOptions & { readonly withConfig: boolean },
  backup: string,
  now: number,
): Promise<NewConfig> {
  const nothing = async () => undefined;
  if (!flags.withConfig) return { loaded: settingsFrom(flags), putInPlace: nothing, drop: nothing };
  const texts = await configTexts(backup);
  // That of before may be wrong: it is replaced.
  const given = flags.config.length > 0 ? flags.config : settingsFrom(flags).files.slice(1);
  if (texts.length === 0 || texts.length !== given.length) {
    const what = `it has ${count(texts.length)}, and here there are ${count(given.length)}`;
    throw new SurfwatchError('backup-config-unclear', `${backup}: ${what}`);
  }
  const files: string[] = [];
  const drop = async () => {
    for (const file of files) await rm(`${file}.new`, { force: true }).catch(() => undefined);
  };
  try {
    for (const [index, text] of texts.entries()) {
      const file = await unlinked(given[index] ?? '');
      files.push(file);
      await prepare(file, text);
    }
    const loaded = settingsFrom({ ...flags, config: files.map(file => `${file}.new`) });
    const inPlace = { ...loaded, files: [...loaded.files.slice(0, 1), ...files] };
    return { loaded: inPlace, putInPlace: () => putInPlace(files, now), drop };
  } catch (error) {
    await drop();
    throw error;
  }
}

/** Behind a link, so that the link stays one. */
async function unlinked(file: string): Promise<string> {
  return realpath(file).catch((error: unknown) => {
    throw new SurfwatchError('config-unwritable', `${file}: ${messageOf(error)}`, { cause: error });
  });
}

/** With the rights of the old one. */
async function prepare(file: string, text: string): Promise<void> {
  try {
    const { mode, uid, gid } = await stat(file);
    await writeFile(`${file}.new`, text, { mode: 0o600, flush: true });
    await chmod(`${file}.new`, mode & 0o777);
    if (process.getuid?.() === 0) await chown(`${file}.new`, uid, gid);
  } catch (error) {
    throw new SurfwatchError('config-unwritable', `${file}: ${messageOf(error)}`, { cause: error });
  }
}

async function putInPlace(files: readonly string[], now: number): Promise<void> {
  for (const file of files) {
    try {
      await copyFile(file, `${file}.before-restore-${new Date(now).toISOString().replaceAll(':', '-')}`);
      await rename(`${file}.new`, file);
      await syncFolder(dirname(file));
    } catch (error) {
      throw new SurfwatchError('config-unwritable', `${file}: ${messageOf(error)}`, { cause: error });
    }
  }
}

function count(files: number): string {
  return files === 1 ? 'one config file' : `${files} config files`;
}
