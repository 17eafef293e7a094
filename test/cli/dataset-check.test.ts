import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { noisyPicture, put, surfwatch } from './support.ts';

/** Twelve different photos of each class, each from a source of its own. */
async function goodFolder(): Promise<string> {
  const folder = await temporaryFolder();
  for (const name of ['surfing', 'none']) {
    for (let index = 0; index < 12; index++) await put(folder, `${name}/${index}.jpg`, await noisyPicture());
  }
  return folder;
}

describe('surfwatch dataset check', () => {
  test('says that nothing is wrong: status 0', async () => {
    const folder = await goodFolder();
    const { status, output, errors } = await surfwatch(['dataset', 'check', folder]);
    expect([status, errors]).toEqual([0, '']);
    expect(output).toMatch(/^source +class +files +left out +groups\n/);
    expect(output).toContain(`${folder} (photos)`);
    expect(output).toMatch(/ surfing +12 +0 +12\n/);
    expect(output).toMatch(/✓ 24 files can be learnt from; nothing is wrong\n$/);
  });

  test('names what is left out: status 1, in words, as JSON and on a sheet', async () => {
    const folder = await goodFolder();
    const broken = [];
    for (let index = 0; index < 7; index++) {
      broken.push(await put(folder, `surfing/broken-${index}.jpg`, 'text'));
    }
    const photo = await readFile(join(folder, 'none/3.jpg'));
    const copy = await put(folder, 'none/copy.jpg', photo);
    const sheet = join(folder, 'look.html');

    const text = await surfwatch(['dataset', 'check', folder, '--sheet', sheet, '--samples', '2']);
    expect([text.status, text.errors]).toEqual([1, '']);
    expect(text.output).toContain('unreadable (7, leaves out 7)');
    expect(text.output).toContain('… and 2 more (--all)');
    expect(text.output).toContain(`${copy}, ${join(folder, 'none/3.jpg')}: the same file is there twice`);
    expect(text.output).toMatch(/✗ 8 files are left out; 24 can be learnt from\n$/);
    const page = await readFile(sheet, 'utf8');
    for (const part of ['surfing', 'none', 'unreadable', 'duplicate', 'broken-6.jpg', 'copy.jpg']) {
      expect(page).toContain(part);
    }

    const all = await surfwatch(['dataset', 'check', folder, '--all']);
    for (const path of broken) expect(all.output).toContain(path);

    const json = await surfwatch(['dataset', 'check', folder, '--json']);
    expect(json.status).toBe(1);
    const answer = JSON.parse(json.output);
    expect(answer.leftOut).toEqual([...broken, copy].sort());
    expect(answer).toMatchObject({
      files: 32,
      sources: [
        {
          directory: folder,
          format: 'photos',
          classes: [
            { class: 'none', files: 13, leftOut: 1, groups: 12 },
            { class: 'surfing', files: 19, leftOut: 7, groups: 12 },
          ],
        },
      ],
      clusters: [[join(folder, 'none/3.jpg'), copy]],
    });
    expect(answer.findings).toHaveLength(8);
  });

  test('warns without failing', async () => {
    const folder = await goodFolder();
    await put(folder, 'windsurfing/1.jpg', await noisyPicture());
    const { status, output } = await surfwatch(['dataset', 'check', folder]);
    expect(status).toBe(0);
    expect(output).toContain('windsurfing: fewer than 10 pictures (1)');
    expect(output).toMatch(/✓ 25 files can be learnt from; 2 warnings\n$/);
  });

  test('refuses a mixture: status 1, and what to do', async () => {
    const folder = await goodFolder();
    await put(folder, 'boxes.json', '{}');
    const { status, output, errors } = await surfwatch(['dataset', 'check', folder]);
    expect([status, output]).toEqual([1, '']);
    expect(errors).toContain(`dataset-mixed: ${folder} holds boxes.json and photos in none/, surfing/`);
  });
});
