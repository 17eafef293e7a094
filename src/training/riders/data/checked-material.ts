/** Checks folders of frames and photos, and lists what is to be learnt from. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { checkSources } from '../../data/check.ts';
import { listPhotos } from '../../data/dataset.ts';
import type { Finding } from '../../data/findings.ts';
import { joinGroups } from '../../data/join-groups.ts';
import { datasetKind } from '../../data/kind.ts';
import type { RidersJob } from '../describe.ts';
import { impossible, NO_RIDER } from '../work.ts';
import { listMaterial } from './list-material.ts';
import { type Material, ridersIn } from './material.ts';

/**
 * What is left of the folders of a job by the checks.
 *
 * @throws SurfwatchError `dataset-unreadable`, `dataset-mixed`, `training-impossible`
 */
export async function checkedMaterial(
  { folders, areas, proposals }: Pick<RidersJob, 'folders' | 'areas' | 'proposals'>,
  onProgress: (done: number) => void,
): Promise<{ material: readonly Material[]; findings: readonly Finding[] }> {
  const { findings, leftOut, cluster } = await checkSources(folders, {
    onFile: (done, total) => onProgress(done / total),
  });
  const photos = [];
  for (const folder of folders) {
    if ((await datasetKind(folder)).kind === 'photos') photos.push(...(await listPhotos(folder)));
  }
  const groups = joinGroups(photos, cluster);
  const material = await listMaterial(folders, { areas, proposals, leftOut, groups });
  if (!material.some(picture => picture.shows.length > 0 || ridersIn(picture).length > 0)) {
    throw impossible(NO_RIDER);
  }
  return { material, findings };
}

/** SHA-256 of pictures and of all that is known of them. */
export async function hashOf(material: readonly Material[]): Promise<string> {
  const hash = createHash('sha256');
  for (const { path, camera, marks, shows, areas } of material) {
    hash.update(JSON.stringify([camera, marks, shows, areas])).update(await readFile(path));
  }
  return hash.digest('hex');
}
