import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { loadCameras } from '../../src/config/load.ts';
import { startDaemon } from '../../src/daemon/daemon.ts';
import { drawnBeach } from '../daemon/support.ts';
import { listener } from '../messaging/support.ts';
import { BUNDLED } from '../support/defaults.ts';
import { silent } from '../support/log.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';

const HOUR_MS = 3_600_000;
/** Nothing takes this long but what will never happen, on a loaded machine too. */
const NEVER_MS = 40_000;

/** A daemon whose wall clock a test can set, on a folder with pictures. */
async function boardWithClock(atMs: number, more: readonly string[] = []) {
  let shiftMs = atMs - Date.now();
  const folder = await temporaryFolder();
  const show = async (kind: 'none' | 'kitesurfing') => {
    for (const seed of [15, 22, 25])
      await writeFile(join(folder, `${seed}.jpg`), await drawnBeach(seed, kind));
  };
  await show('none');
  const set = [
    'camera.kind=directory',
    `camera.directory.path=${folder}`,
    'camera.interval=100ms',
    'activity.halfLife=50ms',
    'activity.dwell=300ms',
    'activity.heartbeat=1s',
    'vision.detail=1',
    'broker.port=0',
    'web.enabled=false',
    `stateDir=${await temporaryFolder()}`,
    ...more,
  ];
  const config = loadCameras({ set, env: {}, cwd: process.cwd(), systemFile: '' });
  const clock = { ...systemClock, now: () => Date.now() + shiftMs };
  const daemon = await startDaemon(config, {
    clock,
    log: silent,
    programs: BUNDLED,
    version: '0.0.0-test',
  });
  onTestFinished(() => daemon.stop());
  const setClock = (toMs: number) => {
    shiftMs = toMs - Date.now();
  };
  return { heard: await listener(daemon.address), show, setClock };
}

describe('a clock that jumps', () => {
  it('goes from 1970 to the present in a session, which keeps its length and gets its true start', async () => {
    const { heard, show, setClock } = await boardWithClock(5_000);
    const activity = () => JSON.parse(heard.last('surf/activity') ?? '{}');
    await until(() => activity().activity === 'none', 'none', NEVER_MS);
    await show('kitesurfing');
    await until(() => activity().activity === 'kitesurfing', 'kitesurfing', NEVER_MS);
    const now = Date.UTC(2026, 5, 1, 9);
    setClock(now);
    await until(() => activity().ts > '2026', 'the new time', NEVER_MS);
    await until(() => activity().since > '2026', 'a start by the new time', NEVER_MS);
    expect(Math.abs(Date.parse(activity().since) - now)).toBeLessThan(60_000);
    await show('none');
    const ended = () => heard.on('surf/event').find(text => text.includes('session_ended'));
    await until(() => ended() !== undefined, 'the end of the session', NEVER_MS);
    const { session } = JSON.parse(ended() ?? '{}');
    expect(session.durationS).toBeLessThan(60);
    expect(Date.parse(session.end) - Date.parse(session.start)).toBe(session.durationS * 1000);
  });

  it('goes back by an hour, and nothing waits that hour', async () => {
    const start = Date.UTC(2026, 5, 1, 9);
    const { heard, show, setClock } = await boardWithClock(start);
    const activity = () => JSON.parse(heard.last('surf/activity') ?? '{}');
    await until(() => activity().activity === 'none', 'none', NEVER_MS);
    setClock(start - HOUR_MS);
    await show('kitesurfing');
    await until(() => activity().activity === 'kitesurfing', 'kitesurfing', NEVER_MS);
    expect(activity().ts < '2026-06-01T08:59').toBe(true);
    expect(activity().since <= activity().ts).toBe(true);
  });

  it('goes from a day to a night and to the next day, and the schedule with it', async () => {
    const noon = Date.UTC(2026, 5, 1, 12);
    const { heard, setClock } = await boardWithClock(noon, [
      'schedule.enabled=true',
      'schedule.latitude=38.7',
      'schedule.longitude=-9.4',
      'schedule.timeZone=Europe/Lisbon',
    ]);
    const state = () => JSON.parse(heard.last('surf/state') ?? '{}').state;
    await until(() => state() === 'running', 'running by day', NEVER_MS);
    setClock(noon + 12 * HOUR_MS);
    await until(() => state() === 'night', 'night', NEVER_MS);
    expect(JSON.parse(heard.last('surf/activity') ?? '{}')).toMatchObject({
      activity: 'unknown',
      visibility: 'night',
    });
    setClock(noon + 24 * HOUR_MS);
    await until(() => state() === 'running', 'running by the next day', NEVER_MS);
    // Back over the whole night at once.
    setClock(noon + 14 * HOUR_MS);
    await until(() => state() === 'night', 'night again', NEVER_MS);
  });
});
