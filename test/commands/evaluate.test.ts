import { existsSync } from 'node:fs';
import { readFile, symlink } from 'node:fs/promises';
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

  test('judges frames with boxes tile by tile, in the daemon’s grid or in another', async () => {
    const folder = await temporaryFolder();
    await put(folder, 'frames/f1.jpg', await noisyPicture(1280, 720));
    await put(folder, 'frames/f2.jpg', await noisyPicture(1280, 720));
    // In the middle of the first of 4 × 3 tiles.
    const rider = { activity: 'surfing', box: [0.08, 0.12, 0.05, 0.1] };
    await put(folder, 'boxes.json', JSON.stringify({ 'f1.jpg': [rider], 'f2.jpg': [], 'f3.jpg': [] }));
    const [grid, squares] = await Promise.all([
      surfwatch(['evaluate', folder, '--json']),
      surfwatch(['evaluate', folder, '--json', '--tile-size', '720', '--set', 'tiles.overlap=0']),
    ]);
    expect(JSON.parse(grid.output)).toMatchObject({
      unit: 'tiles',
      pictures: 24,
      classes: { surfing: { support: 1 }, none: { support: 23 } },
      unreadable: [{ error: { code: 'image-missing' } }],
    });
    // Two columns over 1280 × 720.
    expect(JSON.parse(squares.output)).toMatchObject({ pictures: 4, classes: { surfing: { support: 1 } } });
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
  test.skipIf(!existsSync(tele))('tells the tiles of a real camera (needs ../shared)', async () => {
    const boxes: Record<string, unknown> = JSON.parse(await readFile(join(tele, 'boxes.json'), 'utf8'));
    const few = Object.entries(boxes).filter((_, index) => index % 20 === 0);
    const folder = await temporaryFolder();
    await symlink(join(tele, 'frames'), join(folder, 'frames'));
    await put(folder, 'boxes.json', JSON.stringify(Object.fromEntries(few)));
    const { output } = await surfwatch(['evaluate', folder, '--json']);
    expect(JSON.parse(output)).toMatchObject({ files: few.length, unreadable: [] });
    expect(JSON.parse(output).balancedAccuracy).toBeGreaterThan(0.8);
  });
});
