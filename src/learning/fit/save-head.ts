/** Writes a head bundle, and chooses the head that the daemon loads. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { type HeadBundle, type HeadManifest, headWeightBytes } from '../../activity/head-bundle.ts';
import { replaceFile, replaceFolder } from '../../base/durable.ts';

/**
 * Saves the head as `<heads>/<id>/`.
 *
 * @param heads the folder `models/heads`
 * @param files written beside it by name: metrics, the card, the report, the base set
 * @returns the manifest as written, with the SHA-256 of the weights
 */
export async function saveHead(
  heads: string,
  head: HeadBundle,
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<HeadManifest> {
  const bytes = headWeightBytes(head);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const manifest: HeadManifest = { ...head.manifest, weights: { file: 'weights.f32.bin', sha256 } };
  await replaceFolder(join(heads, manifest.id), {
    ...files,
    [manifest.weights.file]: bytes,
    'head.json': `${JSON.stringify(manifest, null, 1)}\n`,
  });
  return manifest;
}

/** Makes a saved head the one that `current` names. */
export async function selectHead(heads: string, id: string): Promise<void> {
  await replaceFile(join(heads, 'current'), `${id}\n`);
}
