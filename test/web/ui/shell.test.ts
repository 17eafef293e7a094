import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { PACKAGE_ROOT } from '../../../src/base/paths.ts';
import { hasChromium, sharedChromium } from '../../support/chromium.ts';
import { stagedBeach } from '../beach.ts';
import { browse, expectSound, PHONE } from './browse.ts';

const BUILT = join(PACKAGE_ROOT, 'dist', 'web');
const VIEWS = ['now', 'before'];

let browser: Browser;
beforeAll(async () => {
  if (hasChromium()) browser = await sharedChromium();
});

describe('the built page', () => {
  it('has at most 150 kB compressed of all that any view loads', async () => {
    const files = await readdir(BUILT, { recursive: true, withFileTypes: true });
    const sizes = await Promise.all(
      files
        .filter(file => file.isFile())
        .map(async file => gzipSync(await readFile(join(file.parentPath, file.name))).length),
    );
    expect(sizes.length).toBeGreaterThan(3);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(150_000);
  });

  it('has no script and no style in its HTML', async () => {
    const html = await readFile(join(BUILT, 'index.html'), 'utf8');
    expect(html).not.toMatch(/<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)/);
    expect(html).toContain('src="./assets/');
  });
});

describe.skipIf(!hasChromium())('the login', () => {
  it('is asked for, refuses a wrong password and opens with the right one, by keys alone', async () => {
    const { page: server } = await stagedBeach({ password: 'swell' });
    const browsed = await browse(browser, server.url, 'before', { ...PHONE, allowed: [401] });
    const { page } = browsed;
    const password = page.getByLabel('Password');
    await password.waitFor();
    expect(await page.getByRole('navigation').count()).toBe(0);
    await expectSound(browsed);
    await password.fill('wave');
    await password.press('Enter');
    await page.getByRole('alert').getByText('this password opens nothing').waitFor();
    await password.fill('swell');
    await password.press('Enter');
    // Where the address led to.
    await page.getByRole('heading', { name: 'Before', level: 1 }).waitFor();
    expect(browsed.wrong).toEqual([]);
  });

  it('is asked for again when the session ends, and after logging out', async () => {
    const { page: server } = await stagedBeach({ password: 'swell' });
    const { page } = await browse(browser, server.url, '', { allowed: [401] });
    const logIn = async () => {
      await page.getByLabel('Password').fill('swell');
      await page.getByLabel('Password').press('Enter');
      await page.locator('.headline').waitFor();
    };
    await logIn();
    server.endSession();
    await page.getByText('Your session has ended.').waitFor();
    await logIn();
    await page.locator('.preferences summary').click();
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByLabel('Password').waitFor();
    expect(await page.getByText('Your session has ended.').count()).toBe(0);
  });
});

describe.skipIf(!hasChromium())('the page', () => {
  it('goes from view to view by mouse, and by the address', async () => {
    const { page: server } = await stagedBeach();
    const { page, wrong } = await browse(browser, server.url, '');
    const navigation = page.getByRole('navigation', { name: 'Views' });
    await navigation.getByRole('link', { name: 'Before' }).click();
    await page.getByRole('heading', { name: 'Before', level: 1 }).waitFor();
    expect(await navigation.locator('[aria-current="page"]').textContent()).toBe('Before');
    expect(await page.title()).toBe('Before · surfwatch');
    await page.goBack();
    await page.locator('.headline').waitFor();
    expect(await page.title()).toBe('Now · surfwatch');
    expect(wrong).toEqual([]);
  });

  for (const [language, word] of [
    ['en', 'Now'],
    ['de', 'Jetzt'],
    ['fr', 'Maintenant'],
    ['es', 'Ahora'],
    ['pt', 'Agora'],
  ] as const) {
    it(`speaks ${language} where the browser does, and fits on a phone`, async () => {
      const { page: server } = await stagedBeach();
      const { page, wrong } = await browse(browser, server.url, '', { ...PHONE, locale: `${language}-XX` });
      for (const view of VIEWS) {
        await page.goto(`${server.url}/#/${view}`);
        await page.locator('main .card').first().waitFor();
        expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), view).toBe(0);
      }
      expect(await page.getByRole('link', { name: word }).count()).toBe(1);
      expect(await page.evaluate(() => document.documentElement.lang)).toBe(language);
      expect(wrong).toEqual([]);
    });
  }

  it('speaks the language that is chosen, also later', async () => {
    const { page: server } = await stagedBeach();
    const { page } = await browse(browser, server.url, '');
    await page.locator('.preferences summary').click();
    await page.locator('.preferences select').first().selectOption('de');
    await page.getByRole('link', { name: 'Jetzt' }).waitFor();
    await page.reload();
    await page.getByRole('link', { name: 'Jetzt' }).waitFor();
  });

  it('is light or dark as the device, or as chosen', async () => {
    const { page: server } = await stagedBeach();
    const browsed = await browse(browser, server.url, '', { colorScheme: 'light' });
    const { page } = browsed;
    const paper = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    await page.locator('.headline').waitFor();
    expect(await paper()).toBe('rgb(244, 247, 248)');
    await page.locator('.preferences summary').click();
    await page.locator('.preferences select').last().selectOption('dark');
    await expect.poll(paper).toBe('rgb(11, 20, 24)');
    await expectSound(browsed);
    await page.reload();
    await page.locator('.headline').waitFor();
    expect(await paper()).toBe('rgb(11, 20, 24)');
  });

  it('writes whatever it is told as text', async () => {
    const evil = '<img src=x onerror="document.title=1">';
    const { page: server, beach } = await stagedBeach({
      routes: {
        'GET /history': () => ({
          hours: [
            { hour: new Date().toISOString(), scope: '', activity: evil, minutes: 30, peak: 2 },
            { hour: new Date().toISOString(), scope: evil, activity: evil, minutes: 30, peak: 2 },
          ],
          sessions: [
            {
              id: evil,
              zone: evil,
              activity: evil,
              start: new Date().toISOString(),
              durationS: 60,
              peak: 1,
              peakCount: 2,
              open: true,
              frame: evil,
            },
          ],
        }),
        'POST /commands/explain': () => ({
          frame: evil,
          takenAt: new Date().toISOString(),
          head: evil,
          decided: [{ activity: evil, zone: evil, score: 0.9, threshold: 0.5, present: true }],
          neighbours: [
            {
              from: 'board',
              frame: evil,
              takenAt: 0,
              labels: [evil],
              rectangle: { x: 0, y: 0, w: 1, h: 1 },
              similarity: 1,
            },
          ],
          sentence: evil,
        }),
      },
    });
    const now = new Date().toISOString();
    const beachNow = {
      ts: now,
      site: evil,
      activity: evil,
      count: { [evil]: 2 },
      since: now,
      visibility: evil,
    };
    server.say('activity', beachNow);
    server.say('zone/evil/activity', { ...beachNow, zone: evil });
    server.say('state', { state: evil, since: now, reason: evil, until: now });
    server.say('problem', { problem: true, alerts: { [evil]: evil, 'camera-lost': evil } });
    server.say('info', {
      version: evil,
      engine: { name: evil, why: evil },
      head: { id: evil },
      zones: [
        {
          name: evil,
          points: [
            [0, 0],
            [1, 0],
            [1, 1],
          ],
        },
      ],
      detail: null,
    });
    server.say('health', {
      rateHz: 1,
      detail: null,
      outbox: { events: 0 },
      cpuTemperatureC: null,
      diskFreeMB: 1,
      camera: { status: 'offline', error: evil, lastFrameTs: null },
      mqtt: { connected: true, server: evil },
    });
    server.frame({
      frame: beach.frames[0]?.id ?? '',
      takenAt: now,
      riders: [{ activity: evil, x: 0.5, y: 0.5, size: 0.1, score: 0.9 }],
      activity: evil,
      activities: [evil],
      count: null,
      visibility: 'ok',
      detail: null,
    });
    const browsed = await browse(browser, server.url, '', { allowed: [404] });
    const { page } = browsed;
    await page.getByText(evil).first().waitFor();
    await page.locator('.riders button').click();
    await page.getByRole('dialog').locator('.neighbours').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: 'Before' }).click();
    await page.locator('.sessions button').click();
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByLabel('Place').selectOption(evil);
    // Drawn by a library, which writes names into a legend.
    await page.locator('.chart canvas').waitFor();
    expect(await page.locator('img[src="x"]').count()).toBe(0);
    expect(await page.title()).toBe('Before · surfwatch');
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
    expect(browsed.wrong).toEqual([]);
  });
});
