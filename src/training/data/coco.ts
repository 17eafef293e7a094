/** COCO JSON: one list of pictures, categories and boxes in pixels for a whole folder (cocodataset.org/#format-data). */
import { join, posix } from 'node:path';
import * as z from 'zod';
import type { Rectangle } from '../../base/geometry.ts';
import {
  boxAround,
  createBoxSieve,
  type FrameBoxes,
  type NamedBox,
  type ReadFrames,
  sortBoxes,
} from './boxes.ts';
import { isPicture, listDeep, parseFile } from './files.ts';
import type { Finding } from './findings.ts';
import { createNameTally } from './name-tally.ts';

const id = z.union([z.number(), z.string()]);
const imageSchema = z.object({
  id,
  file_name: z.string(),
  width: z.number().positive(),
  height: z.number().positive(),
});
const annotationSchema = z.object({
  image_id: id,
  category_id: id,
  // x, y, width, height in pixels, and polygons. One that is malformed spoils its frame alone.
  bbox: z.unknown().optional(),
  segmentation: z.unknown().optional(),
  /** 1 where a box lies around several, too many to tell apart. */
  iscrowd: z.unknown().optional(),
  ignore: z.unknown().optional(),
});
const schema = z.object({
  images: z.array(imageSchema),
  categories: z.array(z.object({ id, name: z.string() })),
  annotations: z.array(annotationSchema),
});

type Annotation = z.infer<typeof annotationSchema>;

const COCO = /(^|\/)(_annotations\.coco|annotations|instances_[^/]*)\.json$/;

/** The COCO lists among files. */
export function cocoFiles(files: readonly string[]): string[] {
  return files.filter(file => COCO.test(file));
}

/**
 * Reads every COCO list beneath a folder: Roboflow's `train/_annotations.coco.json`, `annotations/instances_*.json`,
 * `annotations.json`. A picture without annotations is one without riders.
 *
 * @param activities names that stand for themselves
 * @throws SurfwatchError `dataset-unreadable`
 */
export async function readCoco(directory: string, activities?: readonly string[]): Promise<ReadFrames> {
  const files = await listDeep(directory);
  const find = pictureFinder(files.filter(isPicture));
  const frames = new Map<string, FrameBoxes>();
  const missing: Finding[] = [];
  const context = { activities, sieve: createBoxSieve(), tally: createNameTally() };
  for (const file of cocoFiles(files)) {
    const list = await parseFile(join(directory, file), text => schema.parse(JSON.parse(text)));
    const names = new Map(list.categories.map(category => [category.id, category.name]));
    const annotations = byImage(list.annotations);
    for (const { id: image, file_name, width, height } of list.images) {
      const found = find(file, file_name);
      if (found === undefined) {
        missing.push(missingPicture(join(directory, file), file_name));
        continue;
      }
      const path = join(directory, found);
      const boxes = (annotations.get(image) ?? []).map(one => boxOf(one, names, { width, height }));
      frames.set(path, joined(frames.get(path), sortBoxes(path, boxes, context)));
    }
  }
  return {
    frames: [...frames].map(([path, boxes]) => ({ path, ...boxes })),
    findings: [...context.sieve.findings(), ...context.tally.findings(), ...missing],
  };
}

function boxOf(
  annotation: Annotation,
  names: ReadonlyMap<number | string, string>,
  { width, height }: { readonly width: number; readonly height: number },
): NamedBox {
  const { x, y, w, h } = pixelBox(annotation) ?? NO_BOX;
  return {
    name: names.get(annotation.category_id) ?? `category ${annotation.category_id}`,
    box: { x: x / width, y: y / height, w: w / width, h: h / height },
    text: JSON.stringify(annotation.bbox ?? null),
    ignore: isSet(annotation.iscrowd) || isSet(annotation.ignore),
  };
}

/** What a malformed annotation has: the sieve rejects it. */
const NO_BOX: Rectangle = { x: Number.NaN, y: Number.NaN, w: Number.NaN, h: Number.NaN };

function isSet(flag: unknown): boolean {
  return flag === 1 || flag === true;
}

/** A picture may stand in several lists. */
function joined(before: FrameBoxes | undefined, boxes: FrameBoxes): FrameBoxes {
  if (before === undefined) return boxes;
  return {
    riders: [...before.riders, ...boxes.riders],
    kites: [...before.kites, ...boxes.kites],
    others: [...before.others, ...boxes.others],
    ignored: [...before.ignored, ...boxes.ignored],
  };
}

const bboxSchema = z.tuple([z.number(), z.number(), z.number(), z.number()]);
const polygonsSchema = z.array(z.array(z.number()).min(6)).min(1);

/** The box, or the one around its polygons; null where there is neither. */
function pixelBox({ bbox, segmentation }: Annotation): Rectangle | null {
  const box = bboxSchema.safeParse(bbox);
  if (box.success) {
    const [x, y, w, h] = box.data;
    return { x, y, w, h };
  }
  const polygons = bbox === undefined ? polygonsSchema.safeParse(segmentation) : undefined;
  return polygons?.success === true ? boxAround(polygons.data.flat()) : null;
}

function byImage(annotations: readonly Annotation[]): Map<number | string, Annotation[]> {
  const groups = new Map<number | string, Annotation[]>();
  for (const annotation of annotations) {
    const group = groups.get(annotation.image_id);
    if (group === undefined) groups.set(annotation.image_id, [annotation]);
    else group.push(annotation);
  }
  return groups;
}

function missingPicture(list: string, name: string): Finding {
  return {
    kind: 'missing-file',
    files: [list],
    message: `it lists ${name}, which is not there`,
    leftOut: [],
  };
}

/**
 * @param pictures paths relative to the dataset's folder
 * @returns finds the picture that `name` in the list `list` (relative too) stands for: beside the list, in `images/`, in
 *   the folder of the same split, else the only one with that name; undefined where there is none. Never outside of
 *   the folder.
 */
function pictureFinder(pictures: readonly string[]): (list: string, name: string) => string | undefined {
  const there = new Set(pictures);
  const byName = new Map<string, string[]>();
  for (const picture of pictures) {
    const name = posix.basename(picture);
    byName.set(name, [...(byName.get(name) ?? []), picture]);
  }
  return (list, written) => {
    const name = written.replaceAll('\\', '/');
    const beside = posix.dirname(list);
    const split = /instances_(.+)\.json$/.exec(list)?.[1] ?? '';
    const tried = [beside, `${beside}/images`, '.', 'images', split, `images/${split}`];
    const found = tried.map(folder => posix.join(folder, name)).find(path => there.has(path));
    if (found !== undefined) return found;
    const named = byName.get(posix.basename(name)) ?? [];
    return named.length === 1 ? named[0] : undefined;
  };
}
