import type { Browser, Locator, Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { EXAMPLES } from '../../../scripts/docs/examples/all.ts';
import { hasChromium, sharedChromium } from '../../support/chromium.ts';
import { stagedBeach } from '../beach.ts';
import { Answer } from '../page-server.ts';
import { browse, expectSound, PHONE } from './browse.ts';

let browser: Browser;
beforeAll(async () => {
  if (hasChromium()) browser = await sharedChromium();
});

const said = async (locator: Locator) => (await locator.allInnerTexts()).join('\n');

/** As a finger does: at the place of a rider in the picture. */
async function tapRider(page: Page, index: number): Promise<void> {
  const rider = page.locator('.stage .rider').nth(index);
  await rider.waitFor();
  await page.locator('.stage img').scrollIntoViewIfNeeded();
  const box = await rider.boundingBox();
  if (box === null) throw new Error('not drawn');
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
}

const SIZES = [
  ['a phone', PHONE],
  ['a desk', {}],
  ['a desk in the dark', { colorScheme: 'dark' }],
] as const;

describe.skipIf(!hasChromium())('the view Now', () => {
  for (const [name, options] of SIZES) {
    it(`shows activity, counts, zones, riders and health on ${name}`, async () => {
      const { page: server, beach } = await stagedBeach();
      const browsed = await browse(browser, server.url, '', options);
      const { page } = browsed;
      const riders = beach.frames[0]?.riders.length ?? 0;
      await expect.poll(() => said(page.locator('.headline'))).toMatch(/^Surfing\n/);
      expect(await said(page.locator('.headline'))).toContain(`${riders} riders`);
      await page.locator('.stage img').waitFor();
      expect(await page.locator('.stage .rider').count()).toBe(riders);
      expect(await page.locator('.stage .zone').count()).toBe(2);
      const facts = await page.locator('.facts').allInnerTexts();
      expect(facts.join('\n')).toContain('line-up');
      expect(facts.join('\n')).toContain('sends pictures');
      expect(facts.join('\n')).toContain('connected');
      await expectSound(browsed);
    });
  }

  it('draws each rider where the frame says they are', async () => {
    const { page: server, beach } = await stagedBeach();
    const { page } = await browse(browser, server.url, '');
    const rider = page.locator('.stage .rider').first();
    await rider.waitFor();
    const [box, stage] = [await rider.boundingBox(), await page.locator('.stage').boundingBox()];
    const { x, y } = beach.frames[0]?.riders[0] ?? { x: 0, y: 0 };
    if (box === null || stage === null) throw new Error('not drawn');
    expect((box.x + box.width / 2 - stage.x) / stage.width).toBeCloseTo(x, 2);
    expect((box.y + box.height / 2 - stage.y) / stage.height).toBeCloseTo(y, 2);
  });

  it('follows the daemon live, and has the activity read aloud', async () => {
    const { page: server, beach } = await stagedBeach();
    const { page } = await browse(browser, server.url, '');
    const live = page.locator('.headline [aria-live="polite"]');
    await expect.poll(() => said(live)).toContain('Surfing');
    for (let index = 1; index < beach.frames.length; index++) beach.nextFrame(server);
    // Nobody is in the last one.
    await expect.poll(() => said(live)).toBe('Nobody');
    await expect.poll(() => page.getByText('No rider was found').count()).toBe(1);
  });

  it('enlarges the picture by wheel, buttons and keys', async () => {
    const { page: server } = await stagedBeach();
    const { page } = await browse(browser, server.url, '');
    const stage = page.locator('.stage');
    const width = async () => (await stage.boundingBox())?.width ?? 0;
    await stage.locator('img').waitFor();
    const whole = await width();
    await page.getByRole('button', { name: 'Zoom in' }).click();
    await expect.poll(width).toBeGreaterThan(whole * 1.5);
    await page.getByRole('button', { name: 'Whole picture' }).click();
    await expect.poll(width).toBeCloseTo(whole);
    await page.locator('.frame').hover();
    await page.mouse.wheel(0, -400);
    await expect.poll(width).toBeGreaterThan(whole * 2);
    await page.locator('.frame').press('0');
    await expect.poll(width).toBeCloseTo(whole);
    await page.locator('.frame').press('+');
    await expect.poll(width).toBeGreaterThan(whole * 1.5);
  });

  it('shades land and sky on demand', async () => {
    const { page: server } = await stagedBeach();
    const { page } = await browse(browser, server.url, '');
    const button = page.getByRole('button', { name: 'Land and sky' });
    await button.click();
    expect(await page.locator('.stage .land').getAttribute('d')).toContain('M0 0h0.025');
    await button.click();
    expect(await page.locator('.stage .land').count()).toBe(0);
  });

  it('says in words what an alert is and what to do, or passes on what it does not know', async () => {
    const { page: server } = await stagedBeach();
    const alerts = { 'lens-obscured': 'something covers the lens', 'new-one': 'a gull sits on it' };
    server.say('problem', { v: 1, ts: new Date().toISOString(), problem: true, alerts });
    server.say('state', EXAMPLES.state[0].payload);
    server.say('activity', EXAMPLES.activity[1]?.payload);
    const browsed = await browse(browser, server.url, '');
    const notices = browsed.page.locator('.alerts .notice');
    await expect.poll(() => notices.allInnerTexts()).toHaveLength(2);
    const [known, unknown] = await notices.allInnerTexts();
    expect(known).toMatch(/^Something covers the lens\.\s+What to do: Take away what covers it\./);
    expect(unknown).toContain('a gull sits on it');
    expect(await said(browsed.page.locator('.headline'))).toContain('too dark to see');
    await expectSound(browsed);
  });

  it('says when the picture is old', async () => {
    const { page: server, beach } = await stagedBeach();
    const takenAt = new Date(Date.now() - 600_000).toISOString();
    const browsed = await browse(browser, server.url, '');
    await browsed.page.locator('.live').waitFor();
    const [frame] = beach.frames;
    server.frame({
      frame: frame?.id ?? '',
      takenAt,
      riders: [],
      activity: 'none',
      activities: [],
      count: null,
      visibility: 'ok',
      detail: null,
    });
    await browsed.page.getByText('This picture is old: 10 minutes ago.').waitFor();
    await expectSound(browsed);
  });

  it('says when the daemon is gone, and goes on when it is back', async () => {
    const { page: server } = await stagedBeach();
    const { page } = await browse(browser, server.url, '');
    await page.locator('.live').waitFor();
    await server.stop();
    await page.getByText('The daemon cannot be reached.').waitFor();
    const again = await stagedBeach({ port: Number(new URL(server.url).port) });
    expect(again.page.url).toBe(server.url);
    await expect.poll(() => page.getByText('cannot be reached').count()).toBe(0);
  });
});

describe.skipIf(!hasChromium())('Why', () => {
  it('opens at a click on a rider: what decided, the threshold, what it is like', async () => {
    const { page: server } = await stagedBeach();
    const browsed = await browse(browser, server.url, '');
    const { page } = browsed;
    await tapRider(page, 0);
    const dialog = page.getByRole('dialog', { name: 'Why Surfing?' });
    await dialog.getByText('What decided at this place').waitFor();
    expect(await said(dialog)).toContain('counts from 50%');
    // Of the labelled frames, with the places in them.
    await expect.poll(() => dialog.locator('.neighbours img').count()).toBeGreaterThan(0);
    await dialog.locator('.neighbours img').first().scrollIntoViewIfNeeded();
    await expect
      .poll(() =>
        dialog
          .locator('.neighbours img')
          .first()
          .evaluate((image: HTMLImageElement) => image.naturalWidth),
      )
      .toBeGreaterThan(0);
    await expectSound(browsed);
    await dialog.getByRole('button', { name: 'Close' }).click();
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  it('draws the score at that place once some frames have come', async () => {
    const { page: server, beach } = await stagedBeach();
    const { page } = await browse(browser, server.url, '');
    await page.locator('.stage .rider').first().waitFor();
    for (let index = 0; index < 3; index++) beach.nextFrame(server);
    const shown = beach.frames[3]?.riders.length ?? 0;
    await expect.poll(() => page.locator('.stage .rider').count()).toBe(shown);
    await tapRider(page, 0);
    await page.locator('.chart canvas').waitFor();
    const label = await page.locator('.chart').getAttribute('aria-label');
    expect(label).toMatch(/^Score at this place: 4 pictures, a rider found in [1-4] of them$/);
  });

  it('can be reached and left by keys alone', async () => {
    const { page: server } = await stagedBeach();
    const { page } = await browse(browser, server.url, '');
    await page.locator('.riders button').first().waitFor();
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the content');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');
    const isOnRider = () => page.evaluate(() => document.activeElement?.closest('.riders') !== null);
    for (let presses = 0; presses < 8 && !(await isOnRider()); presses++) await page.keyboard.press('Tab');
    expect(await isOnRider()).toBe(true);
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
    expect(await isOnRider()).toBe(true);
  });

  it('asks about the place of the rider, marks it, and says where nothing was kept of it', async () => {
    const { page: server, beach } = await stagedBeach();
    const browsed = await browse(browser, server.url, '');
    const { page } = browsed;
    const asked = page.waitForRequest(request => request.url().endsWith('/explain'));
    await tapRider(page, 0);
    const [frame] = beach.frames;
    const { x, y } = frame?.riders[0] ?? { x: 0, y: 0 };
    expect((await asked).postDataJSON()).toEqual({ frame: frame?.id, at: { x, y } });
    const dialog = page.getByRole('dialog', { name: 'Why Surfing?' });
    await dialog.getByText('What decided at this place').waitFor();
    const [mark, image] = [dialog.locator('.rider-mark'), dialog.locator('.close-up img')];
    await expect.poll(() => image.evaluate((one: HTMLImageElement) => one.naturalWidth)).toBeGreaterThan(0);
    const [own, all] = [await mark.boundingBox(), await image.boundingBox()];
    expect(own?.width).toBeCloseTo(own?.height ?? 0, 0);
    expect(own?.height).toBeLessThan(all?.height ?? 0);
    await dialog.getByRole('button', { name: 'Close' }).click();
    await page.route('**/explain', async route => {
      const answer = await route.fetch();
      await route.fulfill({ json: { ...(await answer.json()), place: null } });
    });
    await tapRider(page, 0);
    await dialog.getByText('Nothing was kept of this place').waitFor();
    await expectSound(browsed);
  });

  it('passes on what the daemon says where it cannot explain', async () => {
    const refused = {
      code: 'learning-off',
      message: 'nothing is kept to learn from',
      remedy: 'Set learning.keep.',
    };
    const { page: server } = await stagedBeach({
      routes: { 'POST /commands/explain': () => new Answer(400, refused) },
    });
    const browsed = await browse(browser, server.url, '', { allowed: [400] });
    await tapRider(browsed.page, 0);
    const alert = browsed.page.getByRole('dialog').getByRole('alert');
    await alert.waitFor();
    expect(await said(alert)).toMatch(/^nothing is kept to learn from\s+Set learning\.keep\.$/);
    await expectSound(browsed);
  });
});
