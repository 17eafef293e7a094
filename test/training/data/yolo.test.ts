import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listFrames, readFrames } from '../../../src/training/data/frames.ts';
import { parseYoloRow } from '../../../src/training/data/yolo.ts';
import { fc } from '../../support/fast-check.ts';
import { folderOf } from './support.ts';

const YAML = `train: ../train/images
nc: 3
names:
  0: Surfer
  1: kite-surfer
  2: boat
`;

/** Class 0 in the middle; a boat; class 1 in the upper left corner. */
const ROWS = '0 0.5 0.5 0.2 0.1\n2 0.1 0.1 0.1 0.1\n\n1 0.05 0.05 0.1 0.1\n';
const RIDERS = [
  { activity: 'surfing', box: box(0.4, 0.45, 0.2, 0.1) },
  { activity: 'kitesurfing', box: box(0, 0, 0.1, 0.1) },
];

function box(x: number, y: number, w: number, h: number) {
  return {
    x: expect.closeTo(x, 9),
    y: expect.closeTo(y, 9),
    w: expect.closeTo(w, 9),
    h: expect.closeTo(h, 9),
  };
}

describe('YOLO', () => {
  it.each<[string, Record<string, string>, string[]]>([
    [
      'Ultralytics: images and labels side by side, a picture without labels has no riders',
      {
        'data.yaml': YAML,
        'images/train/a.jpg': '',
        'images/val/b.PNG': '',
        'labels/train/a.txt': ROWS,
      },
      ['images/train/a.jpg', 'images/val/b.PNG'],
    ],
    [
      'Roboflow: each split has its own images and labels',
      {
        'data.yaml': "names: ['Surfer', 'kite-surfer', 'boat']\n",
        'README.roboflow.txt': 'about\n',
        'train/images/a_jpg.rf.1a2b.jpg': '',
        'train/labels/a_jpg.rf.1a2b.txt': ROWS,
        'valid/images/b_jpg.rf.3c4d.jpg': '',
        'valid/labels/b_jpg.rf.3c4d.txt': '',
      },
      ['train/images/a_jpg.rf.1a2b.jpg', 'valid/images/b_jpg.rf.3c4d.jpg'],
    ],
    [
      'LabelImg: labels beside the pictures',
      {
        'classes.txt': 'Surfer\r\nkite-surfer\r\nboat\r\n',
        'a.jpg': '',
        'a.txt': ROWS,
        'b.jpg': '',
        'b.txt': '',
      },
      ['a.jpg', 'b.jpg'],
    ],
    [
      'CVAT: a folder of both, names above it',
      {
        'obj.names': 'Surfer\nkite-surfer\nboat\n',
        'obj.data': 'classes = 3\n',
        'train.txt': 'obj_train_data/a.jpg\n',
        'obj_train_data/a.jpg': '',
        'obj_train_data/a.txt': ROWS,
        'obj_train_data/b.jpg': '',
        'obj_train_data/b.txt': '',
      },
      ['obj_train_data/a.jpg', 'obj_train_data/b.jpg'],
    ],
  ])('reads %s', async (_, files, expected) => {
    const root = await folderOf(files);
    const { frames, findings } = await readFrames(root, 'YOLO');
    expect(frames.map(({ path }) => path)).toEqual(expected.map(file => join(root, file)));
    expect(frames.map(({ riders }) => riders)).toEqual([RIDERS, []]);
    expect(frames[0]?.others.map(({ name }) => name)).toEqual(['boat']);
    expect(findings).toEqual([]);
    expect(await listFrames(root)).toEqual(frames);
  });

  it('leaves out what has no usable boxes, and names what is lost', async () => {
    const root = await folderOf({
      'classes.txt': 'surfer\n',
      'good.jpg': '',
      'good.txt': '0 0.5 0.5 0.1 0.1 0.93\n',
      'nan.jpg': '',
      'nan.txt': '0 nan 0.5 0.1 0.1\n',
      'point.jpg': '',
      'point.txt': '0 0.5 0.5 0 0.1\n',
      'over.jpg': '',
      'over.txt': '0 0.95 0.5 0.2 0.1\n',
      'unseen.jpg': '',
      'number.jpg': '',
      'number.txt': '7 0.5 0.5 0.1 0.1\n',
    });
    const { frames, findings } = await readFrames(root, 'YOLO');
    const about = (name: string) => findings.filter(({ files }) => files[0] === join(root, name));
    expect(about('good.jpg')).toEqual([]);
    for (const name of ['nan.jpg', 'point.jpg']) {
      expect(about(name)).toMatchObject([{ kind: 'bad-box', leftOut: [join(root, name)] }]);
    }
    expect(about('over.jpg')).toMatchObject([{ kind: 'bad-box', leftOut: [] }]);
    expect(frames.find(({ path }) => path.endsWith('over.jpg'))?.riders[0]?.box).toEqual(
      box(0.85, 0.45, 0.15, 0.1),
    );
    expect(about('unseen.jpg')).toMatchObject([
      { kind: 'missing-file', leftOut: [join(root, 'unseen.jpg')] },
    ]);
    expect(about('number.jpg')[0]?.message).toContain('“class 7”');
  });

  it('names labels whose picture is gone', async () => {
    const root = await folderOf({
      'data.yaml': YAML,
      'images/a.jpg': '',
      'labels/a.txt': '',
      'labels/b.txt': ROWS,
    });
    const { frames, findings } = await readFrames(root, 'YOLO');
    expect(frames).toHaveLength(1);
    expect(findings).toMatchObject([{ kind: 'missing-file', files: [join(root, 'labels/b.txt')] }]);
  });

  it('keeps the changed copies of a frame in one group', async () => {
    const files: Record<string, string> = { 'data.yaml': YAML };
    for (let frame = 10; frame < 30; frame++) {
      for (const copy of ['x1', 'y2', 'z3']) {
        files[`train/images/f${frame}_jpg.rf.${copy}.jpg`] = '';
        files[`train/labels/f${frame}_jpg.rf.${copy}.txt`] = '';
      }
    }
    const frames = await listFrames(await folderOf(files));
    expect(frames).toHaveLength(60);
    const groups = new Map<string, Set<string>>();
    for (const { path, group } of frames) {
      const name = path.replace(/.*(f\d+)_jpg.*/, '$1');
      groups.set(name, new Set([...(groups.get(name) ?? []), group]));
    }
    expect([...groups.values()].map(set => set.size)).toEqual(new Array(20).fill(1));
    expect(new Set(frames.map(({ group }) => group)).size).toBe(10);
  });

  it('takes names that it is told for activities', async () => {
    const root = await folderOf({ 'classes.txt': 'wingfoil\n', 'a.jpg': '', 'a.txt': '0 0.5 0.5 0.1 0.1\n' });
    expect((await listFrames(root))[0]?.riders).toEqual([]);
    expect((await listFrames(root, ['wingfoil']))[0]?.riders).toMatchObject([{ activity: 'wingfoil' }]);
  });

  it.each<[string, Record<string, string>]>([
    ['without names', { 'images/a.jpg': '', 'labels/a.txt': ROWS }],
    ['with names that are none', { 'data.yaml': 'names: 3\n', 'images/a.jpg': '', 'labels/a.txt': ROWS }],
    ['with broken YAML', { 'data.yaml': 'names: [a', 'images/a.jpg': '', 'labels/a.txt': ROWS }],
  ])('refuses labels %s', async (_, files) => {
    await expect(listFrames(await folderOf(files))).rejects.toMatchObject({ code: 'dataset-unreadable' });
  });
});

describe('parseYoloRow', () => {
  it('puts a box around a polygon, an oriented box, and leaves key points', () => {
    expect(parseYoloRow('1 0.1 0.2 0.3 0.1 0.2 0.4')).toEqual({ classId: 1, box: box(0.1, 0.1, 0.2, 0.3) });
    expect(parseYoloRow('1 0.2 0.1 0.3 0.2 0.2 0.3 0.1 0.2')?.box).toEqual(box(0.1, 0.1, 0.2, 0.2));
    expect(parseYoloRow('0 0.5 0.5 0.2 0.2 0.9 0.9 2 0.8 0.8 2', true)?.box).toEqual(box(0.4, 0.4, 0.2, 0.2));
  });

  it.each([
    '',
    '0',
    '0 1 2 3',
    '0 1 2 3 4 5 6 7',
    '-1 0.5 0.5 0.1 0.1',
    '0.5 0.5 0.5 0.1 0.1',
    '0 0x1 1 1 1',
    'surfer 1 1 1 1',
  ])('refuses %j', text => expect(parseYoloRow(text)).toBeNull());

  it('reads what was written', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.nat(99), share, share, share, share, (classId, x, y, w, h) => {
        const row = parseYoloRow([classId, x, y, w, h].join(' '));
        expect(row).toEqual({ classId, box: { x: x - w / 2, y: y - h / 2, w, h } });
      }),
    );
  });

  it('never gives a number that is none, whatever it reads', () => {
    const token = fc.oneof(
      fc.double().map(String),
      fc.string(),
      fc.constantFrom('inf', '1e999', '-0', '.', '1e-400'),
    );
    fc.assert(
      fc.property(fc.array(token, { maxLength: 12 }), fc.boolean(), (tokens, keypoints) => {
        const row = parseYoloRow(tokens.join(' '), keypoints);
        if (row !== null) expect(Object.values(row.box).every(Number.isFinite)).toBe(true);
      }),
    );
  });
});
