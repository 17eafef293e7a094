import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { type ContactSheet, writeContactSheet } from '../../../src/learning/sheet/contact-sheet.ts';
import { put } from '../../cli/support.ts';
import { hasChromium, sharedChromium } from '../../support/chromium.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const TRICKY = `<img src=x onerror="document.title=1"> & 'quoted' 日本語 ${'long'.repeat(40)}`;

function coloured(background: string, width = 640, height = 400): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 3, background } })
    .jpeg()
    .toBuffer();
}

async function exampleSheet(folder: string): Promise<ContactSheet> {
  const red = await put(folder, 'surfing/red.jpg', await coloured('#d02020'));
  const blue = await put(folder, 'none/blue.jpg', await coloured('#2020d0', 300, 900));
  const broken = await put(folder, 'none/broken.jpg', 'no picture');
  const pictures = Array.from({ length: 20 }, (_, index) => ({ file: red, caption: `red ${index}` }));
  return {
    title: `photos & more ${TRICKY}`,
    sections: [
      { title: 'surfing', note: `Twenty. ${TRICKY}`, pictures },
      {
        title: TRICKY,
        pictures: [
          { file: blue, caption: TRICKY, tone: 'bad' },
          { file: blue, caption: 'right\nscore 0.98', tone: 'good' },
          { file: broken, caption: 'broken.jpg' },
          { file: join(folder, 'missing.jpg'), caption: 'missing.jpg', tone: 'plain' },
        ],
      },
      { title: 'nothing', pictures: [] },
    ],
  };
}

describe('a page', () => {
  test('is one file that loads nothing and runs nothing', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'out', 'sheet.html');
    await writeContactSheet(path, await exampleSheet(folder));
    const page = await readFile(path, 'utf8');
    expect(page).not.toMatch(/<script|onerror="|<link|src="(?!data:image\/jpeg)/);
    expect(page.match(/<img /g)).toHaveLength(22);
    expect(page.match(/can’t be read/g)).toHaveLength(2);
    expect(page).toContain("default-src 'none'".replaceAll("'", '&#39;'));
  });

  test.skipIf(!hasChromium()).each([
    ['light', 360],
    ['dark', 1200],
  ] as const)(
    'reads well in a browser: %s, %i pixels wide (skipped without Chromium)',
    async (scheme, width) => {
      const folder = await temporaryFolder();
      const path = join(folder, 'sheet.html');
      await writeContactSheet(path, await exampleSheet(folder));
      const browser = await sharedChromium();
      const page = await browser.newPage({ colorScheme: scheme, viewport: { width, height: 740 } });
      try {
        const complaints: string[] = [];
        page.on('console', message => complaints.push(message.text()));
        page.on('pageerror', error => complaints.push(error.message));
        const requests: string[] = [];
        page.on('request', request => requests.push(request.url().slice(0, 10)));
        await page.goto(pathToFileURL(path).href);
        const seen = await page.evaluate(`({
        title: document.title,
        overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
        images: [...document.images].map(image => image.complete && image.naturalWidth),
        columns: getComputedStyle(document.querySelector('.grid')).gridTemplateColumns.split(' ').length,
        dark: matchMedia('(prefers-color-scheme: dark)').matches,
        paper: getComputedStyle(document.querySelector('.bad')).borderTopWidth,
        captions: [...document.querySelectorAll('figcaption')].map(caption => caption.innerText),
      })`);
        expect(seen).toMatchObject({
          title: expect.stringContaining('photos & more <img src=x'),
          overflow: 0,
          dark: scheme === 'dark',
          paper: '3px',
          columns: width < 400 ? 2 : expect.any(Number),
          images: [...Array.from({ length: 20 }, () => 200), 67, 67],
          captions: expect.arrayContaining(['✓\u{a0}right\nscore 0.98', `✗\u{a0}${TRICKY}`, 'broken.jpg']),
        });
        expect(complaints).toEqual([]);
        expect(requests.filter(url => !/^(file|data):/.test(url))).toEqual([]);
      } finally {
        await page.close();
      }
    },
  );
});

describe('a picture', () => {
  test('shows the same, each in its place', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'sheet.PNG');
    await writeContactSheet(path, await exampleSheet(folder));
    const { data, info } = await sharp(await readFile(path))
      .raw()
      .toBuffer({ resolveWithObject: true });
    const colours = new Set<string>();
    for (let offset = 0; offset < data.length; offset += info.channels * 7) {
      const [red = 0, green = 0, blue = 0] = data.subarray(offset, offset + 3);
      if (red > 180 && green < 60 && blue < 60) colours.add('red');
      if (blue > 180 && red < 60 && green < 60) colours.add('blue');
      if (red + green + blue < 60) colours.add('ink');
    }
    expect([...colours].sort()).toEqual(['blue', 'ink', 'red']);
    expect(info.width).toBe(1516);
  });

  test('is bounded: the pictures past the limit are counted, not shown', async () => {
    const folder = await temporaryFolder();
    const file = await put(folder, 'a.jpg', await coloured('grey', 32, 32));
    const section = (count: number) => ({
      title: `${count}`,
      pictures: Array.from({ length: count }, () => ({ file, caption: '' })),
    });
    const path = join(folder, 'sheet.png');
    await writeContactSheet(path, { title: 'many', sections: [section(3), section(500), section(450)] });
    const few = await sharp(path).metadata();
    // 3 + 198 + 198 pictures in rows of eight.
    expect(few.height).toBe(52 + 3 * 40 + (1 + 25 + 25) * 236);
  });
});

test.each(['sheet.gif', 'sheet'])('%s: refused, with the names that would do', async name => {
  const path = join(await temporaryFolder(), name);
  await expect(writeContactSheet(path, { title: '', sections: [] })).rejects.toMatchObject({
    code: 'sheet-unwritable',
    message: expect.stringContaining('.html or .png'),
  });
});

test('a folder that can’t be written to: said so', async () => {
  const folder = await temporaryFolder();
  await put(folder, 'file', '');
  await expect(
    writeContactSheet(join(folder, 'file', 'sheet.html'), { title: '', sections: [] }),
  ).rejects.toMatchObject({ code: 'sheet-unwritable' });
});
