/** The config file of a daemon that runs: to read it, to try another text, and to save that. */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, copyFile, readFile, realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { replaceFile } from '../base/durable.ts';
import { codeOf } from '../base/storage-error.ts';
import { messageOf, SurfwatchError } from '../errors.ts';
import { type LoadedCameras, loadCameras } from './load.ts';

/** Where the settings come from, as whoever started the daemon knows. */
export interface ConfigSource {
  /** The file that is changed, the last of several. Absolute; null where there is none. */
  readonly file: string | null;
  /**
   * Loads the settings of all cameras anew.
   *
   * @param text in place of what is in the file
   * @throws ConfigError with every fault
   */
  readonly load: (text?: string) => LoadedCameras;
}

export interface ConfigText {
  readonly text: string;
  /** Names this very content. */
  readonly etag: string;
  /** Whether it can be saved: its folder may be written to. */
  readonly writable: boolean;
}

/** A source without a file: the defaults, and what is tried on them. */
export function defaultSource(): ConfigSource {
  const file = '/config.json';
  return {
    file: null,
    load: text =>
      loadCameras({
        env: {},
        cwd: '/',
        systemFile: '',
        ...(text !== undefined && { files: [file], inPlace: { file, text } }),
      }),
  };
}

/** An empty object where there is no file. @throws SurfwatchError `config-unwritable` where it cannot be read */
export async function readConfigText({ file }: Pick<ConfigSource, 'file'>): Promise<ConfigText> {
  if (file === null) return { text: '{}\n', etag: etagOf(''), writable: false };
  try {
    const path = await realpath(file);
    const text = await readFile(path, 'utf8');
    const writable = await access(dirname(path), constants.W_OK).then(
      () => true,
      () => false,
    );
    return { text, etag: etagOf(text), writable };
  } catch (error) {
    throw new SurfwatchError('config-unwritable', `${file}: ${messageOf(error)}`, { cause: error });
  }
}

/**
 * Puts a text in the place of the file's, with the same rights; what was there before is beside it as `….bak`. A power cut leaves
 * the old or the new.
 *
 * @throws SurfwatchError `config-unwritable`
 */
export async function saveConfigText(file: string, text: string): Promise<void> {
  try {
    // Behind a link, so that the link stays one.
    const path = await realpath(file);
    await copyFile(path, `${path}.bak`);
    await replaceFile(path, text, await stat(path));
  } catch (error) {
    const why =
      codeOf(error) === 'EROFS' || codeOf(error) === 'EACCES'
        ? 'the daemon may not write there'
        : messageOf(error);
    throw new SurfwatchError('config-unwritable', `${file}: ${why}`, { cause: error });
  }
}

function etagOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
