import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { Pause, type PauseState } from '../../src/pipeline/pause.ts';
import { type FakeClock, fakeClock } from '../support/fake-clock.ts';
import { silent } from '../support/log.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const HOUR = 3_600_000;

/** A pause in that folder, and what the daemon was told. */
function pauseIn(stateDir: string, clock: FakeClock) {
  const told: string[] = [];
  const alerts: (string | null)[] = [];
  const pause = new Pause({
    stateDir,
    onPause: ({ until }: PauseState) =>
      void told.push(`paused ${until === null ? 'on' : until - clock.now()}`),
    onResume: () => void told.push('resumed'),
    onAlert: text => void alerts.push(text),
    clock,
    log: silent,
  });
  onTestFinished(() => pause.stop());
  return { pause, told, alerts, file: join(stateDir, 'pause.json') };
}

it('holds until resume, over restarts', async () => {
  const [folder, clock] = [await temporaryFolder(), fakeClock()];
  const first = pauseIn(folder, clock);
  expect(await first.pause.start()).toBe(false);
  const { state, kept } = await first.pause.pause({ reason: 'repairs' });
  expect({ state, kept }).toEqual({
    state: { since: clock.now(), until: null, reason: 'repairs' },
    kept: true,
  });
  expect(JSON.parse(readFileSync(first.file, 'utf8'))).toEqual({
    version: 1,
    since: new Date(clock.now()).toISOString(),
    until: null,
    reason: 'repairs',
  });
  first.pause.stop();

  await clock.advance(400 * 24 * HOUR);
  const second = pauseIn(folder, clock);
  expect(await second.pause.start()).toBe(true);
  expect(second.pause.state).toEqual(state);
  expect(second.told).toEqual(['paused on']);
  expect(await second.pause.resume()).toEqual({ state: null, kept: true });
  expect(await second.pause.resume()).toEqual({ state: null, kept: true });
  expect(second.told).toEqual(['paused on', 'resumed']);
  expect(readdirSync(folder)).toEqual([]);
  expect(await pauseIn(folder, clock).pause.start()).toBe(false);
});

it('ends by itself, also where it was begun by an earlier run', async () => {
  const [folder, clock] = [await temporaryFolder(), fakeClock()];
  const first = pauseIn(folder, clock);
  await first.pause.pause({ forMs: 2 * HOUR });
  await clock.advance(HOUR);
  first.pause.stop();
  const second = pauseIn(folder, clock);
  expect(await second.pause.start()).toBe(true);
  await clock.advance(HOUR - 1);
  expect(second.told).toEqual([`paused ${HOUR}`]);
  await clock.advance(1);
  await clock.settle();
  await expect.poll(() => second.told).toEqual([`paused ${HOUR}`, 'resumed']);
  expect(second.pause.state).toBeNull();
  expect(existsSync(second.file)).toBe(false);
  expect(clock.sleeping).toBe(0);
});

it('that ended while the daemon was away is over: the camera was never left alone', async () => {
  const [folder, clock] = [await temporaryFolder(), fakeClock()];
  await pauseIn(folder, clock).pause.pause({ untilMs: clock.now() + HOUR });
  clock.jump(2 * HOUR);
  const later = pauseIn(folder, clock);
  expect(await later.pause.start()).toBe(false);
  expect(later.told).toEqual([]);
  expect(existsSync(later.file)).toBe(false);
});

it('for a duration is neither shortened nor prolonged by setting the clock; until a time is', async () => {
  const clock = fakeClock();
  const span = pauseIn(await temporaryFolder(), clock);
  const time = pauseIn(await temporaryFolder(), clock);
  await span.pause.pause({ forMs: HOUR });
  await time.pause.pause({ untilMs: clock.now() + HOUR });
  clock.jump(5 * HOUR);
  await clock.advance(1_000);
  await expect.poll(() => time.told.at(-1)).toBe('resumed');
  expect(span.told).toHaveLength(1);
  clock.jump(-10 * HOUR);
  await clock.advance(HOUR);
  await expect.poll(() => span.told.at(-1)).toBe('resumed');
});

it('gets another end, and keeps its beginning', async () => {
  const [folder, clock] = [await temporaryFolder(), fakeClock()];
  const { pause, told } = pauseIn(folder, clock);
  const since = clock.now();
  await pause.pause({ forMs: HOUR, reason: 'repairs' });
  await clock.advance(HOUR / 2);
  expect((await pause.pause({ forMs: HOUR })).state).toEqual({
    since,
    until: clock.now() + HOUR,
    reason: null,
  });
  await clock.advance(HOUR / 2 + 1);
  expect(told).toEqual([`paused ${HOUR}`, `paused ${HOUR}`]);
  await pause.pause({});
  await clock.advance(48 * HOUR);
  expect(told.at(-1)).toBe('paused on');
  await expect(pause.pause({ untilMs: clock.now() })).rejects.toMatchObject({ code: 'command-invalid' });
  expect(pause.state).not.toBeNull();
});

it.each([
  ['half of it', '{"version":1,"since":"2026'],
  ['nothing', ''],
  ['another thing', '{"version":1,"since":"now"}'],
])('stays where its file is damaged, and says so: %s', async (_, text) => {
  const [folder, clock] = [await temporaryFolder(), fakeClock()];
  writeFileSync(join(folder, 'pause.json'), text);
  const first = pauseIn(folder, clock);
  expect(await first.pause.start()).toBe(true);
  expect(first.alerts.at(-1)).toContain('the camera stays paused until `resume`');
  expect(readdirSync(folder).filter(name => name.includes('corrupt'))).toHaveLength(1);
  first.pause.stop();
  const second = pauseIn(folder, clock);
  expect(await second.pause.start()).toBe(true);
  await second.pause.resume();
  expect(second.alerts.at(-1)).toBeNull();
  expect(await pauseIn(folder, clock).pause.start()).toBe(false);
});

it('holds, and ends, also where the disk fails; the answer says that it is not kept', async () => {
  const [folder, clock] = [await temporaryFolder(), fakeClock()];
  writeFileSync(join(folder, 'a-file'), '');
  const { pause, told, alerts } = pauseIn(join(folder, 'a-file'), clock);
  expect(await pause.start()).toBe(false);
  expect(await pause.pause({ forMs: HOUR })).toMatchObject({ kept: false });
  expect(alerts.at(-1)).toContain('after a restart the opposite would hold');
  await clock.advance(HOUR);
  await expect.poll(() => told).toEqual([`paused ${HOUR}`, 'resumed']);
});

it('is told in order, however commands come', async () => {
  const [folder, clock] = [await temporaryFolder(), fakeClock()];
  const { pause, told } = pauseIn(folder, clock);
  const all = Array.from({ length: 10 }, (_, n) => (n % 2 === 0 ? pause.pause() : pause.resume()));
  await Promise.all(all);
  expect(told).toEqual(Array.from({ length: 10 }, (_, n) => (n % 2 === 0 ? 'paused on' : 'resumed')));
});
