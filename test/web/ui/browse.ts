/** A browser on the page, which notices what must never happen: faults, what the policy forbids, requests elsewhere. */
import { join } from 'node:path';
import axe from 'axe-core';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import { PACKAGE_ROOT } from '../../../src/base/paths.ts';
import { type PageRoutes, type PageServer, servePage } from '../page-server.ts';

export const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  hasTouch: true,
  isMobile: true,
};
export const DESK: BrowserContextOptions = { viewport: { width: 1280, height: 800 } };

export interface Browsed {
  readonly page: Page;
  /** What went wrong in the page; must be empty at the end. */
  readonly wrong: readonly string[];
}

/** Opens a view, `setup/zones` say. What answers with an error is no fault of the page: `allowed` statuses. */
export async function browse(
  browser: Browser,
  url: string,
  view: string,
  options: BrowserContextOptions & { readonly allowed?: readonly number[] } = {},
): Promise<Browsed> {
  const { allowed = [], ...rest } = options;
  const context = await browser.newContext({ locale: 'en', ...DESK, ...rest });
  // Playwright's 30 s are not enough on a busy machine.
  context.setDefaultTimeout(150_000);
  onTestFinished(() => context.close());
  const wrong: string[] = [];
  const page = await context.newPage();
  page.on('pageerror', ({ message }) => wrong.push(message));
  page.on('console', message => {
    const isExpected = allowed.some(status => message.text().includes(`status of ${status}`));
    if (message.type() === 'error' && !isExpected) wrong.push(message.text());
  });
  page.on('request', request => {
    const asked = request.url();
    if (!asked.startsWith(url) && !/^(data|blob):/.test(asked)) wrong.push(`asked ${asked}`);
  });
  page.on('dialog', dialog => {
    wrong.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.goto(`${url}/${view === '' ? '' : `#/${view}`}`);
  return { page, wrong };
}

/** Nothing serious by axe, nothing wider than the window, nothing wrong. */
export async function expectSound({ page, wrong }: Browsed): Promise<void> {
  // By the debugger, which the page's policy does not concern.
  const isThere = await page.evaluate(() => 'axe' in globalThis);
  if (!isThere) {
    const client = await page.context().newCDPSession(page);
    await client.send('Runtime.evaluate', { expression: axe.source });
  }
  const found = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }> };
    };
    const { violations } = await axe.run();
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
  });
  expect(found).toEqual([]);
  const over = await page.evaluate<number>(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  );
  expect(over).toBe(0);
  expect(wrong).toEqual([]);
}

/** The page with answers that a daemon seldom gives, until the end of the test. */
export async function staged(
  routes: PageRoutes,
  picture: () => Promise<Uint8Array | null>,
  role: 'look' | 'operate' = 'operate',
): Promise<PageServer> {
  const page = await servePage({ folder: join(PACKAGE_ROOT, 'dist', 'web'), routes, picture, role });
  onTestFinished(() => page.stop());
  return page;
}

/** Bodies of the labels that the page sends. */
export function labelsSent(page: Page): Record<string, unknown>[] {
  const sent: Record<string, unknown>[] = [];
  page.on('request', request => {
    if (request.url().endsWith('/api/commands/label')) sent.push(request.postDataJSON());
  });
  return sent;
}

/** Presses Tab until an element has the focus. */
export async function tabTo(page: Page, to: Locator): Promise<void> {
  for (let presses = 0; presses < 80; presses++) {
    if ((await to.and(page.locator(':focus')).count()) === 1) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not lead to ${to}`);
}
