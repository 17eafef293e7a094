import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import getPort from 'get-port';
import { parse } from 'jsonc-parser';
import { expect, it, onTestFinished } from 'vitest';
import { PACKAGE_ROOT } from '../../src/base/paths.ts';
import { LAUNCHER } from '../cli/support.ts';
import { hasChromium, sharedChromium } from '../support/chromium.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';
import { ask, send } from './support.ts';
import { browse } from './ui/browse.ts';

/** `surfwatch run` with this config file, ended with the test. */
function running(folder: string, file: string, set: readonly string[] = []): ChildProcess {
  const child = spawn(
    process.execPath,
    [LAUNCHER, 'run', '-c', file, ...set.flatMap(one => ['--set', one])],
    { cwd: folder, env: { PATH: process.env.PATH, HOME: process.env.HOME }, stdio: 'ignore' },
  );
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

it('starts the daemon anew in the same process, with the config that was saved', async () => {
  const folder = await temporaryFolder();
  const file = join(folder, 'board.json');
  const port = await getPort();
  const config = {
    site: 'pier',
    stateDir: 'state',
    camera: { kind: 'simulator', interval: '1s', simulator: { width: 640, height: 360 } },
    vision: { detail: 0.5, threads: 1, precision: 'int8' },
    broker: { port: 0 },
    web: { port },
  };
  await writeFile(file, JSON.stringify(config));
  const child = running(folder, file);
  const ended = once(child, 'exit');
  const url = `http://127.0.0.1:${port}`;
  const siteIs = (site: string) =>
    until(
      () =>
        ask(url, 'GET', '/config').then(
          ({ json }) => json.settings.site === site && json,
          () => false,
        ),
      site,
      150_000,
    );
  const { text, etag } = await siteIs('pier');
  const saved = await ask(url, 'PUT', '/config', { text: text.replace('pier', 'north'), etag });
  expect(saved.json).toEqual({ restart: ['site'] });
  // An open stream ends in order.
  const live = await fetch(`${url}/api/live`);
  expect((await ask(url, 'POST', '/restart')).json).toEqual({});
  expect(await live.text()).toContain('{"topic":"activity/state","value":"unknown"}');
  await siteIs('north');
  expect((await send(url, '/readyz')).headers['content-type']).toBe('application/json');
  const page = await send(url, '/');
  expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
  const [, script = ''] = /<script type="module"[^>]* src="([^"]+)"/.exec(page.text) ?? [];
  const { status, headers } = await send(url, new URL(script, `${url}/`).pathname);
  expect([status, headers['content-type'], headers['cache-control']]).toEqual([
    200,
    'text/javascript; charset=utf-8',
    'public, max-age=31536000, immutable',
  ]);
  await writeFile(file, '{');
  expect((await ask(url, 'POST', '/restart')).json.code).toBe('config-invalid');
  expect((await send(url, '/healthz')).status).toBe(200);
  child.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
});

it.skipIf(!hasChromium())(
  'is set up on the page, from an empty config to a camera that is watched',
  {
    timeout: 480_000,
  },
  async () => {
    const folder = await temporaryFolder();
    const file = join(folder, 'board.json');
    await writeFile(file, '{}\n');
    const [port, brokerPort] = [await getPort(), await getPort()];
    const url = `http://127.0.0.1:${port}`;
    running(folder, file, [
      `web.port=${port}`,
      `broker.port=${brokerPort}`,
      'vision.detail=0.5',
      'vision.threads=1',
      'vision.precision=int8',
      `stateDir=${join(folder, 'state')}`,
    ]);
    const startOf = () =>
      ask(url, 'GET', '/session').then(
        ({ json }) => json.started,
        () => undefined,
      );
    const started = await until(startOf, 'the daemon', 150_000);
    // There is no picture before the camera is, and no daemon while it restarts.
    const { page, wrong } = await browse(await sharedChromium(), url, '', { allowed: [404, 502] });
    page.setDefaultTimeout(150_000);
    await page.getByLabel('Folder', { exact: false }).first().check();
    const frames = join(PACKAGE_ROOT, 'config', 'demo-footage');
    await page.getByRole('textbox', { name: 'Folder' }).fill(frames);
    await page.getByRole('button', { name: 'Try the camera' }).click();
    await page.locator('.stage > img').waitFor();
    await page.goto(`${url}/#/setup/zones`);
    for (const name of ['inside', 'outside']) {
      await page.getByRole('button', { name: 'Add a rectangle' }).click();
      await page.getByLabel('Name of the zone').last().fill(name);
    }
    await page.getByRole('link', { name: 'Review and save' }).first().click();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    const restart = page.getByRole('button', { name: 'Restart now' });
    await restart.click();
    await page.getByRole('button', { name: 'Restarting' }).waitFor();
    await page.getByRole('button', { name: /^Restart/ }).waitFor({ state: 'detached' });
    expect(await startOf()).not.toBe(started);
    expect(parse(await readFile(file, 'utf8'))).toMatchObject({
      camera: { kind: 'directory', directory: { path: frames } },
      zones: [{ name: 'inside' }, { name: 'outside' }],
    });
    // The zone of the whole frame, from before the restart, is gone; the picture is the camera's.
    await page.getByRole('link', { name: 'Now', exact: true }).click();
    await page.locator('.zone-name').nth(1).waitFor();
    const zones = page.getByRole('heading', { name: 'Zones' }).locator('..').locator('li strong');
    await until(async () => (await zones.count()) === 2, 'the zones');
    expect(await zones.allTextContents()).toEqual(['inside', 'outside']);
    await until(
      () =>
        page
          .locator('.stage > img')
          .evaluate(image => (image as unknown as { naturalWidth: number }).naturalWidth > 0),
      'the picture',
    );
    expect(wrong.filter(line => !line.includes('ERR_'))).toEqual([]);
  },
);
