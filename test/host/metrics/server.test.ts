import { readdir, readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Settings } from '../../../src/config/settings.ts';
import { createMetrics } from '../../../src/host/metrics/metrics.ts';
import { liveness, readiness } from '../../../src/host/metrics/readiness.ts';
import { MetricsServer } from '../../../src/host/metrics/server.ts';
import { Textfile } from '../../../src/host/metrics/textfile.ts';
import type { Snapshot } from '../../../src/pipeline/snapshot.ts';
import { DEFAULTS } from '../../support/defaults.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { readableLog, silent } from '../../support/log.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { until } from '../../support/until.ts';
import { SNAPSHOT } from './sample.ts';

async function serving(
  options: Partial<Settings['metrics']> = {},
  snapshot: () => Snapshot = () => SNAPSHOT,
) {
  const server = new MetricsServer({
    options: { ...DEFAULTS.metrics, port: 0, ...options },
    metrics: createMetrics(snapshot),
    liveness: () => liveness(snapshot()),
    readiness: () => readiness(snapshot()),
    log: silent,
  });
  onTestFinished(() => server.stop());
  await server.start();
  return server;
}

describe('the server of the metrics', () => {
  it('gives them as Prometheus reads them', async () => {
    const { url } = await serving();
    const answer = await fetch(`${url}/metrics`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(await answer.text()).toContain('\nsurfwatch_frames_captured_total 10\n');
  });

  it('says whether the daemon is alive and ready, and why not', async () => {
    let snapshot = SNAPSHOT;
    const { url } = await serving({}, () => snapshot);
    const ask = async (path: string) => {
      const answer = await fetch(url + path);
      return [answer.status, await answer.json()];
    };
    expect(await ask('/readyz')).toEqual([200, { ok: true, state: 'running', reasons: [] }]);
    expect(await ask('/healthz?probe=1')).toEqual([200, { ok: true, state: 'running', reasons: [] }]);
    snapshot = { ...SNAPSHOT, info: null, stalled: 'no picture' };
    expect(await ask('/readyz')).toMatchObject([503, { reasons: [{ code: 'starting' }] }]);
    expect(await ask('/healthz')).toMatchObject([503, { reasons: [{ code: 'stalled' }] }]);
  });

  it.each(['/', '/metrics/', '/metrics/../healthz', '//metrics', '/%6detrics', '/../../etc/passwd'])(
    'knows no path %s',
    async path => {
      const { port, hostname } = new URL((await serving()).url);
      const status = await new Promise(resolve => {
        request({ port, host: hostname, path }, ({ statusCode }) => resolve(statusCode)).end();
      });
      expect(status).toBe(404);
    },
  );

  it('takes only GET and HEAD, and reads no body', async () => {
    const { url } = await serving();
    const answer = await fetch(`${url}/metrics`, { method: 'POST', body: 'x'.repeat(100) });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    expect(answer.headers.get('connection')).toBe('close');
    const head = await fetch(`${url}/healthz`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  it('refuses requests to other names without a login: web pages must not read it', async () => {
    const { url } = await serving();
    const { port } = new URL(url);
    const ask = (host: string) =>
      new Promise(resolve => {
        request({ port, host: '127.0.0.1', path: '/metrics', headers: { host } }, ({ statusCode }) =>
          resolve(statusCode),
        ).end();
      });
    expect(await Promise.all([`localhost:${port}`, '[::1]:9', '127.0.0.2'].map(ask))).toEqual([
      200, 200, 200,
    ]);
    expect(
      await Promise.all(['evil.example', '127.0.0.1.evil.example', 'metrics.example:80'].map(ask)),
    ).toEqual([421, 421, 421]);
  });

  it('asks for the token on every path', async () => {
    const { url } = await serving({ token: 'tok-en' });
    const status = async (path: string, headers: Record<string, string> = {}) =>
      (await fetch(url + path, { headers })).status;
    for (const path of ['/metrics', '/healthz', '/readyz', '/other']) expect(await status(path)).toBe(401);
    expect(await status('/metrics', { authorization: 'Bearer tok-en' })).toBe(200);
    expect(await status('/metrics', { authorization: 'bearer tok-en' })).toBe(200);
    for (const wrong of ['Bearer tok-e', 'Bearer', 'Bearer tok-en2', 'tok-en', 'Basic tok-en'])
      expect(await status('/metrics', { authorization: wrong })).toBe(401);
    const { headers } = await fetch(`${url}/metrics`);
    expect(headers.get('www-authenticate')).toBe('Bearer realm="surfwatch"');
  });

  it('refuses more connections than it needs, and long headers', async () => {
    const { url } = await serving();
    const { port } = new URL(url);
    const sockets = Array.from({ length: 40 }, () => connect(Number(port), '127.0.0.1'));
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
    });
    let refused = 0;
    for (const socket of sockets) socket.on('close', () => (refused += 1)).on('error', () => undefined);
    await until(() => refused === 20, 'twenty refused');
    for (const socket of sockets) socket.destroy();
    await until(() => refused === 40, 'all ended');
    const socket = connect(Number(port), '127.0.0.1');
    socket.end(`GET /metrics HTTP/1.1\r\nhost: localhost\r\nx: ${'x'.repeat(10_000)}\r\n\r\n`);
    expect(await text(socket)).toMatch(/^HTTP\/1.1 431 /);
  });

  it('says that its port is taken', async () => {
    const { port } = new URL((await serving()).url);
    await expect(serving({ port: Number(port) })).rejects.toMatchObject({ code: 'metrics-listen-failed' });
  });

  it('answers 500 where the figures cannot be taken, and goes on', async () => {
    let fails = true;
    const { url } = await serving({}, () => {
      if (fails) throw new Error('secret detail');
      return SNAPSHOT;
    });
    const answer = await fetch(`${url}/metrics`);
    expect([answer.status, await answer.text()]).toEqual([500, 'the metrics cannot be read\n']);
    fails = false;
    expect((await fetch(`${url}/metrics`)).status).toBe(200);
  });

  it('stops while somebody is connected', async () => {
    const server = await serving();
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1').on('error', () => undefined);
    const ended = new Promise(resolve => socket.on('close', resolve));
    await new Promise(resolve => socket.on('connect', resolve));
    await server.stop();
    await ended;
    expect(server.url).toBe('');
  });
});

describe('the file for node_exporter', () => {
  async function writing(path: string, log = silent) {
    const clock = fakeClock();
    let captured = 1;
    const metrics = createMetrics(() => ({
      ...SNAPSHOT,
      frames: { ...SNAPSHOT.frames, captured: captured++ },
    }));
    const file = new Textfile({ path, metrics, clock, log });
    onTestFinished(() => file.stop());
    file.start();
    const next = async () => {
      await until(() => clock.sleeping === 1, 'the pause');
      await clock.advance(60_000);
      await until(() => clock.sleeping === 1, 'the next pause');
    };
    return { file, next, clock };
  }

  it('is replaced at each interval, with nothing left beside it, and goes at the end', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'surfwatch.prom');
    const { file, next } = await writing(path);
    await next();
    expect(await readFile(path, 'utf8')).toContain('\nsurfwatch_frames_captured_total 2\n');
    await next();
    expect(await readFile(path, 'utf8')).toContain('\nsurfwatch_frames_captured_total 3\n');
    expect(await readdir(folder)).toEqual(['surfwatch.prom']);
    await file.stop();
    expect(await readdir(folder)).toEqual([]);
  });

  it('is missed once in the log where it cannot be written', async () => {
    const { log, lines } = readableLog();
    const { next } = await writing(join(await temporaryFolder(), 'none', 'surfwatch.prom'), log);
    await next();
    await next();
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ err: { code: 'storage-failed' } });
  });
});
