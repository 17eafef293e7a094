/** The names of the classes of a YOLO dataset. */
import { join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { SurfwatchError } from '../../errors.ts';
import { exists, list, parseFile } from './files.ts';

export interface YoloNames {
  /** By the number of the class. */
  readonly list: readonly string[];
  /** Rows have the key points of a pose behind their box. */
  readonly keypoints: boolean;
}

/** One name a line: LabelImg, darknet and CVAT, Roboflow's darknet export. */
const LISTS = ['classes.txt', 'labels/classes.txt', 'obj.names', '_darknet.labels', 'train/_darknet.labels'];

const nameSchema = z.union([z.string(), z.number()]).transform(String);
const schema = z.object({
  names: z.union([z.array(nameSchema), z.record(z.coerce.number<string>().int().min(0), nameSchema)]),
  kpt_shape: z.array(z.number()).optional(),
});

/** The files that name the classes, `data.yaml` first; relative to the folder. */
export async function yoloNameFiles(directory: string): Promise<string[]> {
  const yamls = (await list(directory)).files.filter(name => /\.ya?ml$/i.test(name));
  const first = yamls.filter(name => /^data(set)?\./i.test(name));
  const found = first.length > 0 ? first.slice(0, 1) : yamls.slice(0, 1);
  for (const name of LISTS) if (await exists(join(directory, name))) found.push(name);
  return found;
}

/** @throws SurfwatchError `dataset-unreadable` where no file names them, or one is malformed */
export async function readYoloNames(directory: string): Promise<YoloNames> {
  const [first] = await yoloNameFiles(directory);
  if (first === undefined) {
    throw new SurfwatchError(
      'dataset-unreadable',
      `${directory} has YOLO labels, but neither data.yaml nor classes.txt nor obj.names tells what they mean`,
    );
  }
  const path = join(directory, first);
  if (!/\.ya?ml$/i.test(first)) {
    return {
      list: await parseFile(path, text => text.split(/\r?\n/).map(line => line.trim())),
      keypoints: false,
    };
  }
  const { names, kpt_shape } = await parseFile(path, text => schema.parse(parse(text)));
  const named = Array.isArray(names) ? [...names.entries()] : Object.entries(names);
  const ordered: string[] = [];
  for (const [index, name] of named) ordered[Number(index)] = name;
  return { list: ordered, keypoints: kpt_shape !== undefined };
}
