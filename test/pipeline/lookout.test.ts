import { readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { join } from 'node:path';
import getPort from 'get-port';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock as clock } from '../../src/base/clock.ts';
import { PACKAGE_ROOT } from '../../src/base/paths.ts';
import { zonesOf } from '../../src/config/zones.ts';
import { Lookout } from '../../src/pipeline/lookout.ts';
import type { PauseState } from '../../src/pipeline/pause.ts';
import { Reporter } from '../../src/pipeline/reporter.ts';
import { Watch } from '../../src/pipeline/watch.ts';
import { settingsWith } from '../control/support.ts';
import { silent as log } from '../support/log.ts';
import { until } from '../support/until.ts';

/** Nothing here is to wait for these. */
const PATIENT = ['camera.timeout=10m'];

const FRAME = readFileSync(join(PACKAGE_ROOT, 'config/demo-footage/frame_0088.jpg'));

const signal = new AbortController().signal;

/** A lookout that was started, on a camera that gives no picture; what it says is noted. */
async function lookingOut(set: readonly string[], isModelLoaded = true) {
  const settings = settingsWith([...PATIENT, ...set]);
  const now: { pause: PauseState | null } = { pause: null };
  const said: (readonly [string, unknown])[] = [];
  const messaging = {
    set: (topic: string, value: unknown) => void said.push([topic, value]),
    emit: (event: unknown) => void said.push(['event', event]),
    alert: (id: string, text: string | null) => void said.push([`alert/${id}`, text]),
  };
  const newId = () => 'id';
  const watch = new Watch({ settings: () => settings, zones: zonesOf(settings), newId, clock });
  const sender = () => ({ site: '', model: '', atMs: clock.now() });
  const lookout = new Lookout({
    settings: () => settings,
    watch,
    reporter: new Reporter({
      messaging: messaging as never,
      byZone: false,
      publishRiders: () => false,
      sender,
      newId,
      clock,
    }),
    history: { take: () => undefined, sessions: () => undefined },
    messaging: messaging as never,
    paused: () => now.pause,
    onLooked: () => undefined,
    onPublished: () => undefined,
    onCondition: condition => void said.push(['condition', condition]),
    onChange: () => undefined,
    onHeartbeat: () => undefined,
    newId,
    clock,
    log,
  });
  await lookout.start();
  if (isModelLoaded) lookout.modelLoaded();
  onTestFinished(() => lookout.stop());
  const last = (topic: string) => said.findLast(([name]) => name === topic)?.[1];
  return { lookout, now, last };
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
    const { lookout, last } = await lookingOut([
      'camera.kind=directory',
      'camera.directory.path=/nowhere/at/all',
    ]);
    await until(() => lookout.cameraStats.failures === 1, 'the first attempt');
    await expect(lookout.lookNow(signal)).rejects.toMatchObject({ code: 'camera-missing' });
    expect(lookout.cameraStats.failures).toBe(2);
    expect(last('condition')).toMatchObject({
      state: 'degraded',
      reason: expect.stringContaining('camera-missing'),
    });
  });

  it('fails with what the server of a camera says', async () => {
    const { set } = await httpCamera((_, response) => response.writeHead(401).end());
    const { lookout } = await lookingOut(set);
    await until(() => lookout.cameraStats.failures === 1, 'the first attempt');
    await expect(lookout.lookNow(signal)).rejects.toMatchObject({ code: 'camera-unauthorized' });
  });

  it('is refused where a pause begins while it is waited for', async () => {
    const { server, set } = await httpCamera(() => undefined);
    const asked = new Promise(resolve => server.once('request', resolve));
    const { lookout, now, last } = await lookingOut(set);
    await asked;
    const look = expect(lookout.lookNow(signal)).rejects.toMatchObject({ code: 'capture-paused' });
    now.pause = { since: clock.now(), until: null, reason: 'the lens is cleaned' };
    await lookout.attend();
    await look;
    expect(last('condition')).toEqual({ state: 'paused', reason: 'the lens is cleaned', until: null });
    expect(lookout.pulse.resting).toBe(true);
    await until(() => visibilityOf(last('activity')) === 'paused', 'the activity says so');
  });

  it('comes from a source of its own where the camera rests', async () => {
    const { set } = await httpCamera((_, response) => response.writeHead(404).end());
    const closed = ['schedule.enabled=true', 'schedule.daylight=all', 'schedule.timeZone=UTC'];
    closed.push(`schedule.windows=[${windowElsewhere()}]`);
    const { lookout } = await lookingOut([...set, ...closed]);
    expect(lookout.condition.state).toBe('closed');
    await expect(lookout.lookNow(signal)).rejects.toMatchObject({ code: 'camera-missing' });
    expect(lookout.cameraStats).toMatchObject({ frames: 0, failures: 0 });
  });
});

it('opens the camera again when the pause is over, and not before', async () => {
  const { lookout, now } = await lookingOut([
    'camera.kind=directory',
    'camera.directory.path=/nowhere/at/all',
  ]);
  now.pause = { since: clock.now(), until: null, reason: null };
  await lookout.attend();
  const { failures } = lookout.cameraStats;
  await lookout.attend();
  expect(lookout.cameraStats.failures).toBe(failures);
  now.pause = null;
  await lookout.attend();
  await until(() => lookout.cameraStats.failures > failures, 'an attempt');
  await until(() => lookout.condition.state === 'degraded', 'the camera is offline');
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

describe('before the model is loaded', () => {
  it('a picture waits, and is looked at when it is', async () => {
    let asked = 0;
    const { set } = await httpCamera((_, response) => {
      asked += 1;
      response.end(FRAME);
    });
    const { lookout, last } = await lookingOut(set, false);
    await until(() => last('camera/availability') === 'online', 'the picture');
    expect(last('alert/model-failed')).toBeUndefined();
    lookout.modelLoaded();
    // Here there is none: to look at a picture fails.
    await until(() => last('alert/model-failed') !== undefined, 'an attempt to look at it');
    expect(asked).toBe(1);
  });

  it('nothing is said of the beach, and then that the camera is lost', async () => {
    const { lookout, last } = await lookingOut(
      ['camera.kind=directory', 'camera.directory.path=/nowhere/at/all'],
      false,
    );
    await until(() => last('camera/availability') === 'offline', 'the camera is known to be lost');
    expect(last('activity')).toBeUndefined();
    lookout.modelLoaded();
    expect(last('activity')).toMatchObject({ visibility: 'camera-lost' });
  });

  it('it ends though a picture waits', async () => {
    const { set } = await httpCamera((_, response) => void response.end(FRAME));
    const { lookout, last } = await lookingOut(set, false);
    await until(() => last('camera/availability') === 'online', 'the picture');
    await lookout.stop();
    expect(last('activity')).toBeUndefined();
  });
});
