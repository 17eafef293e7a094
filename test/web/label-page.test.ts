import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { connect } from '../../src/base/connection.ts';
import { PACKAGE_ROOT } from '../../src/base/paths.ts';
import { hasChromium, sharedChromium } from '../support/chromium.ts';
import { until } from '../support/until.ts';
import { ask, suiteServed } from './support.ts';
import { type Browsed, browse, expectSound, labelsSent } from './ui/browse.ts';

const FRAMES = join(PACKAGE_ROOT, 'test', 'data', 'surfcam-cc0', 'frames');
const BEACH = [
  'camera.kind=directory',
  `camera.directory.path=${FRAMES}`,
  'camera.interval=1s',
  'vision.detail=0.5',
];

let browser: Browser;
beforeAll(async () => {
  if (hasChromium()) browser = await sharedChromium();
});

const primary = (page: Page) => page.locator('.actions .primary');
const marks = (page: Page) => page.locator('.spot');

async function labelledFrames(url: string): Promise<number> {
  return (await ask(url, 'POST', '/commands/status')).json.learning.archive.labelled;
}

describe.skipIf(!hasChromium())('labelling frames of a daemon', () => {
  const served = suiteServed(BEACH);

  /** Opens the queue when all frames are in it. */
  async function openQueue(): Promise<Browsed> {
    const { url } = served();
    const frames = async () => (await ask(url, 'POST', '/commands/status')).json.health.frames.classified;
    // Each of the twelve pictures; more would only take the page its core.
    await until(async () => (await frames()) >= 12, 'the frames', 400_000);
    await ask(url, 'POST', '/commands/pause');
    const browsed = await browse(browser, url, 'label');
    await toRiders(browsed.page);
    return browsed;
  }

  /** Passes frames over until one shows some. */
  async function toRiders(page: Page): Promise<void> {
    await primary(page).waitFor();
    while ((await marks(page).count()) < 3) await page.keyboard.press('p');
  }

  it('takes a review by mouse: one is nobody, one does something else, one was not seen, nobody else is there', async () => {
    const browsed = await openQueue();
    const { page } = browsed;
    const sent = labelsSent(page);
    const before = await labelledFrames(served().url);
    await marks(page).nth(0).click();
    await page.locator('.marks li').nth(1).getByRole('button', { name: 'Kitesurfing' }).click();
    await page.getByRole('group', { name: 'A click on the picture adds:' }).getByText('Windsurfing').click();
    const picture = await page.locator('.stage > img').boundingBox();
    await page.mouse.click((picture?.x ?? 0) + 200, (picture?.y ?? 0) + 60);
    await page.getByLabel('Everybody is marked').check();
    await expectSound(browsed);
    await primary(page).click();
    await until(async () => (await labelledFrames(served().url)) === before + 1, 'the label on disk');
    const archive = connect(
      join(served().daemon.cameras[0].settings.stateDir, 'learning', 'learning.db'),
      5_000,
      'unsynced',
    );
    onTestFinished(() => archive.close());
    expect(archive.all('SELECT DISTINCT way FROM labels')).toEqual([{ way: 'page' }]);
    const [said] = sent as {
      riders: { activity: string; x: number }[];
      nobody: unknown[];
      complete: boolean;
    }[];
    expect(said).toMatchObject({ nobody: [{}], complete: true });
    expect(said?.riders[0]?.activity).toBe('kitesurfing');
    expect(said?.riders.at(-1)).toMatchObject({
      activity: 'windsurfing',
      x: expect.closeTo(200 / (picture?.width ?? 1), 2),
    });
  });

  it('takes a review by keys alone, and takes it back as it was', async () => {
    const browsed = await openQueue();
    const { page } = browsed;
    const sent = labelsSent(page);
    const before = await labelledFrames(served().url);
    for (const key of ['1', '2', 'k', 'Escape', 'w', 'a', 'ArrowRight', 'ArrowUp', 'Enter', 'e'])
      await page.keyboard.press(key);
    const riders = await primary(page).textContent();
    await page.keyboard.press('Enter');
    await until(async () => (await labelledFrames(served().url)) === before + 1, 'the label on disk');
    expect(sent[0]).toMatchObject({ nobody: [{}], complete: true });
    expect(sent[0]?.riders).toContainEqual({ x: 0.52, y: 0.48, activity: 'windsurfing' });
    expect(sent[0]?.riders).toContainEqual(expect.objectContaining({ activity: 'kitesurfing' }));
    await page.keyboard.press('u');
    await until(async () => (await labelledFrames(served().url)) === before, 'the label taken back');
    expect(await primary(page).textContent()).toBe(riders);
    expect(browsed.wrong).toEqual([]);
  });

  it('takes one answer for frames that look alike where nobody is in any, and takes it back', async () => {
    const browsed = await openQueue();
    const { page } = browsed;
    const sent = labelsSent(page);
    const before = await labelledFrames(served().url);
    const all = page.getByRole('button', { name: /^Nobody in all \d+/ });
    const more = page.getByRole('button', { name: 'Look for more' });
    while ((await all.count()) === 0) {
      if (await more.isVisible()) await more.click();
      else await page.keyboard.press('p');
      await primary(page).or(more).first().waitFor();
    }
    const count = Number(/\d+/.exec((await all.textContent()) ?? '')?.[0]);
    expect(await page.locator('.alike img').count()).toBe(count - 1);
    await expectSound(browsed);
    await page.keyboard.press('m');
    await until(async () => (await labelledFrames(served().url)) === before + count, 'all labels on disk');
    expect(sent).toEqual([{ frames: expect.any(Array), labels: [] }]);
    expect(new Set(sent[0]?.frames as string[]).size).toBe(count);
    await page.keyboard.press('u');
    await until(async () => (await labelledFrames(served().url)) === before, 'the labels taken back');
    await all.waitFor();
  });

  it('shows a rider of a few pixels large, by wheel, keys and buttons', async () => {
    const { page } = await openQueue();
    const width = async () => (await marks(page).first().boundingBox())?.width ?? 0;
    const image = page.locator('.stage > img');
    const whole = (await image.boundingBox())?.width ?? 0;
    await page.getByRole('button', { name: 'Zoom in' }).click();
    await page.locator('.frame').press('+');
    const box = await page.locator('.frame').boundingBox();
    await page.mouse.move((box?.x ?? 0) + 300, (box?.y ?? 0) + 300);
    await page.mouse.wheel(0, -600);
    await until(async () => ((await image.boundingBox())?.width ?? 0) > 8 * whole, 'an enlarged picture');
    expect(await width()).toBeGreaterThan(60);
    await page.getByRole('button', { name: 'Whole picture' }).click();
    expect((await image.boundingBox())?.width).toBeCloseTo(whole, 0);
  });
});
