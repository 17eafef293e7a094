/**
 * Draws docs/images/page.jpg: the page of a daemon that watches the CC0 frames of the demo. Needs Chromium and a build.
 *
 *     npm run build && npx tsx scripts/render-page.ts
 */
import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import getPort from 'get-port';
import { PACKAGE_ROOT } from '../src/base/paths.ts';
import { exitOnError } from '../src/cli/exit.ts';
import { launchChromium } from '../test/support/chromium.ts';
import { startDaemonChild } from './daemon-child.ts';

/** More riders carry no numbers, fewer are no line-up. */
const RIDERS = { least: 5, most: 8 };
/** So large may the picture be. */
const MOST_BYTES = 150_000;
const QUALITY = 78;

const program = new Command('render-page')
  .description('takes a picture of the page as it shows the frames of the demo')
  .option('--out <file>', 'a JPEG', join(PACKAGE_ROOT, 'docs', 'images', 'page.jpg'))
  .action(render);
await exitOnError(() => program.parseAsync());

async function render({ out }: { readonly out: string }): Promise<void> {
  const stateDir = await mkdtemp(join(tmpdir(), 'surfwatch-page-'));
  const port = await getPort();
  const { child, requester } = await startDaemonChild(
    [
      'web.enabled=true',
      `web.port=${port}`,
      'site=north-pier',
      'camera.kind=directory',
      `camera.directory.path=${join(PACKAGE_ROOT, 'config', 'demo-footage')}`,
    ],
    stateDir,
  );
  await requester.close();
  const browser = await launchChromium();
  try {
    const page = await browser.newPage({ locale: 'en', viewport: { width: 1280, height: 800 } });
    await page.goto(`http://127.0.0.1:${port}/#/now`);
    await page.locator('.headline.surfing').waitFor();
    const riders = page.locator('.stage .rider');
    for (;;) {
      const count = await riders.count();
      if (count >= RIDERS.least && count <= RIDERS.most) break;
      // The next frame.
      await page.waitForResponse(response => response.url().includes('/picture'));
    }
    await page.screenshot({ path: out, type: 'jpeg', quality: QUALITY });
  } finally {
    await browser.close();
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
    await rm(stateDir, { recursive: true });
  }
  const { size } = await stat(out);
  if (size > MOST_BYTES) throw new Error(`${out} has ${size} bytes, ${MOST_BYTES} at most are wanted`);
  console.log(`wrote ${out}, ${size} bytes`);
}
