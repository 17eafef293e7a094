/** `areas.json`: which parts of pictures are land, sky or water. */
import { basename, join } from 'node:path';
import * as z from 'zod';
import { exists, parseFile } from '../../data/files.ts';
import { AREA_KINDS, type Area } from './material.ts';

const share = z.number().min(0).max(1);

const schema = z.array(
  z.object({
    /** Name of the data set's folder, perhaps with a class folder: `photos/none`. */
    set: z.string().optional(),
    camera: z.string().nullish(),
    files: z.array(z.string()),
    areas: z.array(z.object({ kind: z.enum(AREA_KINDS), polygon: z.array(z.tuple([share, share])).min(3) })),
  }),
);

/** The areas of a picture, by the name of its data set and its path within it, or its file's name alone. */
export type AreasOf = (set: string, file: string) => readonly Area[];

/**
 * Reads the file beside a data set where there is one, and another for all.
 *
 * @throws SurfwatchError `dataset-unreadable`
 */
export async function readAreas(folder: string, extra: string | null): Promise<AreasOf> {
  const own = join(folder, 'areas.json');
  const files = [...((await exists(own)) ? [{ path: own, own: true }] : [])];
  if (extra !== null) files.push({ path: extra, own: false });
  const found = new Map<string, readonly Area[]>();
  for (const { path, own: beside } of files) {
    for (const entry of await parseFile(path, text => schema.parse(JSON.parse(text)))) {
      const set = beside ? '' : (entry.set ?? '');
      const areas = entry.areas.map(({ kind, polygon }) => ({
        kind,
        points: polygon.map(([x, y]) => ({ x, y })),
      }));
      for (const file of entry.files) found.set(`${set}/${file}`, areas);
    }
  }
  return (set, file) => {
    const places = file.includes('/') ? [file, basename(file)] : [file];
    const inner = file.includes('/') ? `${set}/${file.slice(0, file.lastIndexOf('/'))}` : set;
    for (const place of places) {
      for (const name of ['', set, inner]) {
        const areas = found.get(`${name}/${place}`);
        if (areas !== undefined) return areas;
      }
    }
    return [];
  };
}
