import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import getPort from 'get-port';
import { expect, it, onTestFinished } from 'vitest';
import { LAUNCHER } from '../cli/support.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';
import { ask, send } from './support.ts';

it('starts the daemon anew in the same process, with the config that was saved', {
  timeout: 180_000,
}, async () => {
  const folder = await temporaryFolder();
  const file = join(folder, 'board.json');
  const port = await getPort();
  const config = {
    site: 'pier',
    stateDir: 'state',
    camera: { kind: 'simulator', interval: '1s', simulator: { width: 640, height: 360 } },
    vision: { detail: 0.5 },
    broker: { port: 0 },
    web: { port },
  };
  await writeFile(file, JSON.stringify(config));
  const child = spawn(process.execPath, [LAUNCHER, 'run', '-c', file], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: process.env.HOME },
    stdio: 'ignore',
  });
  onTestFinished(() => void child.kill('SIGKILL'));
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
      60_000,
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
  const { status, headers } = await send(url, script);
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
