import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { PACKAGE_ROOT } from '../../../src/base/paths.ts';
import { reason } from '../../../src/messaging/reasons.ts';
import { hasChromium, sharedChromium } from '../../support/chromium.ts';
import { until } from '../../support/until.ts';
import { Answer, type PageRoutes } from '../page-server.ts';
import { browse, DESK, expectSound, labelsSent, PHONE, staged } from './browse.ts';

const FRAMES = join(PACKAGE_ROOT, 'test', 'data', 'surfcam-cc0', 'frames');

let browser: Browser;
beforeAll(async () => {
  if (hasChromium()) browser = await sharedChromium();
});

const primary = (page: Page) => page.locator('.actions .primary');
const marks = (page: Page) => page.locator('.spot');

describe.skipIf(!hasChromium())('the view Label', () => {
  const place = (number: number | null, x: number) => ({
    number,
    x,
    y: 0.6,
    rectangle: { x: x - 0.02, y: 0.56, w: 0.04, h: 0.08 },
    activity: 'surfing',
    score: 0.8,
  });
  const frame = (id: number, minute: number, places = [place(1, 0.3), place(2, 0.5), place(null, 0.7)]) => ({
    frame: `01JWNB52Q8Z3V4C0E7XK9T5R${String(id).padStart(2, '0')}`,
    takenAt: new Date(Date.UTC(2026, 5, 1, 9, minute)).toISOString(),
    ask: 'points',
    activity: 'surfing',
    reasons: [reason('near-threshold', { activity: 'surfing', score: 0.48, threshold: 0.5 })],
    places,
  });
  const routes = (frames: readonly unknown[], more: PageRoutes = {}): PageRoutes => ({
    'POST /commands/next': () => ({ frames }),
    'POST /commands/status': () => ({ learning: { progress: { activities: { surfing: { waiting: 7 } } } } }),
    'POST /commands/label': () => ({ labelled: [], counts: {} }),
    ...more,
  });
  const picture = () => readFile(join(FRAMES, 'val_frame_0281.jpg'));

  it('leads through ten frames with ten keys, near-duplicates left out, to a retraining', async () => {
    const frames = [
      frame(90, 0),
      ...Array.from({ length: 9 }, (_, index) => frame(index, 20 * (index + 1))),
      frame(91, 1),
    ];
    const page = await staged(routes(frames), picture);
    const browsed = await browse(browser, page.url, 'label');
    const sent = labelsSent(browsed.page);
    await browsed.page.getByText('1 more look the same').waitFor();
    for (let index = 0; index < 10; index++) {
      const shown = await browsed.page.locator('.stage > img').getAttribute('src');
      await browsed.page.keyboard.press('Enter');
      await browsed.page.locator(`.stage > img[src="${shown}"]`).waitFor({ state: 'detached' });
    }
    await browsed.page.getByRole('heading', { name: '10 frames labelled' }).waitFor();
    await until(() => sent.length === 10, 'ten labels');
    expect(new Set(sent.map(({ frame: id }) => id)).size).toBe(10);
    await browsed.page.getByText('17 new labels').waitFor();
    await expectSound(browsed);
  });

  it('counts every key, also of those that come before the page is drawn anew, for the frame that is seen', async () => {
    const page = await staged(routes([frame(1, 0), frame(2, 30)]), picture);
    const browsed = await browse(browser, page.url, 'label');
    const { page: tab } = browsed;
    const sent = labelsSent(tab);
    await primary(tab).waitFor();
    await primary(tab).evaluate(button => {
      const panel = button.closest('.sides');
      for (const key of ['1', 'a', 'ArrowUp', 'Enter', 'e', 'Enter', 'Enter']) {
        panel?.querySelector('h2')?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
      }
    });
    await until(() => sent.length > 0, 'the label');
    await tab.getByText('2 more labels').waitFor();
    expect(sent).toMatchObject([
      { frame: frame(1, 0).frame, nobody: [{}], riders: [{}, { x: 0.5, y: 0.48 }], complete: true },
    ]);
  });

  it('loses no label that the daemon refuses: its frame comes back as it was left', async () => {
    let isFull = true;
    const page = await staged(
      routes([frame(1, 0), frame(2, 30)], {
        'POST /commands/label': () =>
          isFull
            ? new Answer(400, { code: 'disk-full', message: 'the disk is full', remedy: 'Make room.' })
            : { labelled: [], counts: {} },
      }),
      picture,
    );
    const browsed = await browse(browser, page.url, 'label', { allowed: [400] });
    const { page: tab } = browsed;
    const sent = labelsSent(tab);
    await primary(tab).waitFor();
    await tab.keyboard.press('1');
    await tab.keyboard.press('Enter');
    await tab.getByRole('alert').getByText('Make room.').waitFor();
    isFull = false;
    await tab.getByRole('button', { name: /^Back to the frame/ }).click();
    await tab.keyboard.press('Enter');
    await until(() => sent.length === 2, 'the label again');
    expect(sent[1]).toEqual(sent[0]);
    expect(sent[0]).toMatchObject({ nobody: [{}] });
    expect(browsed.wrong).toEqual([]);
  });

  it('shows what strangers wrote as the text it is', async () => {
    const evil = '<img src=x onerror=alert(1)>';
    const page = await staged(
      routes([
        {
          ...frame(1, 0, [{ ...place(1, 0.3), activity: evil }]),
          reasons: [{ code: evil, text: evil, values: {} }],
        },
      ]),
      picture,
    );
    page.say('info', { activities: ['surfing', evil] });
    const browsed = await browse(browser, page.url, 'label');
    await browsed.page.getByText('Why this frame?').click();
    await browsed.page.getByText(evil).first().waitFor();
    expect(await browsed.page.locator('img[src="x"]').count()).toBe(0);
    await expectSound(browsed);
  });

  it.each([
    ['a phone, dark', { ...PHONE, colorScheme: 'dark' as const }],
    ['a desk', DESK],
  ])('has its answers in sight on %s', async (_, options) => {
    const page = await staged(routes([frame(1, 0)]), picture);
    const browsed = await browse(browser, page.url, 'label', options);
    await primary(browsed.page).waitFor();
    const button = await primary(browsed.page).boundingBox();
    expect((button?.y ?? 9_999) + (button?.height ?? 0)).toBeLessThanOrEqual(options.viewport?.height ?? 0);
    await marks(browsed.page).first().click();
    await browsed.page.getByText('Right: 1 on the water').waitFor();
    await expectSound(browsed);
  });

  it('is enlarged by two fingers, around the place between them', async () => {
    const page = await staged(routes([frame(1, 0)]), picture);
    const { page: tab } = await browse(browser, page.url, 'label', PHONE);
    const sent = labelsSent(tab);
    await primary(tab).waitFor();
    const box = await tab.locator('.frame').boundingBox();
    const image = tab.locator('.stage > img');
    const whole = await image.boundingBox();
    if (box === null || whole === null) throw new Error('no picture');
    const [x, y] = [box.x + 0.4 * box.width, box.y + 0.5 * box.height];
    const fingers = await tab.context().newCDPSession(tab);
    const touch = (type: 'touchStart' | 'touchMove', apart: number) =>
      fingers.send('Input.dispatchTouchEvent', {
        type,
        touchPoints: [-1, 1].map((side, id) => ({ x: x + (side * apart) / 2, y, id })),
      });
    await touch('touchStart', 40);
    for (const apart of [60, 80, 100, 120]) await touch('touchMove', apart);
    await fingers.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    await until(
      async () => ((await image.boundingBox())?.width ?? 0) > 2.5 * whole.width,
      'a larger picture',
    );
    const large = await image.boundingBox();
    expect(large?.width).toBeCloseTo(3 * whole.width, -1);
    const under = (side: { x: number; width: number } | null) => (x - (side?.x ?? 0)) / (side?.width ?? 1);
    expect(under(large)).toBeCloseTo(under(whole), 1);
    // Two fingers mark nobody.
    await primary(tab).click();
    await until(() => sent.length === 1, 'the label');
    expect(sent[0]).toMatchObject({ riders: expect.arrayContaining([]) });
    expect((sent[0]?.riders as unknown[] | undefined)?.length).toBe(2);
  });

  it('lets those who may look only look', async () => {
    const page = await staged(routes([frame(1, 0)]), picture, 'look');
    const browsed = await browse(browser, page.url, 'label');
    await primary(browsed.page).waitFor();
    expect(await primary(browsed.page).isDisabled()).toBe(true);
    const sent = labelsSent(browsed.page);
    for (const key of ['Enter', 'n', 'u']) await browsed.page.keyboard.press(key);
    await browsed.page.keyboard.press('p');
    await browsed.page.getByRole('heading', { name: 'There is nothing to label now' }).waitFor();
    expect(sent).toEqual([]);
  });
});
