/** YOLO datasets: a text file of boxes beside each picture, as Ultralytics, Roboflow, CVAT and LabelImg write them. */
import { join } from 'node:path';
import { type BoxSieve, createBoxSieve, type NamedBox, type ReadFrames, sortBoxes } from './boxes.ts';
import { isPicture, listDeep, parseFile } from './files.ts';
import type { Finding } from './findings.ts';
import { createNameTally } from './name-tally.ts';
import { hasLabelFolder, labelFiles, labelOf } from './yolo-layout.ts';
import { readYoloNames, type YoloNames } from './yolo-names.ts';
import { parseYoloRow } from './yolo-rows.ts';

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
