/** `boxes.json`: surfwatch's own list of frames and what is boxed in them. */
import { basename, join } from 'node:path';
import * as z from 'zod';
import { createBoxSieve, type NamedBox, type ReadFrames, sortBoxes } from './boxes.ts';
import { isFolder, parseFile } from './files.ts';
import { createNameTally } from './name-tally.ts';

const boxSchema = z.object({
  /** Activity of a rider, or the name of another thing: `person`. */
  activity: z.string(),
  /** x, y, width, height as shares of the frame. */
  box: z.tuple([z.number(), z.number(), z.number(), z.number()]),
  /** `kite` and `rider` where the two have boxes of their own. */
  part: z.string().optional(),
  /** Too unsure to be right or wrong. */
  ignore: z.boolean().optional(),
});

const schema = z.record(z.string(), z.array(boxSchema));

/**
 * Reads the frames of `<directory>/frames/` (or `<directory>/`) that `<directory>/boxes.json` describes.
 *
 * @param activities names that stand for themselves, besides the usual three
 * @param list another list than `<directory>/boxes.json`
 * @throws SurfwatchError `dataset-unreadable`
 */
export async function readBoxesJson(
  directory: string,
  activities?: readonly string[],
  list = join(directory, 'boxes.json'),
): Promise<ReadFrames> {
  const boxes = await parseFile(list, text => schema.parse(JSON.parse(text)));
  const folder = join(directory, (await isFolder(join(directory, 'frames'))) ? 'frames' : '');
  const context = { activities, sieve: createBoxSieve(), tally: createNameTally() };
  const frames = Object.entries(boxes).map(([name, entries]) => {
    const path = join(folder, basename(name));
    return { path, ...sortBoxes(path, entries.map(namedBox), context) };
  });
  return { frames, findings: [...context.sieve.findings(), ...context.tally.findings()] };
}

function namedBox({ activity, box: [x, y, w, h], part, ignore }: z.infer<typeof boxSchema>): NamedBox {
  return { name: activity, box: { x, y, w, h }, text: `[${[x, y, w, h].join(', ')}]`, part, ignore };
}
