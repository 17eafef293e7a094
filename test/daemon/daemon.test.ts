import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import getPort from 'get-port';
import { describe, expect, it } from 'vitest';
import { TOPICS } from '../../src/messaging/topics.ts';
import { hasMosquitto, listener, mosquitto } from '../messaging/support.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';
import { jpegOfScans } from '../vision/hostile-pictures.ts';
import { daemonWith, drawnBeach, heardDaemon, suiteDaemon } from './support.ts';

type Heard = Awaited<ReturnType<typeof listener>>;

/** Each picture differs a little from the next, as a living camera's do. */
async function fillWithBeaches(folder: string): Promise<void> {
  for (const seed of [1, 2, 3]) {
    await writeFile(join(folder, `${seed}.jpg`), await drawnBeach(seed, 'none', 320));
  }
}

const activity = (heard: Heard) => JSON.parse(heard.last('surf/activity') ?? '{}');

describe('a daemon', () => {
  const zones = JSON.stringify([
    { name: 'north', x: 0, y: 0.2, w: 0.5, h: 0.6 },
    { name: 'south', x: 0.5, y: 0.2, w: 0.5, h: 0.6 },
  ]);
  const daemon = suiteDaemon(async () => ['camera.kind=simulator', `zones=${zones}`]);

  it('publishes all its state, each payload as its schema says', async () => {
    const heard = await listener(daemon().address);
    const topics = ['activity', 'state', 'info', 'health'] as const;
    await until(() => topics.every(topic => heard.last(`surf/${topic}`) !== undefined), 'every state topic');
    for (const topic of topics) {
      const payload = JSON.parse(heard.last(`surf/${topic}`) ?? '');
      expect(TOPICS[topic].payload.safeParse(payload), topic).toMatchObject({ success: true });
    }
    expect(heard.last('surf/availability')).toBe('online');
    await until(() => heard.last('surf/camera/availability') === 'online', 'camera online');
    await until(
      () => heard.last('surf/activity/state') === activity(heard).activity,
      'the same activity in both topics',
    );
  });

  it('publishes each configured zone', async () => {
    const heard = await listener(daemon().address);
    await until(() => heard.last('surf/zone/south/activity') !== undefined, 'the south zone');
    for (const zone of ['north', 'south']) {
      const payload = JSON.parse(heard.last(`surf/zone/${zone}/activity`) ?? '');
      expect(TOPICS['zone/<zone>/activity'].payload.safeParse(payload)).toMatchObject({ success: true });
      expect(payload.zone).toBe(zone);
    }
  });

  it('answers status with what it publishes', async () => {
    const heard = await listener(daemon().address);
    await until(() => heard.last('surf/activity') !== undefined, 'an activity');
    await heard.mqtt.publishAsync('surf/command', JSON.stringify({ command: 'status', transaction: 't1' }));
    await until(() => heard.last('surf/response/status') !== undefined, 'the answer');
    const { status, transaction, data } = JSON.parse(heard.last('surf/response/status') ?? '');
    expect({ status, transaction }).toEqual({ status: 'ok', transaction: 't1' });
    expect(data.activity.site).toBe('beach');
    expect(data.info.engine.name).toMatch(/^(onnx|tfjs-node|wasm)/);
  });

  it('ends its start with a code where its port is taken', async () => {
    const second = daemonWith(['camera.kind=simulator', `broker.port=${new URL(daemon().address).port}`]);
    await expect(second).rejects.toMatchObject({ code: 'broker-port-taken' });
  });
});

describe('a daemon whose camera fails', () => {
  let folder: string;
  const daemon = suiteDaemon(async () => {
    folder = await temporaryFolder();
    await fillWithBeaches(folder);
    // What is shown is no view that could be learnt.
    const gates = ['gates.frozenAfter=1s', 'gates.view=off', 'gates.dirt=off'];
    return ['camera.kind=directory', `camera.directory.path=${folder}`, ...gates];
  });

  it('says unknown, offline and why while the folder of its camera is gone, and recovers', async () => {
    const heard = await listener(daemon().address);
    await until(() => activity(heard).visibility === 'ok', 'a judged picture');
    await rename(folder, `${folder}.gone`);
    await until(() => heard.last('surf/camera/availability') === 'offline', 'camera offline');
    const lost = () => activity(heard).activity === 'unknown' && activity(heard).frame === null;
    await until(lost, 'unknown');
    expect(activity(heard)).toMatchObject({ visibility: 'camera-lost', scores: {} });
    expect(heard.last('surf/alert/camera-lost')).toContain('camera-missing');
    expect(JSON.parse(heard.last('surf/state') ?? '{}')).toMatchObject({ state: 'degraded' });
    await rename(`${folder}.gone`, folder);
    await until(() => activity(heard).visibility === 'ok', 'a judged picture again');
    expect(heard.last('surf/camera/availability')).toBe('online');
    await until(() => heard.last('surf/alert/camera-lost') === '', 'the end of the alert');
  });

  it('says unknown while pictures cannot be read, and goes on', async () => {
    const heard = await listener(daemon().address);
    await until(() => activity(heard).visibility === 'ok', 'a judged picture');
    const whole = await drawnBeach(1, 'none');
    for (const seed of [1, 2, 3])
      await writeFile(join(folder, `${seed}.jpg`), whole.subarray(0, whole.length / 2));
    await until(() => activity(heard).visibility === 'unreadable', 'unreadable');
    expect(activity(heard).activity).toBe('unknown');
    await until(() => (heard.last('surf/alert/picture-unreadable') ?? '') !== '', 'the alert');
    await fillWithBeaches(folder);
    await until(() => activity(heard).visibility === 'ok', 'a judged picture again');
    await until(() => heard.last('surf/alert/picture-unreadable') === '', 'the end of the alert');
  });

  it('is degraded while pictures come that cost too much to decode, and goes on with the next that does not', async () => {
    const heard = await listener(daemon().address);
    const state = () => JSON.parse(heard.last('surf/state') ?? '{}');
    await until(() => activity(heard).visibility === 'ok', 'a judged picture');
    // Who subscribes in this moment may be given the retained state after the newer one.
    await until(() => heard.on('surf/state').some(text => text.includes('"running"')), 'running');
    const hostile = [await jpegOfScans(30_000), await jpegOfScans(29_000), await jpegOfScans(28_000)];
    for (const [index, bytes] of hostile.entries()) await writeFile(join(folder, `${index + 1}.jpg`), bytes);
    await until(() => state().state === 'degraded', 'degraded');
    expect(state().reason).toBe('image-too-large: no picture was judged for 2 s');
    // The activity says so after three seconds of it, the state here after two.
    await until(() => activity(heard).visibility === 'unreadable', 'unreadable');
    await until(() => (heard.last('surf/alert/picture-unreadable') ?? '') !== '', 'the alert');
    await fillWithBeaches(folder);
    await until(() => state().state === 'running', 'running again');
    await until(() => activity(heard).visibility === 'ok', 'a judged picture again');
  });

  it('notices a camera that repeats the same picture', async () => {
    const heard = await listener(daemon().address);
    await until(() => activity(heard).visibility === 'ok', 'a judged picture');
    const same = await drawnBeach(1, 'none');
    for (const seed of [1, 2, 3]) await writeFile(join(folder, `${seed}.jpg`), same);
    await until(() => activity(heard).visibility === 'frozen', 'frozen');
    expect(activity(heard).activity).toBe('unknown');
    await until(() => (heard.last('surf/alert/camera-stuck') ?? '') !== '', 'the alert');
    await fillWithBeaches(folder);
    await until(() => activity(heard).visibility === 'ok', 'a judged picture again');
  });

  it('says on stopping that its activity is over', async () => {
    const heard = await listener(daemon().address);
    await until(() => activity(heard).visibility === 'ok', 'a judged picture');
    await daemon().stop();
    expect(heard.last('surf/activity/state')).toBe('unknown');
    expect(heard.last('surf/availability')).toBe('offline');
  });
});

describe('the daemon', () => {
  it('is offline without a camera, and invents nothing', async () => {
    const { heard } = await heardDaemon(['camera.kind=webcam', 'camera.webcam.device=/dev/video99']);
    await until(() => heard.last('surf/alert/camera-lost') !== undefined, 'the alert');
    await until(() => heard.last('surf/activity') !== undefined, 'the activity');
    expect(activity(heard)).toMatchObject({ activity: 'unknown', visibility: 'camera-lost' });
    // What is retained may come after what is said just now.
    await until(() => heard.last('surf/camera/availability') === 'offline', 'offline');
  });

  it('reports a kitesurfing session from start to end', async () => {
    const folder = await temporaryFolder();
    const show = async (kind: 'none' | 'kitesurfing') => {
      // Scenes whose riders are near enough to be told, and where nothing else is taken for one.
      for (const seed of [3, 16]) await writeFile(join(folder, `${seed}.jpg`), await drawnBeach(seed, kind));
    };
    await show('none');
    const { heard } = await heardDaemon([
      'camera.kind=directory',
      `camera.directory.path=${folder}`,
      'vision.detail=1',
      // At full detail a busy machine takes longer for a frame than the others here have.
      'activity.staleAfter=30s',
    ]);
    await until(() => activity(heard).activity === 'none', 'none');
    await show('kitesurfing');
    await until(() => activity(heard).activity === 'kitesurfing', 'kitesurfing');
    await show('none');
    // A rider far away may be taken for another one for a moment: the end of that session is not what is waited for.
    const ended = (text: string) => text.includes('session_ended') && text.includes('"kitesurfing"');
    await until(() => heard.on('surf/event').some(ended), 'the end of the session');
    const events = heard.on('surf/event').map(text => JSON.parse(text));
    for (const event of events)
      expect(TOPICS.event.payload.safeParse(event)).toMatchObject({ success: true });
    const kite = events.filter(event => event.session.activity === 'kitesurfing');
    expect(kite[0]).toMatchObject({ type: 'session_started' });
    expect(kite.at(-1)).toMatchObject({ type: 'session_ended', session: { id: kite[0].session.id } });
  });

  it('ends its start with a code where the model is missing', async () => {
    const folder = await temporaryFolder();
    await rm(folder, { recursive: true });
    const daemon = daemonWith(['camera.kind=simulator', `models.dir=${folder}`]);
    await expect(daemon).rejects.toMatchObject({ code: 'model-missing' });
  });

  it.skipIf(!hasMosquitto)('classifies with the broker down, and catches up when it comes', async () => {
    const folder = await temporaryFolder();
    await fillWithBeaches(folder);
    const port = await getPort();
    const daemon = await daemonWith([
      'camera.kind=directory',
      `camera.directory.path=${folder}`,
      `mqtt.url=mqtt://127.0.0.1:${port}`,
    ]);
    await until(() => daemon.cameras[0].progress.steps > 1, 'frames judged without a broker');
    const broker = await mosquitto(['allow_anonymous true'], port);
    const heard = await listener(broker.url);
    await until(() => activity(heard).visibility === 'ok', 'a judged picture');
    const classified = () => JSON.parse(heard.last('surf/health') ?? '{}').frames?.classified;
    await until(() => classified() > 1, 'several frames in its health');
  });
});
