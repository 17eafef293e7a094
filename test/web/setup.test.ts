import { chmod, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it, onTestFinished } from 'vitest';
import { diffOf } from '../../src/web/diff.ts';
import { drawnBeach } from '../daemon/support.ts';
import { fc } from '../support/fast-check.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';
import { ask, listen, type Served, serve, suiteServed } from './support.ts';

const CONFIG = `// The pier.
{
  "site": "pier", // as on the map
  "camera": {
    "kind": "simulator",
    "simulator": { "width": 640, "height": 360 },
    "http": { "url": "http://root:canary1@camera.local/x", "username": null, "password": null }
  },
  "mqtt": { "password": "canary2", "username": "board" },
}
`;

const own = async (set: readonly string[] = [], config = CONFIG): Promise<Served> => {
  const served = await serve(
    await temporaryFolder(),
    ['camera.interval=2s', 'activity.staleAfter=10s', ...set],
    config,
  );
  onTestFinished(() => served.daemon.stop());
  return served;
};
const changed = (line: { kind: string }) => line.kind !== 'same';

describe('the config on the page', () => {
  it('is changed with its comments, saved whole, and in force where that needs no restart', async () => {
    const { url, daemon, file, read } = await own();
    const { json: config } = await ask(url, 'GET', '/config');
    expect(config).toMatchObject({
      file,
      writable: true,
      settings: { site: 'pier', activity: { dwell: '300ms' } },
    });
    expect(config.schema.properties.camera.properties.kind.enum).toContain('rpicam');
    const changes = [
      { path: 'learning.maxFrames', value: 100 },
      { path: 'site', value: 'north' },
      { path: 'mqtt.username' },
    ];
    const { json: preview } = await ask(url, 'POST', '/config/preview', { changes });
    expect(preview.faults).toEqual([expect.objectContaining({ path: 'mqtt.username' })]);
    const { json: right } = await ask(url, 'POST', '/config/preview', { changes: changes.slice(0, 2) });
    expect(right).toMatchObject({ faults: [], restart: ['site'] });
    const lines = right.diff
      .filter(changed)
      .map(({ kind, line }: { kind: string; line: string }) => `${kind} ${line}`);
    expect(lines).toEqual(
      expect.arrayContaining([
        'removed   "site": "pier", // as on the map',
        'added   "site": "north", // as on the map',
        'added     "maxFrames": 100',
      ]),
    );
    const corners = [
      [0, 0.5],
      [1, 0.5],
      [0.5, 1e-7],
    ];
    const zones = [{ path: 'zones', value: [{ name: 'bay', points: corners }] }];
    const { json: drawn } = await ask(url, 'POST', '/config/preview', { changes: zones });
    expect(drawn.text).toMatch(/\[0, 0\.5\],\n +\[1, 0\.5\],\n +\[0\.5, 1e-7\]\n/);
    expect(await read()).toBe(CONFIG);
    await chmod(file, 0o640);
    const saved = await ask(url, 'PUT', '/config', { text: right.text, etag: config.etag });
    expect([saved.status, saved.json]).toEqual([200, { restart: ['site'] }]);
    expect(await read()).toContain('// as on the map');
    expect((await stat(file)).mode & 0o777).toBe(0o640);
    expect(await readFile(`${file}.bak`, 'utf8')).toBe(CONFIG);
    expect(daemon.cameras[0].settings).toMatchObject({ site: 'pier', learning: { maxFrames: 100 } });
    expect((await readdir(dirname(file))).sort()).toEqual(['board.json', 'board.json.bak', 'state']);
  });

  it('shows no secret, and keeps those that are there', async () => {
    const { url, read } = await own();
    const { json: config } = await ask(url, 'GET', '/config');
    expect(JSON.stringify(config)).not.toContain('canary');
    const changes = [{ path: 'learning.maxFrames', value: 100 }];
    const { json: preview } = await ask(url, 'POST', '/config/preview', { changes });
    expect(JSON.stringify(preview)).not.toContain('canary');
    await ask(url, 'PUT', '/config', { text: preview.text, etag: config.etag });
    expect(await read()).toContain('"password": "canary2"');
    expect(await read()).toContain('"http://root:canary1@camera.local/x"');
    const elsewhere = [{ path: 'camera.http.url', value: 'http://root:[secret]@evil.example/x' }];
    const { json: refused } = await ask(url, 'POST', '/config/preview', { changes: elsewhere });
    expect(refused.faults[0]).toMatchObject({
      path: 'camera.http.url',
      reason: expect.stringContaining('give the secret'),
    });
  });

  it('is not saved where it is wrong, or was changed meanwhile, and says where', async () => {
    const { url, file, read } = await own();
    const { json: config } = await ask(url, 'GET', '/config');
    const wrong = config.text.replace('"pier"', '"The Pier"');
    const { json: preview } = await ask(url, 'POST', '/config/preview', { text: wrong });
    expect(preview.faults).toEqual([
      { path: 'site', reason: expect.stringContaining('"The Pier"'), line: 3 },
    ]);
    const refused = await ask(url, 'PUT', '/config', { text: wrong, etag: config.etag });
    expect([refused.status, refused.json.code]).toEqual([400, 'config-invalid']);
    for (const text of ['', '{', '[]', '{"camera":[[[[]]]]}', '['.repeat(100_000), '{"version":99}']) {
      const { status, json } = await ask(url, 'POST', '/config/preview', { text });
      expect([text.slice(0, 20), status, json.faults?.length > 0]).toEqual([text.slice(0, 20), 200, true]);
    }
    expect(await read()).toBe(CONFIG);
    await writeFile(file, CONFIG.replace('pier', 'south'));
    const late = await ask(url, 'PUT', '/config', { text: config.text, etag: config.etag });
    expect([late.status, late.json.code]).toEqual([409, 'web-conflict']);
    expect(await read()).toContain('south');
    for (const body of [{}, { text: '{}', changes: [] }, { changes: [{ path: '__proto__', value: 1 }] }])
      expect((await ask(url, 'POST', '/config/preview', body)).json.code).toBe('web-invalid');
    await rm(file);
    expect((await ask(url, 'GET', '/config')).json.code).toBe('config-unwritable');
  });

  it('is restarted with one that is right only', async () => {
    const { url, file, restarts } = await own();
    expect((await ask(url, 'POST', '/restart')).json).toEqual({});
    expect(restarts()).toBe(1);
    await writeFile(file, '{ "site": "The Pier" }');
    expect((await ask(url, 'POST', '/restart')).json.code).toBe('config-invalid');
    expect(restarts()).toBe(1);
  });

  it('leads to a page though it is empty', async () => {
    const { url } = await own(['camera.webcam.device=/dev/video-none'], '{}');
    const { json: config } = await ask(url, 'GET', '/config');
    expect(config).toMatchObject({ text: '{}', settings: { camera: { kind: 'webcam' } } });
    await until(
      async () => (await ask(url, 'POST', '/commands/status')).json.alerts['camera-lost'] !== undefined,
      'the camera to be missed',
    );
    const { json: preview } = await ask(url, 'POST', '/config/preview', {
      changes: [{ path: 'camera', value: { kind: 'simulator' } }],
    });
    expect(preview).toMatchObject({ faults: [], restart: ['camera.kind'] });
    expect((await ask(url, 'PUT', '/config', { text: preview.text, etag: config.etag })).status).toBe(200);
  });
});

describe('what is tried before it is saved', () => {
  // In the file: what is set beside it would hold for what is tried too.
  const camera = { kind: 'simulator', simulator: { width: 640, height: 360 } };
  const mqtt = { username: 'board', password: 'secret' };
  const served = suiteServed(['camera.interval=500ms'], JSON.stringify({ camera, mqtt }));

  it('is a camera: that in use, another, or why there is none', async () => {
    const { url } = served();
    const server = createServer(async (request, response) => {
      const isLogin = request.headers.authorization === `Basic ${Buffer.from('a:b').toString('base64')}`;
      if (!isLogin) response.writeHead(401, { 'www-authenticate': 'Basic' }).end();
      else response.writeHead(200, { 'content-type': 'image/jpeg' }).end(await drawnBeach(1, 'none'));
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await until(() => server.address(), 'the camera');
    const ofNetwork = (http: object) => ({
      camera: {
        kind: 'http',
        http: { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, ...http },
      },
    });
    const { json: own } = await ask(url, 'POST', '/test/camera', { camera: {} });
    expect(own).toMatchObject({ width: 320, height: 180, tookMs: expect.any(Number) });
    const { json: other } = await ask(
      url,
      'POST',
      '/test/camera',
      ofNetwork({ username: 'a', password: 'b' }),
    );
    const { format, width } = await sharp(Buffer.from(other.jpeg, 'base64')).metadata();
    expect([format, width]).toEqual(['jpeg', 640]);
    const refused = await ask(url, 'POST', '/test/camera', ofNetwork({}));
    expect(refused.json.code).toBe('camera-unauthorized');
    const invalid = await ask(url, 'POST', '/test/camera', { camera: { kind: 'telescope' } });
    expect([invalid.status, invalid.json.code]).toEqual([400, 'config-invalid']);
    const none = await ask(url, 'POST', '/test/camera', {
      camera: { kind: 'webcam', webcam: { device: '/dev/none' } },
    });
    expect(none.json).toMatchObject({ code: expect.stringMatching(/^camera-/), remedy: expect.any(String) });
  });

  it('is a broker', async () => {
    const { url, daemon } = served();
    const tried = (mqtt: object) => ask(url, 'POST', '/test/broker', { mqtt });
    expect((await tried({})).json).toEqual({ server: daemon.address });
    expect((await tried({ url: daemon.address })).json).toEqual({ server: daemon.address });
    const unreachable = await tried({ url: 'mqtt://127.0.0.1:1' });
    expect([unreachable.status, unreachable.json.code]).toEqual([502, 'mqtt-unreachable']);
  });

  it('are zones, on the newest frame', async () => {
    const { url, daemon } = served();
    const ending = new AbortController();
    onTestFinished(() => ending.abort());
    const told = await listen(url, ending.signal);
    await until(() => told.some(({ event }) => event === 'frame'), 'a frame');
    const zones = [
      { name: 'all', x: 0, y: 0, w: 1, h: 1 },
      {
        name: 'corner',
        points: [
          [0, 0],
          [0.01, 0],
          [0, 0.01],
        ],
      },
    ];
    const { json } = await ask(url, 'POST', '/zones/preview', { zones });
    expect(json.zones).toEqual([
      {
        name: 'all',
        activity: expect.any(String),
        count: {
          surfing: expect.any(Number),
          windsurfing: expect.any(Number),
          kitesurfing: expect.any(Number),
        },
      },
      {
        name: 'corner',
        activity: 'none',
        count: { surfing: 0, windsurfing: 0, kitesurfing: expect.any(Number) },
      },
    ]);
    expect(daemon.cameras[0].settings.zones).toEqual([]);
    const wrong = await ask(url, 'POST', '/zones/preview', {
      zones: [{ name: 'A', x: 0, y: 0, w: 2, h: 1 }],
    });
    expect([wrong.json.code, wrong.json.message]).toEqual([
      'web-invalid',
      expect.stringContaining('zones[0].w'),
    ]);
  });
});

describe('the difference of two texts', () => {
  it('has both in it, and no line that is the same in vain', () => {
    const texts = fc.array(fc.constantFrom('a', 'b', 'c', ''), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(texts, texts, (before, after) => {
        const diff = diffOf(before.join('\n'), after.join('\n'));
        const side = (kind: string) =>
          diff.filter(one => one.kind === 'same' || one.kind === kind).map(({ line }) => line);
        const trimmed = (lines: string[]) => lines.join('\n').replace(/\n$/, '').split('\n');
        expect(side('removed')).toEqual(trimmed(before));
        expect(side('added')).toEqual(trimmed(after));
      }),
    );
    expect(diffOf('a\nb\n', 'a\nc\n')).toEqual([
      { kind: 'same', line: 'a' },
      { kind: 'removed', line: 'b' },
      { kind: 'added', line: 'c' },
    ]);
  });
});
