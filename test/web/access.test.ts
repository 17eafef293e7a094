import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Agent, fetch as fetchBy } from 'undici';
import { describe, expect, it, onTestFinished } from 'vitest';
import { cookieName, loginGuard, roleOfCookie, sessionCookie } from '../../src/web/access.ts';
import type { AppOptions } from '../../src/web/app.ts';
import { readCookieKey } from '../../src/web/pages.ts';
import type { ListenOptions } from '../../src/web/server.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { silent } from '../support/log.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { ask, loggedIn, SMALL, send, serve, serveApp, suiteServed } from './support.ts';

const LOGINS = ['web.lookPassword=see', 'web.operatePassword=do', 'metrics.token=tok-en'];
const JSON_BODY = { 'content-type': 'application/json' };
const hostOf = (url: string) => new URL(url).host;

const loginsAlone = (listen: Partial<ListenOptions>, options: Partial<AppOptions> = {}) =>
  serveApp([], { lookPassword: 'see', operatePassword: 'do', ...options }, listen);

describe('a page with logins', () => {
  const served = suiteServed([...SMALL, ...LOGINS]);

  it('asks for one on every route, and tells who it is', async () => {
    const { url } = served();
    expect((await ask(url, 'GET', '/session')).json).toEqual({
      role: null,
      login: true,
      started: expect.any(String),
      page: 'only',
    });
    for (const [method, path] of [
      ['GET', '/live'],
      ['GET', '/frames/latest/picture'],
      ['GET', '/history?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z'],
      ['GET', '/history.csv?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z'],
      ['GET', '/config'],
      ['POST', '/commands/status'],
      ['POST', '/config/preview'],
      ['PUT', '/config'],
      ['POST', '/restart'],
      ['POST', '/test/camera'],
      ['POST', '/test/broker'],
      ['POST', '/zones/preview'],
    ] as const) {
      const { status, json } = await ask(url, method, path);
      expect([path, status, json.code]).toEqual([path, 401, 'web-login']);
    }
    const looker = await loggedIn(url, 'see');
    expect((await ask(url, 'GET', '/session', undefined, looker)).json).toEqual({
      role: 'look',
      login: true,
      started: expect.any(String),
      page: 'only',
    });
    const gone = await ask(url, 'POST', '/logout', {}, looker);
    expect(gone.headers.get('set-cookie')).toMatch(/^surfwatch-[0-9a-f]{8}=; Max-Age=0/);
  });

  it('lets those who may look look, and change nothing', async () => {
    const { url, restarts, read } = served();
    const looker = await loggedIn(url, 'see');
    for (const verb of ['status', 'models', 'next'])
      expect((await ask(url, 'POST', `/commands/${verb}`, {}, looker)).status).toBe(200);
    const before = await read();
    for (const [method, path] of [
      ['POST', '/commands/pause'],
      ['POST', '/commands/options'],
      ['POST', '/commands/capture'],
      ['POST', '/commands/nonsense'],
      ['GET', '/config'],
      ['PUT', '/config'],
      ['POST', '/config/preview'],
      ['POST', '/restart'],
      ['POST', '/test/camera'],
      ['POST', '/test/broker'],
      ['POST', '/zones/preview'],
    ] as const) {
      const { status, json } = await ask(url, method, path, {}, looker);
      expect([path, status, json.code]).toEqual([path, 403, 'web-forbidden']);
    }
    expect([restarts(), await read()]).toEqual([0, before]);
    const operator = await loggedIn(url, 'do');
    expect((await ask(url, 'POST', '/commands/options', {}, operator)).status).toBe(200);
  });

  it('takes basic authentication from programs', async () => {
    const { url } = served();
    const basic = (password: string) => ({
      authorization: `Basic ${Buffer.from(`x:${password}`).toString('base64')}`,
    });
    expect((await ask(url, 'GET', '/session', undefined, basic('do'))).json.role).toBe('operate');
    expect((await ask(url, 'GET', '/session', undefined, basic('no'))).json.code).toBe('web-login');
  });

  it('refuses cookies that were changed or signed by others', async () => {
    const { url } = served();
    const { cookie } = await loggedIn(url, 'see');
    const [name = '', value = ''] = cookie.split('=');
    const [, end = '', signature = ''] = decodeURIComponent(value).split('.');
    const forged = { lookPassword: 'see', operatePassword: 'do', cookieKey: 'guessed' };
    for (const other of [
      `operate.${end}.${signature}`,
      `look.${Number(end) + 1}.${signature}`,
      `look.${end}.${signature.slice(1)}`,
      'operate',
      '',
      sessionCookie(forged, 'operate', Date.now()),
    ]) {
      const { json } = await ask(url, 'GET', '/session', undefined, {
        cookie: `${name}=${encodeURIComponent(other)}`,
      });
      expect(json.role).toBeNull();
    }
  });

  it('keeps the cookie from scripts and other sites', async () => {
    const { headers } = await ask(served().url, 'POST', '/login', { password: 'see' });
    expect(headers.get('set-cookie')).toMatch(/; Path=\/; HttpOnly; SameSite=Strict$/);
  });

  it('serves the figures with the token, a login, or on this computer', async () => {
    const { url } = served();
    const away = { 'x-forwarded-for': '192.0.2.1' };
    for (const path of ['/metrics', '/healthz', '/readyz']) {
      expect((await send(url, path)).status).toBe(200);
      const refused = await send(url, path, { headers: away });
      expect([refused.status, refused.headers['www-authenticate']]).toEqual([
        401,
        'Bearer realm="surfwatch"',
      ]);
      expect((await send(url, path, { headers: { ...away, authorization: 'Bearer tok-en' } })).status).toBe(
        200,
      );
      expect((await send(url, path, { headers: { ...away, ...(await loggedIn(url, 'see')) } })).status).toBe(
        200,
      );
      for (const wrong of ['Bearer tok-e', 'Bearer', 'tok-en'])
        expect((await send(url, path, { headers: { ...away, authorization: wrong } })).status).toBe(401);
      expect((await send(url, path, { headers: { host: 'evil.example' } })).status).toBe(401);
    }
    expect((await send(url, '/metrics')).text).toMatch(
      /\nsurfwatch_frames_captured_total\{site="beach"\} \d+\n/,
    );
    expect((await send(url, '/metrics')).headers['content-type']).toContain('version=0.0.4');
    expect((await send(url, '/healthz', { method: 'HEAD' })).text).toBe('');
  });
});

describe('a page without logins', () => {
  const served = suiteServed(SMALL);

  it('is for this computer alone: other names that lead here are refused', async () => {
    const { url } = served();
    for (const host of [hostOf(url), 'localhost', '[::1]:9'])
      expect((await send(url, '/api/session', { headers: { host } })).status).toBe(200);
    for (const host of ['evil.example', '127.0.0.1.evil.example', `board.local:${new URL(url).port}`]) {
      for (const path of ['/api/session', '/api/frames/latest/picture', '/', '/api/live'])
        expect((await send(url, path, { headers: { host } })).status).toBe(403);
    }
  });

  it('does what no other web site sends', async () => {
    const { url } = served();
    const pause = (headers: Readonly<Record<string, string>>) =>
      send(url, '/api/commands/status', { method: 'POST', headers, body: '{}' });
    const own = `http://${hostOf(url)}`;
    expect((await pause(JSON_BODY)).status).toBe(200);
    expect((await pause({ ...JSON_BODY, origin: own, 'sec-fetch-site': 'same-origin' })).status).toBe(200);
    for (const origin of [
      'http://evil.example',
      'http://127.0.0.1:1',
      'null',
      `https://${hostOf(url)}.evil.example`,
    ])
      expect((await pause({ ...JSON_BODY, origin })).status).toBe(403);
    for (const site of ['cross-site', 'same-site'])
      expect((await pause({ ...JSON_BODY, 'sec-fetch-site': site })).status).toBe(403);
    expect((await send(url, '/api/live', { headers: { 'sec-fetch-site': 'cross-site' } })).status).toBe(403);
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])
      expect((await pause({ 'content-type': type })).status).toBe(400);
    expect((await send(url, '/api/logout', { method: 'POST' })).status).toBe(400);
  });

  it.each([
    '/..%2f..%2fpackage.json',
    '/../package.json',
    '/assets/..%2f..%2f..%2fpackage.json',
    '/%2e%2e/%2e%2e/etc/passwd',
    '//etc/passwd',
    '/\\..\\package.json',
    '/%00',
    '/%',
    '/api/frames/..%2f..%2f..%2fetc%2fpasswd/picture',
    '/api/frames/%2e%2e%2foptions.json/picture',
    `/api/frames/${'x'.repeat(200)}/picture`,
    '/api/commands/constructor',
    '/__proto__',
  ])('gives nothing for %s', async path => {
    const answer = await send(served().url, path);
    expect([400, 404]).toContain(answer.status);
    expect(answer.text).not.toContain('surfwatch"');
  });

  it('says of every answer what it is, and that it runs nothing else', async () => {
    const { url } = served();
    for (const path of ['/api/session', '/api/<script>', '/<script>alert(1)</script>', '/metrics', '/']) {
      const { headers, text } = await send(url, path);
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['content-security-policy']).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
      expect(headers['content-type']).toMatch(/^(application\/json|text\/(plain|html))/);
      if (path !== '/') expect(text).not.toContain('<script>');
    }
    expect((await send(url, '/api/session')).headers['cache-control']).toBe('no-store');
    expect((await send(url, '/widget')).status).toBe(404);
  });

  it('reads no more of a body than it takes', async () => {
    const { url } = served();
    const huge = { method: 'POST', headers: JSON_BODY, body: `{"password":"${'x'.repeat(300_000)}"}` };
    for (const path of ['/api/login', '/api/commands/status']) {
      const { status, text } = await send(url, path, huge);
      expect([status, JSON.parse(text).code]).toEqual([400, 'web-invalid']);
    }
    const chunked = connect(Number(new URL(url).port), '127.0.0.1');
    onTestFinished(() => void chunked.destroy());
    chunked.on('error', () => undefined);
    chunked.write(
      'POST /api/login HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n',
    );
    for (let at = 0; at < 10; at++) chunked.write(`1000\r\n${'x'.repeat(4_096)}\r\n`);
    const [answer] = await once(chunked, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1.1 400 /);
  });

  it('does not wait for a body that is slow', async () => {
    const url = await loginsAlone({ requestTimeoutMs: 200 });
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.write(
      'POST /api/login HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 20\r\n\r\n{',
    );
    expect(await text(socket)).toMatch(/^HTTP\/1.1 408 /);
  });

  it('refuses long headers', async () => {
    const socket = connect(Number(new URL(served().url).port), '127.0.0.1');
    socket.end(`GET / HTTP/1.1\r\nhost: localhost\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`);
    expect(await text(socket)).toMatch(/^HTTP\/1.1 431 /);
  });
});

describe('the widget', () => {
  it('is for everybody, to be embedded, without a picture, where it is switched on', async () => {
    const { daemon, url } = await serve(await temporaryFolder(), [...SMALL, ...LOGINS, 'web.widget=true']);
    onTestFinished(() => daemon.stop());
    const headers = {
      host: 'beach.example',
      'sec-fetch-site': 'cross-site',
      'accept-language': 'de-DE,en;q=0.5',
    };
    const page = await send(url, '/widget', { headers });
    expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(page.headers['content-security-policy']).toMatch(/^default-src 'none'.*frame-ancestors \*$/);
    expect(page.headers['x-frame-options']).toBeUndefined();
    expect(page.text).toContain('<html lang="de">');
    const { headers: json, text } = await send(url, '/widget.json', { headers });
    expect(json['access-control-allow-origin']).toBe('*');
    expect(Object.keys(JSON.parse(text))).toEqual(['site', 'activity', 'count', 'since', 'fresh']);
    expect((await send(url, '/api/session', { headers })).status).toBe(403);
  });
});

describe('logins', () => {
  it('are slowed down for an address and for all, and come back with time', async () => {
    const clock = fakeClock();
    const guard = loginGuard(clock);
    for (let tries = 0; tries < 5; tries++) {
      expect(guard.mayTry('a')).toBe(true);
      guard.failed('a');
    }
    expect([guard.mayTry('a'), guard.mayTry('b')]).toEqual([false, true]);
    await clock.advance(12_000);
    expect(guard.mayTry('a')).toBe(true);
    for (let tries = 0; tries < 30; tries++) guard.failed(`c${tries}`);
    expect(guard.mayTry('b')).toBe(false);
  });

  it('end with time, with another password, and with another key', () => {
    const options = { lookPassword: 'see', operatePassword: 'do', cookieKey: 'k' };
    const cookie = sessionCookie(options, 'look', 1_000);
    expect(roleOfCookie(options, cookie, 2_000)).toBe('look');
    expect(roleOfCookie(options, cookie, 1_000 + 31 * 86_400_000)).toBeNull();
    expect(roleOfCookie({ ...options, operatePassword: 'other' }, cookie, 2_000)).toBeNull();
    expect(roleOfCookie({ ...options, cookieKey: 'other' }, cookie, 2_000)).toBeNull();
    expect(cookieName(options)).not.toBe(cookieName({ cookieKey: 'other' }));
  });

  it('are slowed down over HTTP, and hold up nobody who is logged in', async () => {
    const url = await loginsAlone({});
    const operator = await loggedIn(url, 'do');
    for (let tries = 0; tries < 5; tries++) await ask(url, 'POST', '/login', { password: 'guess' });
    const slowed = await ask(url, 'POST', '/login', { password: 'do' });
    expect([slowed.status, slowed.json.code]).toEqual([429, 'web-tries']);
    expect((await ask(url, 'GET', '/session', undefined, operator)).json.role).toBe('operate');
  });

  it('outlive a restart, as their key does; a damaged one is set aside, and ends them', async () => {
    const folder = await temporaryFolder();
    const file = join(folder, 'web.json');
    const first = await readCookieKey(folder, 0, silent);
    expect(await readCookieKey(folder, 0, silent)).toBe(first);
    await writeFile(file, '{ "version": 1, "cookieKey": "short" }');
    const second = await readCookieKey(folder, 0, silent);
    expect(second).not.toBe(first);
    expect((await readdir(folder)).length).toBe(2);
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ version: 1, cookieKey: second });
  });
});

describe('on a network', () => {
  it('speaks TLS, and believes a proxy where it is told to', async () => {
    const folder = await temporaryFolder();
    const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '2',
        '-subj',
        '/CN=localhost',
        '-keyout',
        key,
        '-out',
        cert,
      ],
      { stdio: 'ignore' },
    );
    const url = await loginsAlone({ cert, key }, { trustProxy: true, token: 'tok-en' });
    expect(url).toMatch(/^https:/);
    const dispatcher = new Agent({ connect: { ca: await readFile(cert), servername: 'localhost' } });
    onTestFinished(() => dispatcher.close());
    const login = (password: string, address: string) =>
      fetchBy(`${url}/api/login`, {
        method: 'POST',
        dispatcher,
        headers: { ...JSON_BODY, 'x-forwarded-for': `made-up, ${address}` },
        body: JSON.stringify({ password }),
      });
    expect((await login('do', '192.0.2.1')).headers.get('set-cookie')).toContain('; Secure');
    for (let tries = 0; tries < 5; tries++) await login('guess', '192.0.2.1');
    expect((await login('do', '192.0.2.1')).status).toBe(429);
    expect((await login('do', '192.0.2.2')).status).toBe(200);
    const figures = (address: string) =>
      fetchBy(`${url}/metrics`, { dispatcher, headers: { 'x-forwarded-for': address } });
    expect((await figures('192.0.2.1')).status).toBe(401);
    expect((await figures('127.0.0.1')).status).toBe(200);
  });

  it('is not served where its port is taken, and the daemon goes on', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void taken.close());
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const { daemon } = await serve(await temporaryFolder(), [...SMALL, `web.port=${port}`]);
    onTestFinished(() => daemon.stop());
    expect([daemon.pageUrl, daemon.address]).toEqual(['', expect.stringMatching(/^mqtt:/)]);
  });

  it('is not served with a certificate that is none', async () => {
    await expect(loginsAlone({ cert: '/dev/null', key: '/dev/null' })).rejects.toMatchObject({
      code: 'web-listen-failed',
    });
  });
});
