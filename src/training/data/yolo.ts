/** YOLO datasets: a text file of boxes beside each picture, as Ultralytics, Roboflow, CVAT and LabelImg write them. */
import { join } from 'node:path';
import type { Rectangle } from '../../base/geometry.ts';
import {
  type BoxSieve,
  boxAround,
  createBoxSieve,
  type NamedBox,
  type ReadFrames,
  sortBoxes,
} from './boxes.ts';
import { isPicture, listDeep, parseFile } from './files.ts';
import type { Finding } from './findings.ts';
import { createNameTally } from './name-tally.ts';
import { hasLabelFolder, labelFiles, labelOf } from './yolo-layout.ts';
import { readYoloNames, type YoloNames } from './yolo-names.ts';

/**
 * Reads the pictures beneath `<directory>` and their labels: for `…/images/…/x.jpg` that is `…/labels/…/x.txt`, else
 * `x.txt` beside it. A picture without labels is one without riders where the labels have a folder of their own, as
 * Ultralytics has it; beside it, it has not been looked at yet and is left out.
 *
 * @param activities names that stand for themselves
 * @throws SurfwatchError `dataset-unreadable`
 */
export async function readYolo(directory: string, activities?: readonly string[]): Promise<ReadFrames> {
  const names = await readYoloNames(directory);
  const files = await listDeep(directory);
  const labels = new Set(labelFiles(files));
  const sieve = createBoxSieve();
  const tally = createNameTally();
  const context = { activities, sieve, tally };
  const frames: ReadFrames['frames'][number][] = [];
  const unlabelled: string[] = [];
  const used = new Set<string>();
  for (const file of files.filter(isPicture)) {
    const path = join(directory, file);
    const label = labelOf(file);
    if (labels.has(label)) {
      used.add(label);
      const rows = await parseFile(join(directory, label), text => text.split(/\r?\n/));
      frames.push({ path, ...sortBoxes(path, boxesOf(path, rows, names, sieve), context) });
    } else if (hasLabelFolder(file)) frames.push({ path, ...sortBoxes(path, [], context) });
    else unlabelled.push(path);
  }
  const lost = [...labels].filter(label => !used.has(label));
  return {
    frames,
    findings: [
      ...sieve.findings(),
      ...tally.findings(),
      ...lost.map(label => missingPicture(join(directory, label))),
      ...unlabelled.map(withoutLabel),
    ],
  };
}

function boxesOf(path: string, rows: readonly string[], names: YoloNames, sieve: BoxSieve): NamedBox[] {
  return rows
    .filter(row => row.trim() !== '')
    .flatMap(text => {
      const row = parseYoloRow(text, names.keypoints);
      if (row === null) {
        sieve.reject(path, text);
        return [];
      }
      return [{ name: names.list[row.classId] ?? `class ${row.classId}`, box: row.box, text: text.trim() }];
    });
}

function missingPicture(label: string): Finding {
  return {
    kind: 'missing-file',
    files: [label],
    message: 'there is no picture for these labels',
    leftOut: [],
  };
}

function withoutLabel(path: string): Finding {
  return {
    kind: 'missing-file',
    files: [path],
    message: 'there is no label file beside this picture; an empty one says that nobody rides in it',
    leftOut: [path],
  };
}

interface YoloRow {
  readonly classId: number;
  /** As shares of the frame; not yet cut to it. */
  readonly box: Rectangle;
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * Reads `class x y w h` with the middle of the box in shares of the frame, `class x y w h confidence`, or the polygon of
 * a segment or an oriented box, `class x1 y1 x2 y2 x3 y3 …`; null where it is none of them.
 *
 * @param keypoints rows have the key points of a pose behind their box (`kpt_shape` in `data.yaml`)
 */
export function parseYoloRow(text: string, keypoints = false): YoloRow | null {
  const parts = text.trim().split(/\s+/);
  if (!parts.every(part => NUMBER.test(part))) return null;
  const [classId = -1, ...values] = parts.map(Number);
  if (!Number.isInteger(classId) || classId < 0 || !values.every(Number.isFinite)) return null;
  const isBox = values.length === 4 || values.length === 5 || (keypoints && values.length > 5);
  if (isBox) {
    const [x = 0, y = 0, w = 0, h = 0] = values;
    return { classId, box: { x: x - w / 2, y: y - h / 2, w, h } };
  }
  if (values.length < 6 || values.length % 2 !== 0) return null;
  return { classId, box: boxAround(values) };
}
