/** `boxes.json`: surfwatch's own list of frames and riders. */
import { basename, join } from 'node:path';
import { z } from 'zod';
import { isActivityName } from './activity-names.ts';
import { type BoxedRider, type BoxSieve, createBoxSieve, type ReadFrames } from './boxes.ts';
import { isFolder, parseFile } from './files.ts';
import { createNameTally } from './name-tally.ts';

const boxSchema = z.object({
  activity: z.string(),
  /** x, y, width, height as shares of the frame. */
  box: z.tuple([z.number(), z.number(), z.number(), z.number()]),
  /** `kite` and `rider` where the two have boxes of their own. */
  part: z.string().optional(),
});

const schema = z.record(z.string(), z.array(boxSchema));

/** Reads the frames of `<directory>/frames/` (or `<directory>/`) that `<directory>/boxes.json` describes. */
export async function readBoxesJson(directory: string): Promise<ReadFrames> {
  const boxes = await parseFile(join(directory, 'boxes.json'), text => schema.parse(JSON.parse(text)));
  const folder = join(directory, (await isFolder(join(directory, 'frames'))) ? 'frames' : '');
  const sieve = createBoxSieve();
  const names = createNameTally();
  const frames = Object.entries(boxes).map(([name, entries]) => {
    const path = join(folder, basename(name));
    const known = entries.filter(({ activity }) => {
      if (!isActivityName(activity)) names.ignore(activity, path);
      return isActivityName(activity);
    });
    return { path, riders: ridersOf(path, known, sieve) };
  });
  return { frames, findings: [...sieve.findings(), ...names.findings()] };
}

function ridersOf(path: string, boxes: readonly z.infer<typeof boxSchema>[], sieve: BoxSieve): BoxedRider[] {
  const hasKite = boxes.some(({ part }) => part === 'kite');
  return boxes.flatMap(({ activity, box: [x, y, w, h], part }) => {
    const box = sieve.sift(path, { x, y, w, h }, `[${[x, y, w, h].join(', ')}]`);
    if (box === undefined) return [];
    return [{ activity, box, partial: hasKite && activity === 'kitesurfing' && part === 'rider' }];
  });
}
