import type { Browser } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { LEARNING_EXAMPLES } from '../../../scripts/docs/examples/learning.ts';
import { hasChromium, sharedChromium } from '../../support/chromium.ts';
import { browse, DESK, expectSound, PHONE, staged, tabTo } from './browse.ts';
import { headRoutes, headsOf } from './heads.ts';

const [{ payload: RUNNING }, , { payload: HELD }] = LEARNING_EXAMPLES.training;

let browser: Browser;
beforeAll(async () => {
  if (hasChromium()) browser = await sharedChromium();
});

describe.skipIf(!hasChromium())('the view Train', () => {
  const noPicture = async () => null;

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

  it('says reasons and errors in the language of the reader, and in English what it has no words for', async () => {
    const why = { code: 'of-a-newer-version', text: 'The moon was full.', values: {} };
    const page = await staged(
      headRoutes(() => headsOf({ isHeld: true, why })),
      noPicture,
    );
    const error = { code: 'retrain-interrupted', message: 'job 7 was interrupted' };
    page.say('training', { ...RUNNING, state: 'failed', error });
    const browsed = await browse(browser, page.url, 'train', { locale: 'pt' });
    const { page: tab } = browsed;
    await tab.getByText('Em 61 de 96 imagens o modelo novo encontra praticantes (88) onde').waitFor();
    await tab.getByText('Um reinício interrompeu o treino').waitFor();
    await tab.getByText('job 7 was interrupted (retrain-interrupted)').waitFor();
    await tab.getByText('The moon was full.').first().waitFor();
    await expectSound(browsed);
  });

  it('shows reasons and faults as the text they are', async () => {
    const evil = '<img src=x onerror=alert(1)>';
    const page = await staged(
      headRoutes(() => headsOf({ why: { code: evil, text: evil, values: {} } })),
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
