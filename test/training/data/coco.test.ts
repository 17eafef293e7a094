import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listFrames, readFrames } from '../../../src/training/data/frames.ts';
import { fc } from '../../support/fast-check.ts';
import { folderOf } from './support.ts';

const CATEGORIES = [
  { id: 0, name: 'riders', supercategory: 'none' },
  { id: 3, name: 'Wind Surfer', supercategory: 'riders' },
  { id: 4, name: 'person', supercategory: 'riders' },
];

interface Annotation {
  readonly image_id: number;
  readonly category_id: number;
  readonly bbox?: unknown;
  readonly segmentation?: unknown;
}

function coco(annotations: readonly Annotation[], names: readonly string[] = ['a.jpg', 'b.jpg']): string {
  const images = names.map((file_name, id) => ({ id, file_name, width: 200, height: 100 }));
  return JSON.stringify({ info: {}, images, categories: CATEGORIES, annotations });
}

const RIDER = { image_id: 0, category_id: 3, bbox: [20, 10, 40, 50] };
const BOX = { x: 0.1, y: 0.1, w: 0.2, h: 0.5 };

describe('COCO', () => {
  it.each<[string, Record<string, string>, string[]]>([
    [
      'Roboflow',
      {
        'train/_annotations.coco.json': coco([RIDER], ['a.jpg']),
        'train/a.jpg': '',
        'valid/_annotations.coco.json': coco([], ['a.jpg']),
        'valid/a.jpg': '',
      },
      ['train/a.jpg', 'valid/a.jpg'],
    ],
    [
      'the layout of cocodataset.org',
      { 'annotations/instances_val2017.json': coco([RIDER]), 'val2017/a.jpg': '', 'val2017/b.jpg': '' },
      ['val2017/a.jpg', 'val2017/b.jpg'],
    ],
    [
      'CVAT',
      {
        'annotations/instances_default.json': coco([RIDER]),
        'images/default/a.jpg': '',
        'images/default/b.jpg': '',
      },
      ['images/default/a.jpg', 'images/default/b.jpg'],
    ],
    [
      'one list beside pictures with a folder in their names',
      { 'annotations.json': coco([RIDER], ['cam/a.jpg', 'cam/b.jpg']), 'cam/a.jpg': '', 'cam/b.jpg': '' },
      ['cam/a.jpg', 'cam/b.jpg'],
    ],
  ])('reads %s', async (_, files, expected) => {
    const root = await folderOf(files);
    const { frames, findings } = await readFrames(root, 'COCO');
    expect(findings).toEqual([]);
    expect(frames.map(({ path }) => path)).toEqual(expected.map(file => join(root, file)));
    expect(frames.map(({ riders }) => riders)).toEqual([[{ activity: 'windsurfing', box: BOX }], []]);
    expect(await listFrames(root)).toEqual(frames);
  });

  it('takes polygons where there is no box, ignores people, and names what is wrong', async () => {
    const annotations = [
      { image_id: 0, category_id: 3, segmentation: [[20, 10, 60, 10, 60, 60]] },
      { ...RIDER, category_id: 4 },
      { ...RIDER, category_id: 99 },
      { ...RIDER, image_id: 1, bbox: [300, 10, 40, 50] },
      { ...RIDER, image_id: 1, bbox: ['20', null] },
    ];
    const files = { 'annotations.json': coco(annotations, ['a.jpg', 'b.jpg', '../../etc/gone.jpg']) };
    const root = await folderOf({ ...files, 'a.jpg': '', 'b.jpg': '', 'unlisted.jpg': '' });
    const { frames, findings } = await readFrames(root, 'COCO');
    expect(frames.map(({ path }) => path)).toEqual([join(root, 'a.jpg'), join(root, 'b.jpg')]);
    expect(frames[0]?.riders).toEqual([{ activity: 'windsurfing', box: BOX }]);
    expect(frames[0]?.others.map(({ name }) => name)).toEqual(['person', 'category 99']);
    expect(findings).toMatchObject([
      { kind: 'bad-box', files: [join(root, 'b.jpg')], leftOut: [join(root, 'b.jpg')] },
      { kind: 'unknown-name', message: expect.stringContaining('category 99') },
      { kind: 'missing-file', message: expect.stringContaining('gone.jpg'), leftOut: [] },
    ]);
  });

  it.each(['', '{}', '{"images":[],"categories":[],"annotations":3}'])('refuses %j', async text => {
    const root = await folderOf({ 'annotations.json': text });
    await expect(listFrames(root)).rejects.toMatchObject({
      code: 'dataset-unreadable',
      message: expect.stringContaining('annotations.json'),
    });
  });

  it('gives boxes within the frame, or a finding, whatever is written', async () => {
    const number = fc.oneof(fc.double(), fc.integer({ min: -50, max: 250 }), fc.constant(null));
    await fc.assert(
      fc.asyncProperty(fc.array(number, { minLength: 3, maxLength: 5 }), async bbox => {
        const root = await folderOf({
          'annotations.json': coco([{ ...RIDER, bbox }], ['a.jpg']),
          'a.jpg': '',
        });
        const { frames, findings } = await readFrames(root, 'COCO');
        const [rider] = frames[0]?.riders ?? [];
        if (rider === undefined) expect(findings[0]?.leftOut).toEqual([join(root, 'a.jpg')]);
        else {
          const { x, y, w, h } = rider.box;
          expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
          expect(Math.min(w, h)).toBeGreaterThan(0);
          expect(Math.max(x + w, y + h)).toBeLessThanOrEqual(1 + 1e-12);
        }
      }),
      { numRuns: 25 },
    );
  });
});
