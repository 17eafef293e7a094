import type { Browser } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { EXAMPLES } from '../../../scripts/docs/examples/all.ts';
import { LEARNING_EXAMPLES } from '../../../scripts/docs/examples/learning.ts';
import { hasChromium, sharedChromium } from '../../support/chromium.ts';
import { until } from '../../support/until.ts';
import { browse, DESK, expectSound, PHONE, staged, tabTo } from './browse.ts';
import { headRoutes, headsOf } from './heads.ts';

const [{ payload: RUNNING }, { payload: DONE }, { payload: HELD }] = LEARNING_EXAMPLES.training;

let browser: Browser;
beforeAll(async () => {
  if (hasChromium()) browser = await sharedChromium();
});

describe.skipIf(!hasChromium())('the view Train', () => {
  const noPicture = async () => null;

  it('follows a job to its result, old and new head side by side, and draws the learning curve', async () => {
    const page = await staged(headRoutes(headsOf), noPicture);
    page.say('training', RUNNING);
    const browsed = await browse(browser, page.url, 'train');
    const { page: tab } = browsed;
    await tab.getByText('Pass 37 of at most 60').waitFor();
    page.say('training', DONE);
    await tab.getByText('The new head is in use').waitFor();
    const [info] = EXAMPLES.info;
    page.say('info', { ...info.payload, head: { id: DONE.result?.head } });
    await tab.getByText('The new head is in use').waitFor();
    const row = tab.getByRole('row', { name: /^Overall/ }).first();
    expect(await row.textContent()).toContain('61%88%▲ +27');
    expect(
      await tab.getByRole('img', { name: '5 retrainings: from 58% to 88%' }).locator('canvas').count(),
    ).toBe(1);
    await expectSound(browsed);
    page.say('info', { ...info.payload, head: { id: 'shipped' } });
    await tab.getByText('The new head is in use').waitFor({ state: 'detached' });
  });

  it('shows what a held head finds, and puts it in force by keys alone', async () => {
    let decided: unknown;
    const page = await staged(
      {
        ...headRoutes(() => headsOf({ isHeld: decided === undefined })),
        'POST /commands/approve': ({ body }) => {
          decided = body;
          return {};
        },
      },
      noPicture,
    );
    page.say('training', HELD);
    const browsed = await browse(browser, page.url, 'train');
    const { page: tab } = browsed;
    await tab.getByRole('img', { name: /^What the head in use finds/ }).waitFor();
    await expectSound(browsed);
    const approve = tab.getByRole('button', { name: 'Use the new head' });
    await tabTo(tab, approve);
    await tab.keyboard.press('Enter');
    await approve.waitFor({ state: 'detached' });
    expect(decided).toEqual({ head: HELD.result?.candidate });
  });

  it('rolls back to a head once that is confirmed, and says why where it cannot', async () => {
    const asked: unknown[] = [];
    const page = await staged(
      {
        ...headRoutes(headsOf),
        'POST /commands/rollback': ({ body }) => {
          asked.push(body);
          return {};
        },
      },
      noPicture,
    );
    const browsed = await browse(browser, page.url, 'train');
    const { page: tab } = browsed;
    await tab
      .getByRole('button', { name: /^Use this one/ })
      .first()
      .click();
    await tab.keyboard.press('Escape');
    await tab.getByRole('dialog').waitFor({ state: 'detached' });
    expect(asked).toEqual([]);
    await tab
      .getByRole('button', { name: /^Use this one/ })
      .first()
      .click();
    await expectSound(browsed);
    await tab.getByRole('dialog').getByRole('button', { name: 'Use this one' }).click();
    await until(() => asked.length === 1, 'the command');
    expect(asked).toEqual([{ to: '2026-06-05T10-44Z-b854' }]);
  });

  it('shows reasons and faults as the text they are', async () => {
    const evil = '<img src=x onerror=alert(1)>';
    const page = await staged(
      headRoutes(() => headsOf({ reason: evil })),
      noPicture,
    );
    const error = { code: evil, message: evil };
    page.say('training', { ...RUNNING, state: 'failed', error });
    const browsed = await browse(browser, page.url, 'train');
    await browsed.page.getByRole('alert').getByText(evil).first().waitFor();
    await browsed.page.getByText(evil).nth(3).waitFor();
    expect(await browsed.page.locator('img[src="x"]').count()).toBe(0);
    await expectSound(browsed);
  });

  it.each([
    ['a phone, dark', { ...PHONE, colorScheme: 'dark' as const }],
    ['a desk, in German', { ...DESK, locale: 'de' }],
  ])('fits %s, and lets who may look only look', async (_, options) => {
    const page = await staged(
      headRoutes(() => headsOf({ isHeld: true })),
      noPicture,
      'look',
    );
    page.say('training', HELD);
    const browsed = await browse(browser, page.url, 'train', options);
    await browsed.page.locator('.held img').waitFor();
    const buttons = await browsed.page.locator('main button:not(.zoom button)').all();
    expect(await Promise.all(buttons.map(button => button.isDisabled()))).toEqual(buttons.map(() => true));
    await expectSound(browsed);
  });
});
