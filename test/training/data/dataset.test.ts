import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { labelsInOrder, labelVector } from '../../../src/base/activities.ts';
import { hasBoxes, listFrames, listPhotos } from '../../../src/training/data/dataset.ts';
import { readFrames } from '../../../src/training/data/frames.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { folderOf } from './support.ts';

describe('listPhotos', () => {
  it('lists the pictures of class folders in order, by the groups of the manifest', async () => {
    const root = await folderOf({
      'none/z.jpg': '',
      'surfing/b.JPG': '',
      'surfing/a.webp': '',
      'surfing/notes.txt': '',
      'surfing+kitesurfing/c.png': '',
      'manifest.csv': '\uFEFFfile,class,group\nsurfing/a.webp,surfing,"pier, north"\nnone/z.jpg,none,cam\n',
      'stray.jpg': '',
    });
    expect(await listPhotos(root)).toEqual([
      { path: join(root, 'none/z.jpg'), activities: [], group: 'cam' },
      { path: join(root, 'surfing/a.webp'), activities: ['surfing'], group: 'pier, north' },
      { path: join(root, 'surfing/b.JPG'), activities: ['surfing'], group: join(root, 'surfing/b.JPG') },
      {
        path: join(root, 'surfing+kitesurfing/c.png'),
        activities: ['surfing', 'kitesurfing'],
        group: join(root, 'surfing+kitesurfing/c.png'),
      },
    ]);
  });

  it.each<[string, Record<string, string>]>([
    ['an empty folder', {}],
    ['pictures outside class folders', { 'a.jpg': '' }],
    [
      'a manifest without groups',
      { 'surfing/a.jpg': '', 'manifest.csv': 'file,class\nsurfing/a.jpg,surfing\n' },
    ],
    ['a manifest with a row too long', { 'surfing/a.jpg': '', 'manifest.csv': 'file,group\na,b,c\n' }],
    ['a manifest with an open quote', { 'surfing/a.jpg': '', 'manifest.csv': 'file,group\n"a,b\n' }],
  ])('refuses %s', async (_, files) => {
    await expect(listPhotos(await folderOf(files))).rejects.toMatchObject({ code: 'dataset-unreadable' });
  });

  it('refuses a folder that is not there', async () => {
    const nowhere = join(await temporaryFolder(), 'nowhere');
    await expect(listPhotos(nowhere)).rejects.toMatchObject({
      code: 'dataset-unreadable',
      message: expect.stringContaining(nowhere),
    });
  });
});

describe('listFrames', () => {
  const boxes = JSON.stringify({
    ...Object.fromEntries(
      Array.from({ length: 20 }, (_, index) => [`f${String(index).padStart(2, '0')}.jpg`, []]),
    ),
    'f00.jpg': [{ activity: 'surfing', posture: 'sitting', box: [0.1, 0.2, 0.3, 0.4] }],
  });

  it('lists frames with their riders, grouped by time', async () => {
    const root = await folderOf({ 'boxes.json': boxes, 'frames/f00.jpg': '' });
    const frames = await listFrames(root);
    expect(frames).toHaveLength(20);
    expect(frames[0]?.path).toBe(join(root, 'frames', 'f00.jpg'));
    const box = { x: 0.1, y: 0.2, w: 0.3, h: 0.4 };
    expect(frames[0]?.riders).toEqual([{ activity: 'surfing', box }]);
    const groups = frames.map(({ group }) => group);
    expect(new Set(groups).size).toBe(10);
    expect(groups).toEqual([...groups].sort());
  });

  it('finds frames beside the boxes, and never outside the folder', async () => {
    const root = await folderOf({ 'boxes.json': '{"../../etc/passwd":[]}' });
    expect((await listFrames(root)).map(({ path }) => path)).toEqual([join(root, 'passwd')]);
  });

  it.each([
    '',
    '[',
    '[]',
    '{"a.jpg":[{"activity":"surfing","box":[1,2,3]}]}',
    '{"a.jpg":[{"box":[1,2,3,4]}]}',
  ])('refuses %j', async text => {
    const root = await folderOf({ 'boxes.json': text });
    await expect(listFrames(root)).rejects.toMatchObject({
      code: 'dataset-unreadable',
      message: expect.stringContaining('boxes.json'),
    });
  });

  it('keeps kites, other things and what is to be ignored apart from riders', async () => {
    const box = [0.1, 0.2, 0.3, 0.4];
    const text = JSON.stringify({
      'f.jpg': [
        { activity: 'kitesurfing', part: 'kite', box },
        { activity: 'Kite', box: [0, 0, 0.1, 0.1] },
        { activity: 'person', box },
        { activity: 'person', box: [2, 2, 1, 1] },
        { activity: 'Surfer', box },
        { activity: 'surfing', ignore: true, box },
        { activity: 'sup', box },
      ],
    });
    const root = await folderOf({ 'boxes.json': text });
    const rectangle = { x: 0.1, y: 0.2, w: 0.3, h: 0.4 };
    const [frame] = await listFrames(root);
    expect(frame).toMatchObject({
      riders: [{ activity: 'surfing', box: rectangle }],
      kites: [rectangle, { x: 0, y: 0, w: 0.1, h: 0.1 }],
      others: [
        { name: 'person', box: rectangle },
        { name: 'sup', box: rectangle },
      ],
      ignored: [rectangle],
    });
    expect((await readFrames(root, 'boxes.json')).findings).toEqual([]);
    expect((await listFrames(root, ['sup']))[0]?.riders).toHaveLength(2);
  });

  it('asks about names that may be misspelt', async () => {
    const root = await folderOf({
      'boxes.json':
        '{"a.jpg":[{"activity":"windsurfng","box":[0,0,1,1]},{"activity":"seal","box":[0,0,1,1]}]}',
    });
    const { frames, findings } = await readFrames(root, 'boxes.json');
    expect(frames[0]?.others.map(({ name }) => name)).toEqual(['windsurfng', 'seal']);
    expect(findings).toMatchObject([
      { kind: 'unknown-name', message: expect.stringContaining('did you mean “windsurfing”?'), leftOut: [] },
    ]);
  });

  it('knows the camera of a frame by the manifest, which needs no groups, else by the folder', async () => {
    const list = '{"a.jpg":[],"b.jpg":[],"c.jpg":[]}';
    const root = await folderOf({
      'boxes.json': list,
      'frames/a.jpg': '',
      'manifest.csv': 'file,camera\na.jpg,north\nframes/b.jpg,south\nc.jpg,north\n',
    });
    const frames = await listFrames(root);
    expect(frames.map(({ camera }) => camera)).toEqual(['north', 'south', 'north']);
    const [a, b, c] = frames.map(({ group }) => group);
    expect([a === c, a === b]).toEqual([true, false]);
    const plain = await folderOf({ 'pier/boxes.json': list });
    expect((await listFrames(join(plain, 'pier'))).map(({ camera }) => camera)).toEqual(
      Array(3).fill('pier'),
    );
  });

  it('takes a rider for a part only beside a kite of its own', async () => {
    const box = [0.1, 0.1, 0.1, 0.1];
    const text = JSON.stringify({
      'kite.jpg': [
        { activity: 'kitesurfing', part: 'kite', box },
        { activity: 'kitesurfing', part: 'rider', box },
        { activity: 'surfing', part: 'rider', box },
      ],
      'surf.jpg': [{ activity: 'surfing', part: 'rider', box }],
    });
    const frames = await listFrames(await folderOf({ 'boxes.json': text }));
    expect(frames.map(({ riders }) => riders.map(({ partial }) => partial))).toEqual([
      [true, undefined],
      [undefined],
    ]);
  });

  it('takes the groups of a manifest where there is one', async () => {
    const manifest = 'file,group\nframes/f00.jpg,monday\nframes/f01.jpg,monday\n';
    const root = await folderOf({ 'boxes.json': boxes, 'frames/f00.jpg': '', 'manifest.csv': manifest });
    const groups = (await listFrames(root)).map(({ group }) => group);
    expect(groups.slice(0, 2)).toEqual(['monday', 'monday']);
    expect(groups[19]).toMatch(/#9$/);
  });

  it('is chosen where there are boxes', async () => {
    const framed = await folderOf({ 'boxes.json': boxes, 'frames/f00.jpg': '' });
    const plain = await folderOf({ 'surfing/a.jpg': '', 'windsurfing/b.jpg': '' });
    expect([await hasBoxes(framed), await hasBoxes(plain)]).toEqual([true, false]);
  });
});

describe('labels', () => {
  it('come in the usual order, then by name', () => {
    expect(labelsInOrder(['wingfoil', 'kitesurfing', 'canoe', 'surfing', 'canoe'])).toEqual([
      'surfing',
      'kitesurfing',
      'canoe',
      'wingfoil',
    ]);
    expect(labelVector(['kitesurfing', 'surfing'], ['surfing', 'windsurfing', 'kitesurfing'])).toEqual([
      1, 0, 1,
    ]);
  });
});
