/** `NAME.json` beside a picture in the folder of labels: where its riders are. */
import * as z from 'zod';
import { messageOf, SurfwatchError } from '../../errors.ts';
import { MAX_RIDERS, type Said } from '../../messaging/label-payload.ts';
import { leadsInside, readFileUpTo } from './folder-file.ts';

export const SIDECAR = '.json';
/** {@link MAX_RIDERS} take less than half of it. */
const MAX_BYTES = 64_000;

const share = z.number().min(0).max(1);

const schema = z.strictObject({
  /** The middle of each, as shares of width and height; an activity may be left out where the folder names one alone. */
  riders: z.array(z.strictObject({ x: share, y: share, activity: z.string().optional() })).max(MAX_RIDERS),
  nobody: z
    .array(z.strictObject({ x: share, y: share }))
    .max(MAX_RIDERS)
    .optional(),
  complete: z.boolean().optional(),
});

/**
 * @param root the folder of labels, which it must not lead out of
 * @param labels those of its folder: its riders do nothing else
 * @throws SurfwatchError `label-malformed`
 */
export async function readSidecar(root: string, path: string, labels: readonly string[]): Promise<Said> {
  try {
    if (!(await leadsInside(root, path))) throw new Error(`it leads out of ${root}`);
    const read = schema.safeParse(JSON.parse((await readFileUpTo(path, MAX_BYTES)).toString('utf8')));
    if (!read.success) throw new Error(z.prettifyError(read.error));
    const { riders, ...rest } = read.data;
    const only = labels.length === 1 ? labels[0] : undefined;
    return {
      ...rest,
      riders: riders.map(({ x, y, activity = only }) => {
        if (activity === undefined || !labels.includes(activity))
          throw new Error(
            `a rider there does "${activity ?? ''}", the folder says ${labels.join('+') || 'none'}`,
          );
        return { x, y, activity };
      }),
    };
  } catch (error) {
    throw new SurfwatchError('label-malformed', `${path}: ${messageOf(error)}`, { cause: error });
  }
}
