import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { type LabelSheet, labelSheetHtml, type SheetPlace } from '../../../src/learning/sheet/label-sheet.ts';
import { hasChromium, sharedChromium } from '../../support/chromium.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const FRAME = '01JWNB52Q8Z3V4C0E7XK9T5R2M';
const ACTIVITIES = ['surfing', 'kitesurfing'];
const beach = await readFile(new URL('../../data/surfcam-cc0/frames/train_frame_0008.jpg', import.meta.url));
const { width, height } = await sharp(beach).metadata();

function place(number: number | null, x: number, y: number, score = 0.8): SheetPlace {
  const [w, h] = [48 / width, 48 / height];
  return { number, x, y, rectangle: { x: x - w / 2, y: y - h / 2, w, h }, activity: 'surfing', score };
}

function sheetOf(
  places: readonly SheetPlace[],
  reasons = ['surfing 0.51 is near its threshold'],
): LabelSheet {
  const picture = { jpeg: beach, width, height };
  const frame = { frame: FRAME, taken: '2026-06-01 09:14:03', reasons, activities: ACTIVITIES };
  return { where: '-c board.json', frames: [{ ...frame, places, picture, missing: '' }] };
}

test('is one page whose texts are escaped, and which says why a picture is missing', () => {
  const tricky = `<img src=x onerror="document.title=1"> & 'quoted'`;
  const sheet = sheetOf([], [tricky]);
  const [frame] = sheet.frames;
  if (frame === undefined) throw new Error('no frame');
  const page = labelSheetHtml({
    where: tricky,
    frames: [{ ...frame, activities: [tricky], picture: null, missing: 'no picture of it is kept' }],
  });
  expect(page).not.toMatch(/<img|<link|href="(?!data:image\/jpeg|#)/);
  expect(page.match(/<script>/g)).toHaveLength(1);
  expect(page).toContain('no picture of it is kept');
  expect(page).toContain('default-src &#39;none&#39;');
});

/** Opens it as somebody does who was sent the file. */
async function opened(
  sheet: LabelSheet,
  use: (page: Page) => Promise<void>,
  viewport = { width: 1280, height: 900 },
) {
  const path = join(await temporaryFolder(), 'next.html');
  await writeFile(path, labelSheetHtml(sheet));
  const browser = await sharedChromium();
  const context = await browser.newContext({
    viewport,
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  try {
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', message => complaints.push(message.text()));
    page.on('pageerror', error => complaints.push(error.message));
    page.on('request', request => {
      if (!/^(file|data|blob):/.test(request.url())) complaints.push(request.url());
    });
    await page.goto(pathToFileURL(path).href);
    await use(page);
    expect(complaints).toEqual([]);
  } finally {
    await context.close();
  }
}

describe.skipIf(!hasChromium())('in a browser (skipped without Chromium)', () => {
  const places = [place(1, 0.4, 0.6, 0.97), place(2, 0.7, 0.65), place(null, 0.2, 0.5, 0.3)];
  const command = (page: Page) => page.textContent('.command');
  const choose = (page: Page, at: number, value: string) =>
    page.locator('.places select').nth(at).selectOption(value);

  test('says what was chosen as a command, and copies it', async () => {
    await opened(sheetOf(places), async page => {
      const start = `surfwatch label ${FRAME}`;
      expect(await command(page)).toBe(`${start} --confirm -c board.json`);
      await page.locator('.complete').check();
      expect(await command(page)).toBe(`${start} --confirm --complete -c board.json`);
      await choose(page, 1, 'nobody');
      expect(await command(page)).toBe(`${start} --not 2 --complete -c board.json`);
      await choose(page, 2, 'surfing');
      expect(await command(page)).toBe(
        `${start} --not 2 --also 0.2000,0.5000=surfing --complete -c board.json`,
      );
      await choose(page, 0, 'kitesurfing');
      expect(await command(page)).toBe(
        `${start} --rider 0.4000,0.6000=kitesurfing --rider 0.2000,0.5000=surfing --complete -c board.json`,
      );
      await page.locator('.copy').click();
      await page.getByText('Copied').waitFor();
      expect(await page.evaluate('navigator.clipboard.readText()')).toBe(await command(page));
      await page.locator('button.nobody').click();
      expect(await command(page)).toBe(`${start} --as none -c board.json`);
    });
  });

  test('marks riders by a click in the frame, and takes them back by another', async () => {
    await opened(sheetOf([]), async page => {
      const picture = page.locator('svg.frame');
      const box = await picture.boundingBox();
      if (box === null) throw new Error('no picture');
      await page.locator('.new').selectOption('kitesurfing');
      await picture.click({ position: { x: box.width / 4, y: box.height / 2 } });
      const said = await command(page);
      const [, x, y] = /--rider (0\.\d{4}),(0\.\d{4})=kitesurfing -c/.exec(said ?? '') ?? [];
      expect(Number(x)).toBeCloseTo(0.25, 2);
      expect(Number(y)).toBeCloseTo(0.5, 2);
      await page.locator('.added').click();
      expect(await command(page)).toContain('--as none');
    });
  });

  test.each([360, 1280])(
    'shows a rider three times as large, and the frame at full width: %i pixels wide',
    async wide => {
      const check = async (page: Page) => {
        const seen = await page.evaluate(`({
        overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
        frame: document.querySelector('svg.frame').getBoundingClientRect().width,
        crops: [...document.querySelectorAll('svg.crop')].map(crop => crop.getBoundingClientRect().width / crop.viewBox.baseVal.width),
        numbers: [...document.querySelectorAll('.marks text')].map(text => text.textContent),
      })`);
        expect(seen).toEqual({
          overflow: 0,
          frame: wide - 32,
          crops: [expect.closeTo(3, 1), expect.closeTo(3, 1), expect.closeTo(3, 1)],
          numbers: ['1', '2', '?'],
        });
      };
      await opened(sheetOf(places), check, { width: wide, height: 800 });
    },
  );
});
