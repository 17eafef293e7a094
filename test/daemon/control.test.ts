import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { loadCameras } from '../../src/config/load.ts';
import { type Daemon, startDaemon } from '../../src/daemon/daemon.ts';
import { openRequester } from '../../src/messaging/request.ts';
import { listener } from '../messaging/support.ts';
import { BUNDLED, DEFAULTS } from '../support/defaults.ts';
import { silent } from '../support/log.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';
import { daemonWith, heardDaemon, QUICK, suiteDaemon } from './support.ts';

const SIMULATED = ['camera.kind=simulator'];

type Heard = Awaited<ReturnType<typeof listener>>;
const json = (heard: Heard, topic: string) => JSON.parse(heard.last(`surf/${topic}`) ?? '{}');

const requesterOf = (daemon: Daemon) =>
  openRequester({ ...DEFAULTS.mqtt, url: daemon.address, base: 'surf', clock: systemClock });

async function controlled(daemon: Daemon) {
  const heard = await listener(daemon.address);
  const requester = await requesterOf(daemon);
  await until(() => json(heard, 'activity').visibility === 'ok', 'a judged picture');
  return { heard, requester };
}

describe('a daemon that is controlled', () => {
  let state: string;
  const daemon = suiteDaemon(async () => {
    state = `stateDir=${await temporaryFolder()}`;
    const snapshot = ['snapshot.publish=true', 'snapshot.minInterval=200ms'];
    return [...SIMULATED, ...snapshot, 'web.enabled=true', 'web.port=0', state];
  });

  it('lets its figures be read', async () => {
    await controlled(daemon());
    const text = await (await fetch(`${daemon().pageUrl}/metrics`)).text();
    expect(text).toMatch(/^surfwatch_info\{.*site="beach"/m);
    expect(text).toMatch(/^surfwatch_frames_classified_total\{site="beach"\} [1-9]/m);
    for (const path of ['healthz', 'readyz'])
      expect(await (await fetch(`${daemon().pageUrl}/${path}`)).json()).toMatchObject({ ok: true });
  });

  it('tells what it saw by the hour', async () => {
    const { heard } = await controlled(daemon());
    await until(() => heard.last('surf/stats/hourly') !== undefined, 'the statistics');
    expect(json(heard, 'stats/hourly')).toMatchObject({ v: 1, site: 'beach' });
  });

  it('refuses a second daemon on its state folder', async () => {
    const set = [...SIMULATED, state, 'broker.port=0'];
    const config = loadCameras({ set, env: {}, cwd: process.cwd() });
    const second = startDaemon(config, {
      clock: systemClock,
      log: silent,
      programs: BUNDLED,
      version: '0.0.0-test',
    });
    await expect(second).rejects.toMatchObject({ code: 'state-locked' });
  });

  it('pauses: asks the camera no more, says so, and goes on when it is resumed', async () => {
    const { heard, requester } = await controlled(daemon());
    await until(() => (heard.last('surf/snapshot') ?? '') !== '', 'a snapshot');
    expect(await requester.request('pause', { reason: 'sports day' })).toMatchObject({ paused: true });
    await until(() => json(heard, 'state').state === 'paused', 'paused');
    expect(json(heard, 'state')).toMatchObject({ reason: 'sports day', until: null });
    await until(() => json(heard, 'activity').visibility === 'paused', 'an activity that says so');
    expect(json(heard, 'activity')).toMatchObject({ activity: 'unknown', scores: {}, frame: null });
    expect(heard.last('surf/snapshot')).toBe('');
    const classified = async () => {
      const { health } = (await requester.request('status')) as {
        health: { frames: { classified: number } };
      };
      return health.frames.classified;
    };
    const before = await classified();
    await expect(requester.request('capture')).rejects.toMatchObject({ code: 'capture-paused' });
    expect(await classified()).toBe(before);
    await requester.request('resume');
    await until(() => json(heard, 'activity').visibility === 'ok', 'a judged picture again');
    expect(json(heard, 'state').state).toBe('running');
  });

  it('forgets what it has learnt of the view', async () => {
    const { requester } = await controlled(daemon());
    await requester.request('pause');
    const known = (await requester.request('view')) as { pictures: number };
    expect(known).toEqual({ pictures: expect.any(Number), seconds: expect.any(Number), forgotten: false });
    expect(known.pictures).toBeGreaterThan(0);
    expect(await requester.request('view', { forget: true })).toMatchObject({ ...known, forgotten: true });
    expect(await requester.request('view')).toMatchObject({ pictures: 0 });
    await requester.request('resume');
  });

  it('takes a picture at once, judges it and keeps it on wish', async () => {
    const { heard, requester } = await controlled(daemon());
    const rarely = { 'camera.interval': '1m', 'activity.staleAfter': '5m' };
    await requester.request('options', { set: rarely });
    const seen = json(heard, 'activity').frame;
    const captured = (await requester.request('capture', { jpeg: true, width: 160, keep: true })) as Record<
      string,
      unknown
    >;
    expect(captured).toMatchObject({ visibility: 'ok', width: 160, keep: expect.any(String) });
    expect(captured.frame).not.toBe(seen);
    expect(Buffer.from(String(captured.jpeg), 'base64').subarray(0, 2)).toEqual(Buffer.from([0xff, 0xd8]));
    const { frame } = (await requester.request('capture')) as { frame: string };
    // Not kept, but its id was given: it can be explained and labelled as a published one.
    expect(await requester.request('explain', { frame })).toMatchObject({ frame, visibility: 'ok' });
    expect(await requester.request('label', { frame, labels: [] })).toMatchObject({ counts: { none: 1 } });
    await requester.request('options', { reset: Object.keys(rarely) });
  });

  it('takes another configuration, and says what needs a restart', async () => {
    const { heard } = await controlled(daemon());
    const set = [...QUICK, ...SIMULATED, state, 'activity.thresholds={"kitesurfing":0.77}', 'broker.port=1'];
    const config = loadCameras({ set, env: {}, cwd: process.cwd() });
    const { changed, restart } = await daemon().reload(config);
    expect(changed).toContain('activity.thresholds');
    expect(restart).toContain('broker.port');
    await until(() => json(heard, 'info').thresholds?.kitesurfing === 0.77, 'the threshold on info');
  });
});

describe('a daemon that is started again', () => {
  it('stays paused, and keeps the settings that were changed at once', async () => {
    const set = [...SIMULATED, `stateDir=${await temporaryFolder()}`];
    const daemon = await daemonWith(set);
    const { heard, requester } = await controlled(daemon);
    await requester.request('options', { set: { 'activity.thresholds': { surfing: 0.31 } } });
    await until(() => json(heard, 'info').thresholds?.surfing === 0.31, 'the threshold on info');
    await expect(
      requester.request('options', { set: { 'activity.thresholds': { surfing: 3 } } }),
    ).rejects.toMatchObject({ code: 'option-invalid' });
    await expect(requester.request('options', { set: { 'broker.port': 1 } })).rejects.toMatchObject({
      code: 'option-fixed',
    });
    await requester.request('pause', { for: '1h' });
    await daemon.stop();
    const { heard: again } = await heardDaemon(set);
    await until(() => json(again, 'state').state === 'paused', 'paused');
    await until(() => json(again, 'activity').visibility === 'paused', 'an activity that says so');
    expect(Date.parse(json(again, 'state').until)).toBeGreaterThan(Date.now());
    await until(() => json(again, 'info').thresholds?.surfing === 0.31, 'the threshold again');
  });

  it('rests out of hours, but takes a picture for who asks', async () => {
    const yesterday = new Date(Date.now() - 86_400_000).toLocaleDateString('en', {
      weekday: 'short',
      timeZone: 'UTC',
    });
    const window = `[{"days":["${yesterday.toLowerCase()}"],"from":"10:00","to":"10:01"}]`;
    const { daemon, heard } = await heardDaemon([
      ...SIMULATED,
      'schedule.enabled=true',
      'schedule.daylight=all',
      'schedule.timeZone=UTC',
      `schedule.windows=${window}`,
    ]);
    await until(() => json(heard, 'state').state === 'closed', 'closed');
    await until(() => json(heard, 'activity').visibility === 'closed', 'an activity that says so');
    expect(Date.parse(json(heard, 'state').until)).toBeGreaterThan(Date.now());
    expect(json(heard, 'activity')).toMatchObject({ activity: 'unknown', frame: null });
    const requester = await requesterOf(daemon);
    expect(await requester.request('capture')).toMatchObject({ visibility: 'ok' });
    expect(json(heard, 'state').state).toBe('closed');
  });
});
