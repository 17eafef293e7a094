/** Writes a head bundle so that a power cut leaves the old one or the new one, never half of one. */
import { createHash } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type HeadBundle, type HeadManifest, headWeightBytes } from '../activity/head-bundle.ts';

/**
 * Saves the head as `<heads>/<id>/` with its metrics.
 *
 * @param heads the folder `models/heads`
 * @param metrics written as `metrics.json`
 * @returns the manifest as written, with the SHA-256 of the weights
 */
export async function saveHead(heads: string, head: HeadBundle, metrics: unknown): Promise<HeadManifest> {
  const bytes = headWeightBytes(head);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const manifest: HeadManifest = { ...head.manifest, weights: { file: 'weights.f32.bin', sha256 } };
  const folder = join(heads, manifest.id);
  const aside = `${folder}.new`;
  await rm(aside, { recursive: true, force: true });
  await mkdir(aside, { recursive: true });
  await writeDurably(join(aside, manifest.weights.file), bytes);
  await writeDurably(join(aside, 'metrics.json'), `${JSON.stringify(metrics, null, 1)}\n`);
  await writeDurably(join(aside, 'head.json'), `${JSON.stringify(manifest, null, 1)}\n`);
  await syncFolder(aside);
  await rm(folder, { recursive: true, force: true });
  await rename(aside, folder);
  await syncFolder(heads);
  return manifest;
}

/** Makes a saved head the one that `current` names. */
export async function selectHead(heads: string, id: string): Promise<void> {
  await writeDurably(join(heads, 'current.new'), `${id}\n`);
  await rename(join(heads, 'current.new'), join(heads, 'current'));
  await syncFolder(heads);
}

async function writeDurably(path: string, data: string | Uint8Array): Promise<void> {
  const file = await open(path, 'w', 0o644);
  try {
    await file.writeFile(data);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A rename is only on disk once its folder is. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
