import { describe, expect, it } from 'vitest';
import { until } from '../support/until.ts';
import { ask, listen, loggedIn, send, suiteServed } from './support.ts';

const CONFIG = `{
  "camera": { "kind": "simulator" },
  "snapshot": { "minInterval": "20s" },
  "cameras": [
    { "site": "north" }, // the pier
    { "site": "south", "camera": { "http": { "username": "viewer", "password": "canary" } } },
  ],
}
`;

describe('the pages of several cameras', () => {
  const served = suiteServed(['web.lookPassword=see', 'web.operatePassword=do'], CONFIG);
  const of = (site: string) => `${served().url}/${site}`;

  it('are listed on a first page, for who has logged in', async () => {
    const { url } = served();
    expect((await ask(url, 'GET', '/session')).json).toMatchObject({ role: null, page: 'list' });
    expect((await ask(url, 'GET', '/cameras')).status).toBe(401);
    const cookie = await loggedIn(url, 'see');
    const { json } = await until(async () => {
      const answer = await ask(url, 'GET', '/cameras', undefined, cookie);
      return answer.json.cameras.every(({ frame }: { frame: unknown }) => frame !== null) && answer;
    }, 'frames of both');
    expect(json.cameras.map(({ site }: { site: string }) => site)).toEqual(['north', 'south']);
  });

  it('have one login', async () => {
    const cookie = await loggedIn(served().url, 'see');
    for (const site of ['north', 'south']) {
      const { json } = await ask(of(site), 'GET', '/session', undefined, cookie);
      expect(json).toMatchObject({ role: 'look', page: 'entry' });
    }
    expect((await ask(of('north'), 'GET', '/history?from=2026-01-01&to=2026-01-02')).status).toBe(401);
  });

  it('show each its own camera, at an address that relative links start from', async () => {
    const cookie = await loggedIn(served().url, 'do');
    const { status, headers } = await send(served().url, '/north');
    expect([status, headers.location]).toEqual([308, 'north/']);
    const gone = new AbortController();
    const told = await listen(of('south'), gone.signal, cookie);
    await until(() => told.some(({ event }) => event === 'frame'), 'a frame');
    const info = told.find(({ event, data }) => event === 'state' && data.topic === 'info');
    expect(info?.data.value.site).toBe('south');
    gone.abort();
    expect((await send(served().url, '/east/api/session')).status).toBe(404);
    const figures = await (await fetch(`${served().url}/metrics`)).text();
    for (const site of ['north', 'south']) expect(figures).toContain(`surfwatch_info{site="${site}"`);
    expect(await (await fetch(`${served().url}/healthz`)).json()).toMatchObject({
      ok: true,
      cameras: { north: { ok: true }, south: { ok: true } },
    });
    expect(await (await fetch(`${of('north')}/healthz`)).json()).toMatchObject({ ok: true, reasons: [] });
  });

  it('set up each its own entry of the file, and take what is common for all', async () => {
    const { read, daemon } = served();
    const cookie = await loggedIn(served().url, 'do');
    const { json: config } = await ask(of('south'), 'GET', '/config', undefined, cookie);
    expect(config.text).not.toContain('canary');
    const changes = [
      { path: 'learning.maxFrames', value: 100 },
      { path: 'web.port', value: 1234 },
    ];
    const preview = await ask(of('south'), 'POST', '/config/preview', { changes }, cookie);
    expect(preview.json).toMatchObject({ faults: [], restart: [] });
    const { text } = preview.json;
    const saved = await ask(of('south'), 'PUT', '/config', { text, etag: config.etag }, cookie);
    expect(saved.json).toEqual({ restart: [] });
    expect(await read()).toContain('// the pier');
    expect(await read()).toContain('canary');
    const [north, south] = daemon.cameras.map(({ settings }) => settings.learning.maxFrames);
    expect([north, south]).toEqual([5_000, 100]);
    const common = text.replace('"20s"', '"30s"');
    const { etag } = (await ask(of('south'), 'GET', '/config', undefined, cookie)).json;
    await ask(of('south'), 'PUT', '/config', { text: common, etag }, cookie);
    expect(daemon.cameras.map(({ settings }) => settings.snapshot.minIntervalMs)).toEqual([30_000, 30_000]);
  });

  it('count wrong passwords together', async () => {
    for (let tries = 0; tries < 10; tries++) await ask(of('north'), 'POST', '/login', { password: 'no' });
    expect((await ask(of('south'), 'POST', '/login', { password: 'no' })).status).toBe(429);
  });
});
