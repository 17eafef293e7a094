import type { Browser } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { quickModels } from '../daemon/quick-models.ts';
import { hasChromium, sharedChromium } from '../support/chromium.ts';
import { until } from '../support/until.ts';
import { FRAMES, honestReviewer } from './honest-reviewer.ts';
import { ask, SMALL, suiteServed } from './support.ts';
import { browse, expectSound } from './ui/browse.ts';

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

describe.skipIf(!hasChromium())('ten frames whose riders are pointed at on the page', () => {
  const served = suiteServed(async () => [
    `models.dir=${await quickModels()}`,
    'camera.kind=directory',
    `camera.directory.path=${FRAMES}`,
    'camera.interval=1s',
    'vision.detail=0.5',
  ]);

  it('make a head that passes the gate, is used, and is rolled back', { timeout: 900_000 }, async () => {
    const { url } = served();
    const status = async () => (await ask(url, 'POST', '/commands/status')).json;
    // Each of the twelve pictures; more would take the retraining its core.
    await until(async () => (await status()).health.frames.classified >= 12, 'the frames', 400_000);
    await ask(url, 'POST', '/commands/pause');
    const before: string = (await status()).info.head.id;
    const browsed = await browse(browser, url, 'label');
    const { page } = browsed;
    const reviewer = await honestReviewer(url);
    for (let labels = 0; labels < 10; ) if (await reviewer.review(page)) labels += 1;
    await page.getByText('10 new labels').waitFor();
    await page.getByRole('link', { name: 'Retrain' }).first().click();
    await page.getByRole('button', { name: 'Retrain' }).click();
    await until(async () => (await status()).learning.training.finishedAt !== null, 'the result', 400_000);
    const { training } = (await status()).learning;
    expect(training.result).toMatchObject({ outcome: 'promoted', samples: { board: expect.any(Number) } });
    await page.getByText('The new head is in use').waitFor();
    const { head: after, base, samples } = training.result;
    expect(samples.board + samples.boardHeld).toBe(10);
    expect((await status()).info.head.id).toBe(after);

    const row = page.getByRole('row', { name: /^Overall/ }).last();
    const [old, now] = [base.incumbent, base.candidate].map(({ macroF1 }) => `${Math.round(100 * macroF1)}%`);
    expect(await row.textContent()).toContain(`${old}${now}`);
    await page
      .getByRole('img', { name: /^Retrainings: 1, from/ })
      .locator('canvas')
      .waitFor();
    await page.getByText('Why?').click();
    await page
      .getByText(/^Macro-F1 on the base set \([\d,]+ judged\) went from/)
      .first()
      .waitFor();
    const history = page.getByRole('listitem');
    await history.getByText(`${before} → ${after}`).waitFor();
    await expectSound(browsed);

    const back = page.getByRole('button', { name: `Use this one ${before}` });
    await back.click();
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect((await status()).info.head.id).toBe(after);
    await back.click();
    await expectSound(browsed);
    await page.getByRole('dialog').getByRole('button', { name: 'Use this one' }).click();
    await history.getByText(`${after} → ${before}`).waitFor();
    await history.getByText('Somebody asked for it.').waitFor();
    await page.getByText('The new head is in use').waitFor({ state: 'detached' });
    expect((await status()).info.head.id).toBe(before);
  });
});
