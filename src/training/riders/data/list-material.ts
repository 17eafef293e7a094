/** Reads folders of frames with boxes and of photos as {@link Material}. */
import { basename, relative, resolve } from 'node:path';
import type { BoxedFrame } from '../../data/boxes.ts';
import { datasetKind, listFrames, listPhotos } from '../../data/dataset.ts';
import { readAreas } from './areas.ts';
import { IGNORED, type Mark, type Material } from './material.ts';
import { readProposals } from './proposals.ts';

export interface MaterialOptions {
  /** A list of areas besides those beside the data. */
  readonly areas: string | null;
  /** A list of proposals besides those beside the data. */
  readonly proposals: string | null;
  /** Files that the checks left out. */
  readonly leftOut: ReadonlySet<string>;
  /** Path → the group a photo belongs to, near-duplicates joined. */
  readonly groups: ReadonlyMap<string, string>;
}

/** @throws SurfwatchError `dataset-unreadable`, `dataset-mixed` */
export async function listMaterial(
  folders: readonly string[],
  options: MaterialOptions,
): Promise<Material[]> {
  const listed = await Promise.all(folders.map(folder => materialOf(folder, options)));
  const seen = new Set<string>();
  return listed.flat().filter(({ path }) => {
    const key = resolve(path);
    if (options.leftOut.has(path) || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

async function materialOf(folder: string, options: MaterialOptions): Promise<Material[]> {
  const source = basename(resolve(folder));
  const areas = await readAreas(folder, options.areas);
  const proposals = await readProposals(folder, options.proposals);
  const fileOf = (path: string) =>
    relative(folder, path)
      .replaceAll('\\', '/')
      .replace(/^frames\//, '');
  if ((await datasetKind(folder)).kind === 'frames') {
    const frames = await listFrames(folder);
    const people = frames.some(({ others }) => others.some(({ name }) => name === 'person'));
    return frames.map(frame => {
      const file = fileOf(frame.path);
      const found = proposals(source, file, undefined);
      const material = frameMaterial(frame, source, people);
      return {
        ...material,
        marks: [...material.marks, ...peopleAmong(found ?? [], material.marks)],
        complete: { ...material.complete, people: people || found !== undefined },
        areas: areas(source, file),
      };
    });
  }
  return (await listPhotos(folder)).map(({ path, group, activities }) => {
    const file = fileOf(path);
    const found = proposals(source, file, activities.length === 1 ? activities[0] : undefined);
    const none = activities.length === 0;
    return {
      path,
      source,
      camera: options.groups.get(path) ?? group,
      kind: 'photo',
      marks: found ?? [],
      shows: activities,
      complete: { riders: none, kites: none, people: none && found !== undefined },
      areas: areas(source, file),
    };
  });
}

function frameMaterial(frame: BoxedFrame, source: string, people: boolean): Material {
  const { path, camera, riders, kites, others, ignored } = frame;
  const marks: Mark[] = [
    ...riders.map(({ activity, box }) => ({ kind: activity, rider: true, box })),
    ...kites.map(box => ({ kind: 'kite', rider: false, box })),
    ...others
      .filter(({ name }) => name === 'person')
      .map(({ box }) => ({ kind: 'person', rider: false, box })),
    ...ignored.map(box => ({ kind: IGNORED, rider: false, box })),
  ];
  const kiters = riders.some(({ activity }) => activity === 'kitesurfing');
  return {
    path,
    source,
    camera,
    kind: 'frame',
    marks,
    shows: [],
    // A kitesurfer whose kite has no box may have one in the frame all the same.
    complete: { riders: true, kites: kites.length > 0 || !kiters, people },
    areas: [],
  };
}

/** Proposals that are people but none of those who have a box. */
function peopleAmong(found: readonly Mark[], known: readonly Mark[]): Mark[] {
  const apart = (a: Mark, b: Mark) =>
    a.box.x > b.box.x + b.box.w ||
    b.box.x > a.box.x + a.box.w ||
    a.box.y > b.box.y + b.box.h ||
    b.box.y > a.box.y + a.box.h;
  return found.filter(
    mark => !mark.rider && mark.kind !== 'kite' && known.every(other => apart(mark, other)),
  );
}
