import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'jsonc-parser';
import type { Browser, Locator, Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { PACKAGE_ROOT } from '../../src/base/paths.ts';
import { hasChromium, sharedChromium } from '../support/chromium.ts';
import { until } from '../support/until.ts';
import { suiteServed } from './support.ts';
import { browse, expectSound, tabTo } from './ui/browse.ts';

const FRAMES = join(PACKAGE_ROOT, 'test', 'data', 'surfcam-cc0', 'frames');
const CONFIG = `{
  // The pier has no name yet.
}
`;

let browser: Browser;
beforeAll(async () => {
  if (hasChromium()) browser = await sharedChromium();
});

async function typed(page: Page, into: Locator, text: string): Promise<void> {
  await tabTo(page, into);
  await page.keyboard.press('Control+a');
  await page.keyboard.type(text);
}

describe.skipIf(!hasChromium())('setting up a daemon without a camera', () => {
  const served = suiteServed(['broker.port=0', 'vision.detail=0.5'], CONFIG);

  it('leads from an empty configuration to a camera with two zones, by mouse', async () => {
    const { url, read, restarts } = served();
    // No picture is there before the camera is.
    const browsed = await browse(browser, url, '', { allowed: [404, 502] });
    const { page } = browsed;
    await page.getByLabel('Network camera').check();
    await page.getByRole('textbox', { name: 'Address' }).fill('http://127.0.0.1:9/snapshot.jpg');
    await page.getByRole('button', { name: 'Try the camera' }).click();
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').textContent()).toContain('127.0.0.1:9');

    await page.getByLabel('Folder', { exact: false }).first().check();
    await page.getByRole('textbox', { name: 'Folder' }).fill(FRAMES);
    await page.getByRole('button', { name: 'Try the camera' }).click();
    await page.getByText('1280 × 720 pixels').waitFor();
    await page.getByRole('link', { name: 'Next' }).click();
    await page.getByLabel('Name of the beach').fill('North Pier');
    await page.getByRole('link', { name: 'Next' }).click();

    const picture = page.locator('.stage > img');
    await picture.waitFor();
    for (const [index, corners] of [
      [
        [0.1, 0.7],
        [0.4, 0.7],
        [0.4, 0.9],
        [0.1, 0.9],
      ],
      [
        [0.5, 0.6],
        [0.9, 0.6],
        [0.7, 0.9],
      ],
    ].entries()) {
      await page.getByRole('button', { name: 'Draw a zone' }).click();
      const box = await picture.boundingBox();
      for (const [x = 0, y = 0] of corners) {
        await page.mouse.click((box?.x ?? 0) + x * (box?.width ?? 0), (box?.y ?? 0) + y * (box?.height ?? 0));
      }
      await page.getByRole('button', { name: 'Close the zone' }).click();
      await page
        .getByLabel('Name of the zone')
        .nth(index)
        .fill(['Line-up', 'outside'][index] ?? '');
    }
    await expectSound(browsed);
    await page.getByRole('link', { name: 'Review and save' }).first().click();
    await page.getByText('+   "zones"').waitFor();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Saved', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Restart now' }).click();
    await until(() => restarts() === 1, 'the restart');
    await page.getByRole('button', { name: 'Restart now' }).waitFor({ state: 'detached' });

    const saved = await read();
    expect(saved).toContain('// The pier has no name yet.');
    expect(parse(saved)).toMatchObject({
      site: 'north-pier',
      camera: { kind: 'directory', directory: { path: FRAMES } },
      zones: [
        { name: 'line-up', points: [[expect.closeTo(0.1, 2), expect.closeTo(0.7, 2)], {}, {}, {}] },
        { name: 'outside', points: [{}, {}, {}] },
      ],
    });
    await expectSound(browsed);
  });

  it('takes zones, their corners and their names by keys alone', async () => {
    const { url, file, read } = served();
    await writeFile(file, '{}\n');
    const browsed = await browse(browser, url, 'setup/zones', { allowed: [404, 502] });
    const { page } = browsed;
    await tabTo(page, page.getByRole('button', { name: 'Add a rectangle' }));
    await page.keyboard.press('Enter');
    await typed(page, page.getByLabel('Name of the zone'), 'reef');
    const corner = page.getByRole('button', { name: 'Corner 1 of 4 of reef' });
    await page.evaluate('document.activeElement.blur()');
    await tabTo(page, corner);
    for (const key of ['ArrowLeft', 'ArrowLeft', 'ArrowUp', 'Shift+ArrowDown'])
      await page.keyboard.press(key);
    await tabTo(page, page.getByRole('button', { name: 'Corner 3 of 4 of reef' }));
    await page.keyboard.press('Delete');
    await expectSound(browsed);
    await tabTo(page, page.getByRole('link', { name: 'Review and save' }).last());
    await page.keyboard.press('Enter');
    const save = page.getByRole('button', { name: 'Save', exact: true });
    await save.waitFor();
    await tabTo(page, save);
    await page.keyboard.press('Enter');
    await page.getByText('Saved', { exact: true }).waitFor();
    expect(parse(await read()).zones).toEqual([
      {
        name: 'reef',
        points: [
          [0.28, 0.391],
          [0.7, 0.4],
          [0.3, 0.7],
        ],
      },
    ]);
    expect(browsed.wrong).toEqual([]);
  });

  it('says what is wrong beside the field, as the text it is, and does not save it', async () => {
    const { url, file } = served();
    await writeFile(file, '{}\n');
    const browsed = await browse(browser, url, 'setup/place', { allowed: [404, 502] });
    const { page } = browsed;
    await page.getByLabel('Watch by daylight').check();
    await page.getByLabel('Latitude and longitude').fill('north of the pier');
    await page.getByText('Two numbers with a comma').waitFor();
    await page.getByLabel('Time zone').fill('<img src=x onerror=alert(1)>');
    await page.getByText('not "<img src=x').waitFor();
    await page.getByRole('link', { name: 'Review and save' }).first().click();
    await page.getByText('This cannot be saved yet').waitFor();
    expect(await page.getByRole('button', { name: 'Save', exact: true }).isDisabled()).toBe(true);
    expect(await page.locator('img[src="x"]').count()).toBe(0);
    await expectSound(browsed);
  });

  it('keeps the changes where the file was changed meanwhile, and saves both', async () => {
    const { url, file, read } = served();
    await writeFile(file, '{}\n');
    const browsed = await browse(browser, url, 'setup/place', { allowed: [404, 409] });
    const { page } = browsed;
    await page.getByLabel('Watch by daylight').check();
    await page.getByLabel('Latitude and longitude').fill('39.3551, -9.3811');
    await page.getByLabel('Begin later, in minutes').fill('-30');
    await page.getByRole('button', { name: 'Add a time' }).click();
    await page.getByRole('button', { name: 'Sun' }).click();
    await page.getByRole('link', { name: 'Review and save' }).first().click();
    await page.getByText('+   "schedule"').waitFor();
    await writeFile(file, '{ "site": "south" }\n');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('alert').waitFor();
    await page.getByRole('button', { name: 'Load again' }).click();
    await page.getByText('+   "site": "south"').waitFor();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Saved', { exact: true }).waitFor();
    expect(parse(await read())).toEqual({
      site: 'south',
      schedule: {
        enabled: true,
        latitude: 39.3551,
        longitude: -9.3811,
        morningOffset: '-30m',
        windows: [{ from: '08:00', to: '20:00', days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat'] }],
      },
    });
    expect(browsed.wrong).toEqual([]);
  });

  it('tries a broker, and says what keeps it from one', async () => {
    const { url, daemon } = served();
    const browsed = await browse(browser, url, 'setup/broker', { allowed: [404, 502] });
    const { page } = browsed;
    await page.getByLabel('Another broker').check();
    await page.getByRole('textbox', { name: 'Address' }).fill('mqtt://127.0.0.1:9');
    await page.getByRole('button', { name: 'Try the connection' }).click();
    await page.getByRole('alert').waitFor();
    await page.getByRole('textbox', { name: 'Address' }).fill(daemon.address);
    await page.getByRole('button', { name: 'Try the connection' }).click();
    await page.getByText('Connected to').waitFor();
    await expectSound(browsed);
  });
});
