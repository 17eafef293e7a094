import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { datasetKind } from '../../../src/training/data/kind.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { folderOf } from './support.ts';

const YAML = 'names: [surfer]\n';

describe('datasetKind', () => {
  it.each<[string, Record<string, string>, unknown]>([
    ['class folders', { 'surfing/a.jpg': '', 'none/b.jpg': '' }, { kind: 'photos' }],
    ['an empty folder', {}, { kind: 'photos' }],
    [
      'class folders beside notes and settings of something else',
      { 'surfing/a.jpg': '', 'README.txt': '', 'ci.yaml': 'a: 1\n' },
      { kind: 'photos' },
    ],
    ['boxes.json', { 'boxes.json': '{}', 'frames/a.jpg': '' }, { kind: 'frames', format: 'boxes.json' }],
    [
      'Ultralytics',
      { 'data.yaml': YAML, 'images/train/a.jpg': '', 'labels/train/a.txt': '' },
      { kind: 'frames', format: 'YOLO' },
    ],
    [
      'Roboflow',
      { 'data.yaml': YAML, 'train/images/a.jpg': '', 'train/labels/a.txt': '', 'README.roboflow.txt': '' },
      { kind: 'frames', format: 'YOLO' },
    ],
    ['LabelImg', { 'classes.txt': 'surfer\n', 'a.jpg': '', 'a.txt': '' }, { kind: 'frames', format: 'YOLO' }],
    [
      'CVAT’s darknet',
      { 'obj.names': 'surfer\n', 'obj_train_data/a.jpg': '', 'obj_train_data/a.txt': '' },
      { kind: 'frames', format: 'YOLO' },
    ],
    ['labels without names', { 'images/a.jpg': '', 'labels/a.txt': '' }, { kind: 'frames', format: 'YOLO' }],
    ['COCO of Roboflow', { 'train/_annotations.coco.json': '' }, { kind: 'frames', format: 'COCO' }],
    ['COCO', { 'annotations/instances_val2017.json': '' }, { kind: 'frames', format: 'COCO' }],
    ['COCO in one file', { 'annotations.json': '', 'a.jpg': '' }, { kind: 'frames', format: 'COCO' }],
  ])('knows %s', async (_, files, kind) => {
    expect(await datasetKind(await folderOf(files))).toEqual(kind);
  });

  it.each<[Record<string, string>, string]>([
    [{ 'boxes.json': '{}', 'surfing/a.jpg': '' }, 'boxes.json and photos in surfing/'],
    [
      { 'boxes.json': '{}', 'annotations.json': '', 'data.yaml': YAML, 'labels/a.txt': '' },
      'boxes.json and annotations.json and data.yaml',
    ],
    [{ 'classes.txt': '', 'a.jpg': '', 'a.txt': '', 'none/b.png': '' }, 'classes.txt and photos in none/'],
  ])('refuses a mixture and names it: %j', async (files, message) => {
    const root = await folderOf(files);
    await expect(datasetKind(root)).rejects.toMatchObject({
      code: 'dataset-mixed',
      message: `${root} holds ${message}`,
    });
  });

  it('refuses a folder that is not there', async () => {
    const nowhere = join(await temporaryFolder(), 'nowhere');
    await expect(datasetKind(nowhere)).rejects.toMatchObject({ code: 'dataset-unreadable' });
  });
});
