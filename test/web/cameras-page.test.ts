import type { Browser } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { hasChromium, sharedChromium } from '../support/chromium.ts';
import { suiteServed } from './support.ts';
import { browse, expectSound } from './ui/browse.ts';

let browser: Browser;
beforeAll(async () => {
  if (hasChromium()) browser = await sharedChromium();
});

describe.skipIf(!hasChromium())('the list of cameras in a browser', () => {
  const served = suiteServed(
    [],
    '{ "camera": { "kind": "simulator" }, "cameras": [{ "site": "north" }, { "site": "south" }] }',
  );

  it('leads to the page of each camera, and back', async () => {
    const { page, ...browsed } = await browse(browser, served().url, '');
    const camera = page.locator('.camera');
    await camera.nth(1).locator('img').waitFor();
    expect(await camera.locator('h2').allTextContents()).toEqual(['north', 'south']);
    expect(await page.title()).toContain('Cameras');
    await expectSound({ page, ...browsed });
    await camera.nth(1).click();
    await page.locator('.headline').waitFor();
    expect(new URL(page.url()).pathname).toBe('/south/');
    await page.getByText('south', { exact: false }).first().waitFor();
    await page.getByRole('link', { name: 'Before' }).click();
    await page.locator('main h1').waitFor();
    await page.getByRole('link', { name: 'Cameras' }).click();
    await camera.nth(0).waitFor();
    expect(new URL(page.url()).pathname).toBe('/');
  });
});
