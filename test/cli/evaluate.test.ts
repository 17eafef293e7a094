import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { blackPicture, noisyPicture, put, SHARED_DATA, surfwatch } from './support.ts';

describe('surfwatch evaluate', () => {
  test('measures photos in class folders, and lists what could not be judged, read or known', async () => {
    const folder = await temporaryFolder();
    for (const name of ['1', '2', '3']) await put(folder, `none/${name}.jpg`, await noisyPicture());
    const night = await put(folder, 'surfing/night.jpg', await blackPicture());
    const broken = await put(folder, 'surfing+kitesurfing/broken.jpg', 'text');
    await put(folder, 'sup/1.jpg', await noisyPicture());
    await put(
      folder,
      'manifest.csv',
      'file,group\nnone/1.jpg,here\nnone/2.jpg,here\nnone/3.jpg,here\nsurfing/night.jpg,there\n',
    );
    const { status, output, errors } = await surfwatch(['evaluate', folder, '--json']);
    expect([status, errors]).toEqual([0, '']);
    const report = JSON.parse(output);
    expect(report).toMatchObject({
      unit: 'pictures',
      files: 6,
      pictures: 4,
      classes: { none: { support: 3 }, surfing: { support: 1, recall: 0 } },
      unknown: [{ file: night, visibility: 'dark' }],
      unreadable: [{ file: broken, error: { code: 'image-unreadable' } }],
      foreign: { sup: 1 },
    });
    expect(report.confusion.surfing.unknown).toBe(1);
    expect(report.confusion.none.unknown).toBe(0);
    // Of the three pictures without an activity as many as were found so are right; the night is wrong.
    expect(report.accuracy).toBe(report.confusion.none.none / 4);
    expect(report.groups[0]).toEqual({ group: 'there', pictures: 1, accuracy: 0 });

    const text = await surfwatch(['evaluate', folder]);
    expect(text.output).toMatch(/^accuracy +\d\.\d{3}$/m);
    expect(text.output).toMatch(/^truth \\ found +surfing +windsurfing +kitesurfing +none +unknown$/m);
    expect(text.output).toContain(`${night}: dark`);
    expect(text.output).toContain(`${broken}: image-unreadable`);
  });

  test('measures frames with boxes by riders, camera by camera', async () => {
    const folder = await temporaryFolder();
    for (const name of ['f1', 'f2', 'f3']) await put(folder, `frames/${name}.jpg`, await noisyPicture());
    await put(folder, 'frames/night.jpg', await blackPicture());
    const rider = { activity: 'surfing', box: [0.08, 0.12, 0.05, 0.1] };
    const person = { activity: 'person', box: [0.5, 0.5, 0.1, 0.2] };
    const boxes = {
      'f1.jpg': [rider, person],
      'f2.jpg': [],
      'f3.jpg': [],
      'night.jpg': [rider],
      'gone.jpg': [],
    };
    const list = await put(folder, 'lists/boxes.json', JSON.stringify(boxes));
    await put(
      folder,
      'manifest.csv',
      'file,camera\nf1.jpg,north\nf2.jpg,north\nf3.jpg,south\nnight.jpg,south\n',
    );
    const run = (name: string, ...more: string[]) =>
      surfwatch(['evaluate', folder, '--boxes', name, ...more]);
    const [inside, text] = await Promise.all([run('lists/boxes.json', '--json'), run(list)]);
    expect([inside.status, inside.errors]).toEqual([0, '']);
    const report = JSON.parse(inside.output);
    expect(report).toMatchObject({
      unit: 'frames',
      files: 5,
      pooled: { frames: 4, occupied: 2, empty: 2, riders: 2 },
      cameras: [
        { camera: 'north', frames: 2, occupied: 1, empty: 1 },
        { camera: 'south', frames: 2, occupied: 1, found: 0, hit: 0, recall: 0 },
      ],
      unknown: [{ file: join(folder, 'frames/night.jpg'), visibility: 'dark' }],
      unreadable: [{ file: join(folder, 'frames/gone.jpg'), error: { code: 'image-missing' } }],
      foreign: {},
    });
    expect(report.pooled.curves.riders).toHaveLength(19);
    expect(report.frames).toHaveLength(4);
    expect(report.mean.found).toBe(((report.cameras[0].found as number) + 0) / 2);
    expect(text.output).toMatch(/^camera +frames +riders +found +named +hit +left alone/m);
    expect(text.output).toMatch(/^north +1\+1 +1 /m);
    expect(text.output).toMatch(/^mean /m);
    expect(text.output).toContain('night.jpg: dark');

    const missing = await run('nowhere.json');
    expect([missing.status, missing.output]).toEqual([1, '']);
    expect(missing.errors).toContain('dataset-unreadable');
  });

  test.each([
    ['nothing there', async () => '/nonexistent/folder'],
    ['no class folders', () => temporaryFolder()],
    [
      'nothing readable',
      async () => {
        const folder = await temporaryFolder();
        await put(folder, 'surfing/1.jpg', 'text');
        return folder;
      },
    ],
  ])('%s: status 1', async (_, folder) => {
    const { status, output, errors } = await surfwatch(['evaluate', await folder()]);
    expect([status, output]).toEqual([1, '']);
    expect(errors).toContain('dataset-unreadable');
  });

  const tele = join(SHARED_DATA, 'windsurf-tele');
  test.skipIf(!existsSync(tele))('finds the riders of a real camera (needs ../shared)', async () => {
    const boxes: Record<string, unknown> = JSON.parse(await readFile(join(tele, 'boxes.json'), 'utf8'));
    const few = Object.entries(boxes).filter((_, index) => index % 80 === 0);
    const list = await put(await temporaryFolder(), 'few.json', JSON.stringify(Object.fromEntries(few)));
    const { output } = await surfwatch(['evaluate', tele, '--boxes', list, '--json']);
    expect(JSON.parse(output)).toMatchObject({
      files: few.length,
      unreadable: [],
      cameras: [{ camera: 'windsurf-tele' }],
    });
    expect(JSON.parse(output).pooled.hit).toBeGreaterThan(0.8);
  });
});
