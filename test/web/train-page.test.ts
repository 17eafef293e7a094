import type { Browser } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { hasChromium, sharedChromium } from '../support/chromium.ts';
import { until } from '../support/until.ts';
import { ask, SMALL, suiteServed } from './support.ts';
import { browse } from './ui/browse.ts';

let browser: Browser;
beforeAll(async () => {
  if (hasChromium()) browser = await sharedChromium();
});

describe.skipIf(!hasChromium())('training on a daemon', () => {
  const served = suiteServed(SMALL);

  it('is begun by one button, followed live, and cancelled', async () => {
    const { url } = served();
    const frame = await until(async () => {
      const { json } = await ask(url, 'POST', '/commands/next', { count: 1 });
      return json.frames[0]?.frame as string | undefined;
    }, 'a frame to label');
    await ask(url, 'POST', '/commands/label', { frame, labels: [] });
    const browsed = await browse(browser, url, 'train');
    const { page } = browsed;
    await page.getByText('1 not learnt yet').waitFor();
    await page.getByRole('button', { name: 'Retrain' }).click();
    await page.getByRole('progressbar', { name: 'Progress of the training' }).waitFor();
    expect(await page.getByRole('button', { name: 'Retrain' }).isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('The training was cancelled').waitFor();
    expect(await page.getByRole('button', { name: 'Retrain' }).isEnabled()).toBe(true);
    expect(browsed.wrong).toEqual([]);
  });
});
