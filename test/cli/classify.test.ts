import { existsSync } from 'node:fs';
import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import type { FrameAnswer } from '../../src/cli/classify-output.ts';
import { zonesOf } from '../../src/config/zones.ts';
import { zoneAt } from '../../src/vision/zone.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import {
  blackPicture,
  jsonLines,
  noisyPicture,
  put,
  SHARED_DATA,
  surfwatch,
  surfwatchProcess,
} from './support.ts';

const photos = join(SHARED_DATA, 'watersports');

describe('surfwatch classify', () => {
  test('answers one JSON object a picture, of files and of folders with all below them', async () => {
    const folder = await temporaryFolder();
    const single = await put(folder, 'single.jpg', await noisyPicture());
    const first = await put(folder, 'beach/frame2.jpg', await noisyPicture());
    const second = await put(folder, 'beach/frame10.jpg', await noisyPicture());
    const deeper = await put(folder, 'beach/later/frame1.jpeg', await blackPicture());
    await put(folder, 'beach/notes.txt', 'no picture');
    await put(folder, 'beach/.hidden.jpg', await noisyPicture());

    const { status, output, errors } = await surfwatch(['classify', '--json', single, join(folder, 'beach')]);
    expect([status, errors]).toEqual([0, '']);
    const answers = jsonLines(output);
    expect(answers.map(({ file }) => file)).toEqual([single, first, second, deeper]);
    for (const answer of answers) {
      expect(Object.keys(answer)).toEqual(['file', 'activity', 'activities', 'scores', 'visibility']);
      expect(Object.keys(answer.scores as object)).toEqual(['surfing', 'windsurfing', 'kitesurfing']);
    }
    expect(answers.map(({ visibility }) => visibility)).toEqual(['ok', 'ok', 'ok', 'dark']);
    expect(answers.at(-1)).toMatchObject({ activity: 'unknown', activities: [] });
  });

  test('every file that cannot be read gets a line with its error, the others are done, and the status is 1', async () => {
    const folder = await temporaryFolder();
    const good = await noisyPicture();
    const files = {
      good: await put(folder, 'good.jpg', good),
      truncated: await put(folder, 'truncated.jpg', good),
      empty: await put(folder, 'empty.jpg', ''),
      text: await put(folder, 'text.jpg', 'not a picture at all'),
      huge: await put(folder, 'huge.png', await hundredMegapixels()),
      fat: await put(folder, 'fat.jpg', Buffer.alloc(21_000_000)),
      missing: join(folder, 'missing.jpg'),
      none: join(folder, 'none'),
    };
    await truncate(files.truncated, good.length >> 1);
    await put(folder, 'none/readme.txt', '');
    const { status, output, errors } = await surfwatch(['classify', '--json', ...Object.values(files)]);
    expect([status, errors]).toEqual([1, '']);
    const codes = jsonLines(output).map(({ file, error }) => [
      file,
      (error as { code?: string } | undefined)?.code,
    ]);
    expect(codes).toEqual([
      [files.good, undefined],
      [files.truncated, 'image-unreadable'],
      [files.empty, 'image-unreadable'],
      [files.text, 'image-unreadable'],
      [files.huge, 'image-too-large'],
      [files.fat, 'image-too-large'],
      [files.missing, 'image-missing'],
      [files.none, 'image-missing'],
    ]);
  });

  test('--camera finds riders in frames, as finely as it is told to, and those of the zones alone', async () => {
    const folder = await temporaryFolder();
    const file = await put(folder, 'beach.jpg', await noisyPicture(640, 360));
    const night = await put(folder, 'night.jpg', await blackPicture());
    const camera = ['classify', '--json', '--camera', file];
    const [plain, zoned] = await Promise.all([
      surfwatch([...camera, night]),
      surfwatch([...camera, '--set', 'vision.detail=1', '--set', `zones=${ZONES}`]),
    ]);
    expect([plain.status, plain.errors, zoned.errors]).toEqual([0, '', '']);
    const [beach, dark] = jsonLines(plain.output) as unknown as FrameAnswer[];
    expect(Object.keys(beach ?? {})).toEqual([
      'file',
      'activity',
      'activities',
      'scores',
      'count',
      'riders',
      'visibility',
      'detail',
    ]);
    // Enlarged to twice its size, where nothing more is to be gained.
    expect(beach?.detail).toEqual({ scale: 2, smallestPx: 6, tookMs: expect.any(Number) });
    const scores = beach?.riders.map(({ score }) => score) ?? [];
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    const counted = Object.values(beach?.count ?? {}).reduce((sum, count) => sum + count, 0);
    expect(counted).toBe(scores.length);
    expect(dark).toMatchObject({
      activity: 'unknown',
      visibility: 'dark',
      riders: [],
      count: { surfing: 0 },
    });
    const [parts] = jsonLines(zoned.output) as unknown as FrameAnswer[];
    expect(parts).toMatchObject({ detail: { scale: 1, smallestPx: 12 } });
    expect(Object.keys(parts?.zones ?? {})).toEqual(['left', 'right']);
    for (const { x, y } of parts?.riders ?? []) {
      expect(zoneAt(zonesOf({ zones: JSON.parse(ZONES) }), { x, y })).not.toBeNull();
    }
  });

  test('- is the picture on standard input', async () => {
    const { status, output } = await surfwatchProcess(['classify', '--json', '-'], {
      input: await noisyPicture(),
    });
    expect(status).toBe(0);
    expect(jsonLines(output)).toMatchObject([{ file: '-', visibility: 'ok' }]);
  });

  test('for people: a line a picture with the numbers, errors on standard error', async () => {
    const folder = await temporaryFolder();
    await put(folder, 'a.jpg', await noisyPicture());
    await put(folder, 'b.jpg', 'text');
    await put(folder, 'night.jpg', await blackPicture());
    const { status, output, errors } = await surfwatchProcess(['classify', '.'], { cwd: folder });
    expect(status).toBe(1);
    const [title, a, night] = output.split('\n');
    expect(title).toMatch(/^file {2,}activity {2,}surfing {2,}windsurfing {2,}kitesurfing$/);
    expect(a).toMatch(/^a\.jpg +\w+ +\S* *\d\.\d\d +\S* *\d\.\d\d +\S* *\d\.\d\d/);
    expect(night).toMatch(/^night\.jpg +unknown .* dark$/);
    expect(errors).toMatch(/^b\.jpg: image-unreadable: /);
  });

  test('a model that is not there ends it with a code and a remedy', async () => {
    const { status, output, errors } = await surfwatch([
      'classify',
      'x.jpg',
      '--set',
      'models.pictureHead=nobody',
    ]);
    expect([status, output]).toEqual([1, '']);
    expect(errors).toContain('model-missing');
    expect(errors).toContain('Check `models.dir`');
  });

  test.skipIf(!existsSync(photos))('tells the activities of photos (needs ../shared)', async () => {
    const named = ['surfing', 'windsurfing', 'kitesurfing', 'none'].flatMap(activity =>
      [0, 1, 2].map(index => [activity, join(photos, activity, `${activity}_000${index}.jpg`)] as const),
    );
    const { status, output } = await surfwatch(['classify', '--json', ...named.map(([, file]) => file)]);
    expect(status).toBe(0);
    const right = jsonLines(output).filter(({ activity }, index) => activity === named[index]?.[0]);
    expect(right.length).toBeGreaterThanOrEqual(11);
  });
});

const ZONES = JSON.stringify([
  { name: 'left', x: 0, y: 0.2, w: 0.5, h: 0.4 },
  { name: 'right', x: 0.5, y: 0.2, w: 0.5, h: 0.4 },
]);

/** A few hundred kilobytes that would unpack to 300 MB. */
function hundredMegapixels(): Promise<Buffer> {
  return sharp({
    create: { width: 10_000, height: 10_000, channels: 3, background: 'blue' },
    limitInputPixels: false,
  })
    .png()
    .toBuffer();
}
