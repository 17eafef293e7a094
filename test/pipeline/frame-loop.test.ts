import { createServer, type RequestListener } from 'node:http';
import getPort from 'get-port';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock as clock } from '../../src/base/clock.ts';
import { zonesOf } from '../../src/config/zones.ts';
import { CameraSwitch } from '../../src/pipeline/camera-switch.ts';
import { FrameLoop } from '../../src/pipeline/frame-loop.ts';
import type { PauseState } from '../../src/pipeline/pause.ts';
import { Pipeline } from '../../src/pipeline/pipeline.ts';
import { Reporter } from '../../src/pipeline/reporter.ts';
import { settingsWith } from '../control/support.ts';
import { drawnBeach } from '../daemon/support.ts';
import { openReader } from '../learning/board/learning-support.ts';
import { silent as log } from '../support/log.ts';
import { until } from '../support/until.ts';

/** Nothing here is to wait for these. */
const PATIENT = ['camera.timeout=10m'];

const signal = new AbortController().signal;
const reader = openReader();

/** A frame loop that was started, on a camera that gives no picture; what it says is noted. */
async function looping(set: readonly string[]) {
  const settings = settingsWith([...PATIENT, ...set]);
  const pause: { state: PauseState | null } = { state: null };
  const said: (readonly [string, unknown])[] = [];
  const link = { connected: false };
  const messaging = {
    stats: link,
    set: (topic: string, value: unknown) => void said.push([topic, value]),
    emit: (event: unknown) => void said.push(['event', event]),
    alert: (id: string, text: string | null) => void said.push([`alert/${id}`, text]),
  };
  const newId = () => 'id';
  const pipeline = new Pipeline({
    settings: () => settings,
    zones: zonesOf(settings),
    reader: await reader,
    newId,
    clock,
  });
  const sender = () => ({ site: '', model: '', atMs: clock.now() });
  const frameLoop = new FrameLoop({
    settings: () => settings,
    pipeline,
    reporter: new Reporter({
      messaging: messaging as never,
      byZone: false,
      publishRiders: () => false,
      sender,
      newId,
      clock,
    }),
    history: { record: () => undefined, sessions: () => undefined },
    messaging: messaging as never,
    pause,
    camera: new CameraSwitch({ settings: () => settings.camera, clock, log }),
    onPublished: () => undefined,
    onCondition: condition => void said.push(['condition', condition]),
    onChange: () => undefined,
    onHeartbeat: () => void said.push(['heartbeat', link.connected]),
    newId,
    clock,
    log,
  });
  await frameLoop.start();
  onTestFinished(() => frameLoop.stop());
  const last = (topic: string) => said.findLast(([name]) => name === topic)?.[1];
  return { frameLoop, pause, last, link };
}

async function httpCamera(answer: RequestListener) {
  const server = createServer(answer);
  const port = await getPort();
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { server, set: ['camera.kind=http', `camera.http.url=http://127.0.0.1:${port}/`] };
}

describe('a picture that is asked for', () => {
  it('fails as soon as the attempt has failed, whatever time-out and back-off are', async () => {
    const { frameLoop, last } = await looping([
      'camera.kind=directory',
      'camera.directory.path=/nowhere/at/all',
    ]);
    await until(() => frameLoop.cameraStats.failures === 1, 'the first attempt');
    await expect(frameLoop.captureNow(signal)).rejects.toMatchObject({ code: 'camera-missing' });
    expect(frameLoop.cameraStats.failures).toBe(2);
    expect(last('condition')).toMatchObject({
      state: 'degraded',
      reason: expect.stringContaining('camera-missing'),
    });
  });

  it('fails with what the server of a camera says', async () => {
    const { set } = await httpCamera((_, response) => response.writeHead(401).end());
    const { frameLoop } = await looping(set);
    await until(() => frameLoop.cameraStats.failures === 1, 'the first attempt');
    await expect(frameLoop.captureNow(signal)).rejects.toMatchObject({ code: 'camera-unauthorized' });
  });

  it('is refused where a pause begins while it is waited for', async () => {
    const { server, set } = await httpCamera(() => undefined);
    const asked = new Promise(resolve => server.once('request', resolve));
    const { frameLoop, pause, last } = await looping(set);
    await asked;
    const refused = expect(frameLoop.captureNow(signal)).rejects.toMatchObject({ code: 'capture-paused' });
    pause.state = { since: clock.now(), until: null, reason: 'the lens is cleaned' };
    await frameLoop.updateCapture();
    await refused;
    expect(last('condition')).toMatchObject({ state: 'paused', reason: 'the lens is cleaned', until: null });
    expect(frameLoop.progress.resting).toBe(true);
    await until(() => visibilityOf(last('activity')) === 'paused', 'the activity says so');
  });

  it('comes from a source of its own where the camera rests', async () => {
    const { set } = await httpCamera((_, response) => response.writeHead(404).end());
    const closed = ['schedule.enabled=true', 'schedule.daylight=all', 'schedule.timeZone=UTC'];
    closed.push(`schedule.windows=[${windowElsewhere()}]`);
    const { frameLoop } = await looping([...set, ...closed]);
    expect(frameLoop.condition.state).toBe('closed');
    await expect(frameLoop.captureNow(signal)).rejects.toMatchObject({ code: 'camera-missing' });
    expect(frameLoop.cameraStats).toMatchObject({ frames: 0, failures: 0 });
  });
});

it('opens the camera again when the pause is over, and not before', async () => {
  const { frameLoop, pause } = await looping([
    'camera.kind=directory',
    'camera.directory.path=/nowhere/at/all',
  ]);
  pause.state = { since: clock.now(), until: null, reason: null };
  await frameLoop.updateCapture();
  const { failures } = frameLoop.cameraStats;
  await frameLoop.updateCapture();
  expect(frameLoop.cameraStats.failures).toBe(failures);
  pause.state = null;
  await frameLoop.updateCapture();
  await until(() => frameLoop.cameraStats.failures > failures, 'an attempt');
  await until(() => frameLoop.condition.state === 'degraded', 'the camera is offline');
});

function visibilityOf(activity: unknown): unknown {
  return (activity as { readonly visibility?: string } | undefined)?.visibility;
}

/** A window of the week that is not now. */
function windowElsewhere(): string {
  const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
  const day = days[(new Date(clock.now()).getUTCDay() + 3) % 7];
  return JSON.stringify({ days: [day], from: '10:00', to: '11:00' });
}

it('tells how it is at once when the broker is there, and not again before a heartbeat', async () => {
  const { last, link } = await looping(['activity.heartbeat=1h']);
  await until(() => last('heartbeat') === false, 'the first heartbeat');
  link.connected = true;
  await until(() => last('heartbeat') === true, 'the news');
});

describe('the first word', () => {
  it('is spoken when a frame was judged and published', async () => {
    const beach = await drawnBeach(1, 'none');
    const { set } = await httpCamera((_, response) =>
      response.writeHead(200, { 'content-type': 'image/jpeg' }).end(beach),
    );
    const { frameLoop, last } = await looping(set);
    await frameLoop.spoken;
    expect(last('activity')).toMatchObject({ frame: expect.any(String) });
  });

  it('is waited for no longer where the camera gives no picture', async () => {
    const { frameLoop, last } = await looping([
      'camera.kind=directory',
      'camera.directory.path=/nowhere/at/all',
    ]);
    await frameLoop.spoken;
    expect(frameLoop.cameraStats.failures).toBeGreaterThan(0);
    expect(last('activity')).toMatchObject({ frame: null, visibility: 'camera-lost' });
  });
});
