/** `proposals.json`: boxes of riders, kites and people that a detector found, by no means all of them. */
import { basename, join } from 'node:path';
import * as z from 'zod';
import { clipBox } from '../../data/boxes.ts';
import { exists, parseFile } from '../../data/files.ts';
import { IGNORED, type Mark } from './material.ts';

const schema = z.record(
  z.string(),
  z.array(
    z.object({
      /** `rider` stands for the activity of the photo. */
      name: z.enum(['rider', 'kite', 'person', 'ignored']),
      /** x, y, width, height as shares of the picture. */
      box: z.tuple([z.number(), z.number(), z.number(), z.number()]),
    }),
  ),
);

/** What was found in a picture; undefined where nobody has looked. */
export type ProposalsOf = (set: string, file: string, activity: string | undefined) => Mark[] | undefined;

/** @throws SurfwatchError `dataset-unreadable` */
export async function readProposals(folder: string, extra: string | null): Promise<ProposalsOf> {
  const own = join(folder, 'proposals.json');
  const paths = [...((await exists(own)) ? [own] : []), ...(extra === null ? [] : [extra])];
  const found = new Map<string, z.infer<typeof schema>[string]>();
  for (const path of paths) {
    for (const [file, marks] of Object.entries(
      await parseFile(path, text => schema.parse(JSON.parse(text))),
    )) {
      found.set(file, marks);
    }
  }
  return (set, file, activity) => {
    const marks = found.get(`${set}/${file}`) ?? found.get(file) ?? found.get(`${set}/${basename(file)}`);
    return marks?.flatMap(({ name, box: [x, y, w, h] }): Mark[] => {
      const box = clipBox({ x, y, w, h })?.box;
      if (box === undefined) return [];
      if (name !== 'rider') return [{ kind: name, rider: false, box }];
      return [{ kind: activity ?? IGNORED, rider: activity !== undefined, box }];
    });
  };
}
