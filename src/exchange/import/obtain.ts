/** A model's files from a path or an address, checked against a SHA-256. */
import { basename } from 'node:path';
import { SurfwatchError } from '../../errors.ts';
import { type DownloadOptions, download } from './download.ts';
import { MAX_BYTES, type ModelFiles, modelFilesOf, openModelFiles } from './files.ts';

/**
 * @param source a path, or an `https:` address
 * @param sha256 in hexadecimal; an address needs it
 * @throws SurfwatchError `import-unreadable`, `checksum-mismatch`, `download-refused`, `download-failed`
 */
export async function obtainModelFiles(
  source: string,
  sha256: string | undefined,
  onProgress: NonNullable<DownloadOptions['onProgress']> = () => {},
): Promise<ModelFiles> {
  if (!/^[a-z][a-z0-9+.-]+:\/\//i.test(source)) return checked(await openModelFiles(source), sha256);
  if (sha256 === undefined) {
    throw new SurfwatchError('download-refused', `${source} is downloaded only with --sha256`);
  }
  const bytes = await download(source, { maxBytes: MAX_BYTES, onProgress });
  const name = basename(new URL(source).pathname);
  // What it holds is not looked at before it is known to be the right file.
  return checked(modelFilesOf(bytes, name, source), sha256);
}

function checked(files: ModelFiles, expected: string | undefined): ModelFiles {
  const wanted = expected?.toLowerCase();
  if (wanted === undefined || wanted === files.sha256) return files;
  if (files.sha256 === undefined) {
    throw new SurfwatchError(
      'import-unreadable',
      `${files.origin} is a folder, which has no SHA-256 of its own`,
    );
  }
  throw new SurfwatchError(
    'checksum-mismatch',
    `${files.origin} has the SHA-256 ${files.sha256}, expected ${wanted}`,
  );
}
