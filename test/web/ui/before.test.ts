import { readFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { hasChromium, sharedChromium } from '../../support/chromium.ts';
import { stagedBeach } from '../beach.ts';
import { Answer } from '../page-server.ts';
import { browse, expectSound, PHONE } from './browse.ts';

let browser: Browser;
beforeAll(async () => {
  if (hasChromium()) browser = await sharedChromium();
});

describe.skipIf(!hasChromium())('the view Before', () => {
  for (const [name, options] of [
    ['a phone', PHONE],
    ['a desk in the dark', { colorScheme: 'dark' }],
  ] as const) {
    it(`shows the course, the week, the busiest hours and the sessions on ${name}`, async () => {
      const { page: server } = await stagedBeach();
      const browsed = await browse(browser, server.url, 'before', options);
      const { page } = browsed;
      await page.locator('.chart canvas').waitFor();
      const label = await page.locator('.chart').getAttribute('aria-label');
      expect(label).toMatch(/^Minutes of each hour .*: Kitesurfing [\d.]+ h, Surfing [\d.]+ h, Windsurfing/);
      expect(await page.locator('.heat tbody td').count()).toBe(168);
      expect(await page.locator('.heat .unwatched').count()).toBeGreaterThan(0);
      expect(await page.getByRole('heading', { name: 'Busiest hours' }).count()).toBe(1);
      await expectSound(browsed);
    });
  }

  it('asks for the period that is chosen by mouse, and shows one zone alone', async () => {
    const asked: number[] = [];
    const { page: server } = await stagedBeach();
    const browsed = await browse(browser, server.url, 'before');
    const { page } = browsed;
    page.on('request', request => {
      const { pathname, searchParams } = new URL(request.url());
      if (pathname !== '/api/history') return;
      const [from, to] = ['from', 'to'].map(end => Date.parse(searchParams.get(end) ?? ''));
      asked.push(((to ?? 0) - (from ?? 0)) / 86_400_000);
    });
    await page.locator('.chart').waitFor();
    await page.getByRole('button', { name: 'Season' }).click();
    await expect.poll(() => asked.at(-1)).toBe(180);
    await expect.poll(() => page.locator('.chart').getAttribute('aria-label')).toContain('Hours of each day');
    await page.getByRole('button', { name: 'Riders' }).click();
    await expect.poll(() => page.locator('.chart').getAttribute('aria-label')).toContain('Most riders');
    await page.getByLabel('Place').selectOption('outside');
    await expect.poll(() => page.locator('.sessions').textContent()).not.toContain('line-up');
    expect(browsed.wrong).toEqual([]);
  });

  it('can be used by keys alone', async () => {
    const { page: server } = await stagedBeach();
    const { page } = await browse(browser, server.url, 'before');
    await page.locator('.sessions button').first().waitFor();
    await page.getByRole('button', { name: 'Week' }).focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await expect
      .poll(() => page.getByRole('button', { name: 'Month' }).getAttribute('aria-pressed'))
      .toBe('true');
    await page.locator('.sessions button').first().focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').locator('.stage img').waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
    const isBack = await page.evaluate(() => document.activeElement?.closest('.sessions') !== null);
    expect(isBack).toBe(true);
  });

  it('downloads the period as CSV', async () => {
    const { page: server } = await stagedBeach();
    const { page } = await browse(browser, server.url, 'before');
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Download CSV' }).click();
    const file = await (await download).path();
    expect(await readFile(file, 'utf8')).toMatch(/^hour,scope,activity,minutes\n2026-/);
  });

  it('shows more sessions on demand', async () => {
    const { page: server } = await stagedBeach();
    const { page } = await browse(browser, server.url, 'before');
    await page.getByRole('button', { name: 'Month' }).click();
    const sessions = page.locator('.sessions > li');
    await expect.poll(() => sessions.count()).toBe(12);
    await page.getByRole('button', { name: 'Show 12 more' }).click();
    await expect.poll(() => sessions.count()).toBe(24);
  });

  it('looks again when a session begins or ends', async () => {
    let asked = 0;
    const { page: server } = await stagedBeach({
      routes: {
        'GET /history': () => {
          asked += 1;
          return { hours: [], sessions: [] };
        },
      },
    });
    const { page } = await browse(browser, server.url, 'before');
    await page.getByText('Nothing was seen in this period.').waitFor();
    expect(await page.getByText('No sessions in this period.').count()).toBe(1);
    const before = asked;
    server.event({ type: 'session_ended' });
    await expect.poll(() => asked).toBe(before + 1);
  });

  it('is empty where there is no history yet, and says a fault with its remedy', async () => {
    const none = { code: 'history-none', message: 'there is no history.db', remedy: 'Wait.' };
    const full = { code: 'storage-failed', message: 'the disk fails', remedy: 'Replace it.' };
    for (const [fault, shown] of [
      [none, 'Nothing was seen in this period.'],
      [full, 'Replace it.'],
    ] as const) {
      const { page: server } = await stagedBeach({
        routes: { 'GET /history': () => new Answer(400, fault) },
      });
      const browsed = await browse(browser, server.url, 'before', { allowed: [400] });
      await browsed.page.getByText(shown).waitFor();
      expect(browsed.wrong).toEqual([]);
    }
  });
});
