import { connect } from 'node:net';
import { buffer } from 'node:stream/consumers';
import sharp from 'sharp';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Live } from '../../src/web/live.ts';
import { frameRoutes } from '../../src/web/routes/frames.ts';
import { client } from '../messaging/support.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { until } from '../support/until.ts';
import { checkFrame } from './openapi.ts';
import { ask, listen, SMALL, send, serveApp, suiteServed } from './support.ts';

describe('what is live', () => {
  const served = suiteServed(SMALL);

  const listening = () => {
    const ending = new AbortController();
    onTestFinished(() => ending.abort());
    return listen(served().url, ending.signal);
  };

  it('begins with all topics as MQTT retains them, and goes on with frames', async () => {
    const told = await listening();
    const frame = await until(() => told.find(({ event }) => event === 'frame')?.data, 'a frame');
    checkFrame(frame);
    expect(frame).toMatchObject({
      riders: expect.any(Array),
      detail: { scale: 0.5, tookMs: expect.any(Number) },
    });
    expect(frame.land.cells).toMatch(new RegExp(`^[lw]{${frame.land.columns * frame.land.rows}}$`));
    const mqtt = await client(served().daemon.address);
    await mqtt.mqtt.subscribeAsync('surf/info');
    const info = await until(() => mqtt.last('surf/info'), 'the topic');
    const topics = told.filter(({ event }) => event === 'state').map(({ data }) => data.topic);
    expect(topics).toEqual(
      expect.arrayContaining(['activity', 'state', 'info', 'problem', 'camera/availability']),
    );
    await until(
      () => told.some(({ data }) => data.topic === 'info' && JSON.stringify(data.value) === info),
      'the same on the page',
    );
  });

  it('says what MQTT says, within 300 ms of it', async () => {
    const told = await listening();
    const mqtt = await client(served().daemon.address);
    const heardMs: number[] = [];
    mqtt.mqtt.on('message', (_, payload) => {
      if (payload.toString().includes('"paused"')) heardMs.push(performance.now());
    });
    await mqtt.mqtt.subscribeAsync('surf/state');
    await until(() => mqtt.last('surf/state'), 'the present state');
    onTestFinished(async () => void (await ask(served().url, 'POST', '/commands/resume')));
    const seen = () => told.filter(({ data }) => data.topic === 'state' && data.value.state === 'paused');
    const later: number[] = [];
    // The best of some, as a busy machine holds up any of them.
    for (let round = 1; round <= 5; round++) {
      expect((await ask(served().url, 'POST', '/commands/pause', { reason: 'test' })).json.paused).toBe(true);
      await until(() => seen().length === round && heardMs.length === round, 'the page and MQTT');
      later.push((seen()[round - 1]?.atMs ?? Number.NaN) - (heardMs[round - 1] ?? Number.NaN));
      await ask(served().url, 'POST', '/commands/resume');
      await until(() => !mqtt.last('surf/state')?.includes('"paused"'), 'the end of the pause');
    }
    expect(Math.min(...later)).toBeLessThan(300);
  });

  it('shows pictures, in steps and in parts, without metadata, and none of now in a pause', async () => {
    const told = await listening();
    const { frame } = await until(() => told.find(({ event }) => event === 'frame')?.data, 'a frame');
    const picture = async (path: string) => {
      const response = await fetch(`${served().url}/api/frames/${path}`);
      expect([response.status, response.headers.get('content-type')]).toEqual([200, 'image/jpeg']);
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
      const { width, height, exif } = await sharp(await response.arrayBuffer()).metadata();
      expect(exif).toBeUndefined();
      return [width, height];
    };
    expect(await picture('latest/picture')).toEqual([320, 180]);
    expect(await picture(`${frame}/picture?width=150`)).toEqual([160, 90]);
    expect(await picture(`${frame}/picture?x=0.25&y=0.5&w=0.5&h=0.25`)).toEqual([160, 45]);
    for (const wrong of ['width=0', 'width=1e9', 'x=0.1', 'x=0&y=0&w=2&h=1', 'width=abc'])
      expect((await ask(served().url, 'GET', `/frames/latest/picture?${wrong}`)).json.code).toBe(
        'web-invalid',
      );
    const unknown = await ask(served().url, 'GET', '/frames/01ARZ3NDEKTSV4RRFFQ69G5FAV/picture');
    expect([unknown.status, unknown.json.code]).toEqual([404, 'label-frame-unknown']);
    await ask(served().url, 'POST', '/commands/pause');
    onTestFinished(async () => void (await ask(served().url, 'POST', '/commands/resume')));
    const paused = await ask(served().url, 'GET', '/frames/latest/picture');
    expect([paused.status, paused.json.code]).toEqual([409, 'capture-paused']);
  });

  it('explains each frame that a viewer is shown, and has its picture, though nothing else names it', async () => {
    const told = await listening();
    const framesTold = () => told.filter(({ event }) => event === 'frame').map(({ data }) => data.frame);
    await until(() => framesTold().length >= 4, 'frames');
    for (const frame of framesTold().slice(0, 4)) {
      const explained = await ask(served().url, 'POST', '/commands/explain', { frame });
      expect([explained.status, explained.json.frame]).toEqual([200, frame]);
      expect((await fetch(`${served().url}/api/frames/${frame}/picture?width=320`)).status).toBe(200);
    }
  });

  it('has room for 100 viewers, and again when one goes', async () => {
    const endings = await Promise.all(
      Array.from({ length: 100 }, async () => {
        const ending = new AbortController();
        await listen(served().url, ending.signal);
        return ending;
      }),
    );
    onTestFinished(() => {
      for (const ending of endings) ending.abort();
    });
    expect((await ask(served().url, 'GET', '/live')).json.code).toBe('web-busy');
    endings[0]?.abort();
    await until(async () => {
      const ending = new AbortController();
      const isIn = await listen(served().url, ending.signal).then(
        () => true,
        () => false,
      );
      ending.abort();
      return isIn;
    }, 'a place');
  });

  it('carries commands out as over MQTT, and refuses what it does not know', async () => {
    expect((await ask(served().url, 'POST', '/commands/status')).json).toMatchObject({
      activity: { site: 'beach' },
      info: { engine: {} },
    });
    const unknown = await ask(served().url, 'POST', '/commands/stauts');
    expect([unknown.status, unknown.json.code]).toEqual([404, 'command-unknown']);
    expect(unknown.json.message).toContain('did you mean "status"?');
    const invalid = await ask(served().url, 'POST', '/commands/next', { count: 'many' });
    expect([invalid.status, invalid.json.code, invalid.json.remedy]).toEqual([
      400,
      'command-invalid',
      expect.any(String),
    ]);
    const deep = `{"set":${'['.repeat(5_000)}${']'.repeat(5_000)}}`;
    const headers = { 'content-type': 'application/json' };
    const refused = await send(served().url, '/api/commands/options', {
      method: 'POST',
      headers,
      body: deep,
    });
    expect(JSON.parse(refused.text).code).toBe('web-invalid');
  });
});

describe('a viewer who does not read', () => {
  it('takes up no memory over HTTP either', async () => {
    const live = new Live(fakeClock());
    const url = await serveApp(frameRoutes({ live, picture: () => Promise.reject(new Error('none')) }));
    onTestFinished(() => live.stop());
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    socket.write('GET /api/live HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n');
    await until(() => live.viewers === 1, 'the viewer');
    socket.pause();
    const padding = 'x'.repeat(20_000);
    for (let round = 0; round < 5_000; round++) {
      live.tell('frame', '', { round, padding });
      // The server writes what it can meanwhile.
      if (round % 10 === 0) await new Promise(resolve => setImmediate(resolve));
    }
    live.stop();
    // All but what the kernel holds of a connection is left out of the hundred megabytes.
    expect((await buffer(socket)).length).toBeLessThan(20_000_000);
  });

  it('holds the newest values only, in bounded room, and gets them when it reads again', async () => {
    const live = new Live(fakeClock());
    onTestFinished(() => live.stop());
    const reader = live.open().getReader();
    const padding = 'x'.repeat(1_000);
    for (let round = 0; round < 5_000; round++) {
      live.tell('frame', '', { round, padding });
      live.tell('state', 'activity', { topic: 'activity', value: round });
      live.tell('event', `${round}`, { id: round, padding });
    }
    live.stop();
    let text = '';
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      text += Buffer.from(value).toString();
    }
    expect(text.length).toBeLessThan(100_000);
  });

  it('is given what it missed when it reads again: the newest of each, and the last events', async () => {
    const live = new Live(fakeClock());
    onTestFinished(() => live.stop());
    const reader = live.open().getReader();
    const padding = 'x'.repeat(1_000);
    for (let round = 0; round < 500; round++) {
      live.tell('state', 'activity', { topic: 'activity', value: round, padding });
      live.tell('event', `${round}`, { id: round });
    }
    let text = '';
    while (!text.includes('"id":499')) text += Buffer.from((await reader.read()).value ?? []).toString();
    const values = [...text.matchAll(/"value":(\d+)/g)].map(([, value]) => Number(value));
    expect(values.at(-1)).toBe(499);
    expect(values.length).toBeLessThan(100);
  });
});
