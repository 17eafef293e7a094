import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { EXAMPLES } from '../../../scripts/docs/examples/all.ts';
import { PACKAGE_ROOT } from '../../../src/base/paths.ts';
import { hasChromium, sharedChromium } from '../../support/chromium.ts';
import { until } from '../../support/until.ts';
import { Answer, type PageRoutes } from '../page-server.ts';
import { browse, DESK, expectSound, PHONE, staged } from './browse.ts';

const STEPS = ['camera', 'place', 'zones', 'detail', 'broker', 'home', 'save'];
const FRAMES = join(PACKAGE_ROOT, 'test', 'data', 'surfcam-cc0', 'frames');

let browser: Browser;
beforeAll(async () => {
  if (hasChromium()) browser = await sharedChromium();
});

describe.skipIf(!hasChromium())('the view Set up', () => {
  const picture = () => readFile(join(FRAMES, 'val_frame_0281.jpg'));
  const settings = {
    site: 'beach',
    camera: {
      kind: 'http',
      interval: '2s',
      http: { url: 'http://cam/s.jpg', username: 'a', password: '[secret]' },
    },
    zones: [{ name: 'north', x: 0, y: 0.5, w: 0.5, h: 0.3 }],
    vision: { detail: 'auto' },
    mqtt: { url: '' },
    schedule: {
      enabled: true,
      daylight: 'sun',
      windows: [{ days: ['mon-fri'], from: '08:00', to: '20:00' }],
    },
    discovery: { enabled: true },
  };
  const routes = (config: object = {}): PageRoutes => ({
    'GET /config': () => ({
      file: '/etc/surfwatch/config.json',
      writable: true,
      text: '{}',
      etag: '1',
      settings,
      ...config,
    }),
    'POST /config/preview': () => ({
      text: '{ "site": "north" }',
      diff: [
        { kind: 'removed', line: '{}' },
        { kind: 'added', line: '{ "site": "north" }' },
      ],
      faults: [],
      restart: ['site'],
    }),
    'POST /zones/preview': () => ({ zones: [{ name: 'north', activity: 'surfing', count: { surfing: 3 } }] }),
  });

  it.each([{ writable: false }, { file: null }])(
    'gives the text to copy where it cannot be saved: %o',
    async config => {
      const page = await staged(routes(config), picture);
      const browsed = await browse(browser, page.url, 'setup/place');
      await browsed.page.getByLabel('Name of the beach').fill('north');
      await browsed.page.getByRole('link', { name: 'Review and save' }).first().click();
      expect(await browsed.page.getByLabel('The configuration, to copy').inputValue()).toBe(
        '{ "site": "north" }',
      );
      expect(await browsed.page.getByRole('button', { name: 'Save', exact: true }).count()).toBe(0);
      await expectSound(browsed);
    },
  );

  it('says what is seen in a zone, and leaves the others as they are written', async () => {
    const page = await staged(routes(), picture);
    const previews: unknown[] = [];
    const browsed = await browse(browser, page.url, 'setup/zones');
    browsed.page.on('request', request => {
      if (request.url().endsWith('/config/preview')) previews.push(request.postDataJSON());
    });
    await browsed.page.getByText('Now: 3 × Surfing').waitFor();
    await browsed.page.getByRole('button', { name: 'Add a rectangle' }).click();
    await until(() => previews.length > 0, 'the preview');
    expect(previews.at(-1)).toMatchObject({
      changes: [{ path: 'zones', value: [settings.zones[0], { name: 'zone-1' }] }],
    });
  });

  it('drags a corner with a finger without moving the picture', async () => {
    const page = await staged(routes(), picture);
    const browsed = await browse(browser, page.url, 'setup/zones');
    const corner = browsed.page.getByRole('button', { name: 'Corner 3 of 4 of north' });
    const from = await corner.boundingBox();
    const [x, y] = [(from?.x ?? 0) + (from?.width ?? 0) / 2, (from?.y ?? 0) + (from?.height ?? 0) / 2];
    await browsed.page.mouse.move(x, y);
    await browsed.page.mouse.down();
    await browsed.page.mouse.move(x + 60, y - 40, { steps: 4 });
    await browsed.page.mouse.up();
    const to = await corner.boundingBox();
    expect([(to?.x ?? 0) - (from?.x ?? 0), (to?.y ?? 0) - (from?.y ?? 0)]).toEqual([
      expect.closeTo(60, 0),
      expect.closeTo(-40, 0),
    ]);
  });

  it('shows how small a rider may be, and what it costs', async () => {
    const page = await staged(routes(), picture);
    page.say('health', EXAMPLES.health[0].payload);
    const browsed = await browse(browser, page.url, 'setup/detail');
    await browsed.page.getByText('Riders from 6 pixels are seen well').waitFor();
    await browsed.page.getByText('About 612 ms for each picture').waitFor();
    await browsed.page.getByLabel('Always the same').check();
    await browsed.page.getByRole('slider').press('End');
    await browsed.page.getByText('Riders from 3 pixels are seen well').waitFor();
    await browsed.page.getByText('That takes longer').waitFor();
    await expectSound(browsed);
  });

  it('sends no secret that nobody has typed', async () => {
    const page = await staged(
      {
        ...routes(),
        'POST /test/camera': ({ body }) => ({
          jpeg: '',
          width: 1,
          height: 1,
          tookMs: 1,
          ...(body as object),
        }),
      },
      picture,
    );
    const browsed = await browse(browser, page.url, 'setup/camera');
    const asked = browsed.page.waitForRequest(request => request.url().endsWith('/test/camera'));
    await browsed.page.getByRole('button', { name: 'Try the camera' }).click();
    expect(JSON.stringify((await asked).postDataJSON())).not.toContain('secret');
  });

  it('writes names of files, zones and settings, differences and faults as the text they are', async () => {
    const evil = '<img src=x onerror=alert(1)>';
    const fault = { code: evil, message: evil, remedy: evil };
    const page = await staged(
      {
        ...routes({
          file: `/etc/${evil}`,
          writable: false,
          settings: {
            ...settings,
            site: evil,
            mqtt: { url: `mqtt://${evil}` },
            zones: [{ ...settings.zones[0], name: evil }],
          },
        }),
        'POST /config/preview': () => ({
          text: evil,
          diff: [{ kind: 'added', line: evil }],
          faults: [{ path: evil, reason: evil }],
          restart: [evil],
        }),
        'POST /zones/preview': () => ({ zones: [{ name: evil, activity: evil, count: { [evil]: 1 } }] }),
        'POST /test/camera': () => new Answer(502, fault),
        'POST /test/broker': () => new Answer(502, fault),
      },
      picture,
    );
    const browsed = await browse(browser, page.url, 'setup/camera', { allowed: [502] });
    const { page: tab } = browsed;
    await tab.getByLabel('Time between two pictures').fill(evil);
    await tab.getByRole('button', { name: 'Try the camera' }).click();
    await tab.getByRole('alert').getByText(evil).first().waitFor();
    for (const step of STEPS.slice(1)) {
      await tab.goto(`${page.url}/#/setup/${step}`);
      await tab.locator('section .card').first().waitFor();
      if (step === 'zones') await tab.getByText(evil).first().waitFor();
      if (step === 'broker') await tab.getByRole('button', { name: 'Try the connection' }).click();
    }
    expect(await tab.getByText(evil).count()).toBeGreaterThan(3);
    expect(await tab.locator('img[src="x"]').count()).toBe(0);
    expect(browsed.wrong).toEqual([]);
  });

  it('is not for those who may look only', async () => {
    const page = await staged({}, picture, 'look');
    const browsed = await browse(browser, page.url, 'setup/zones');
    await browsed.page.getByText('Your login may look').waitFor();
    await expectSound(browsed);
  });

  it.each([
    ['a phone in the dark', { ...PHONE, colorScheme: 'dark' as const }],
    ['a desk', DESK],
  ])('fits %s in each step', async (_name, options) => {
    const page = await staged(routes(), picture);
    const browsed = await browse(browser, page.url, 'setup/camera', options);
    for (const step of STEPS) {
      await browsed.page.goto(`${page.url}/#/setup/${step}`);
      await browsed.page.locator(`[aria-current][href="#/setup/${step}"]`).waitFor({ state: 'attached' });
      await browsed.page.locator('.onward').waitFor();
      await browsed.page.locator('section .card').first().waitFor();
      await expectSound(browsed);
    }
  });
});
