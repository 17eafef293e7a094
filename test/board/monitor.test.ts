import { dirname } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hostAlerts, NO_ALERTS } from '../../src/board/alerts.ts';
import { CLOCK_JUMP_MS, lookAtClock, watchClock } from '../../src/board/clock-watch.ts';
import { MONITOR_INTERVAL_MS, Monitor } from '../../src/board/monitor.ts';
import type { HostReading } from '../../src/board/reading.ts';
import { DEFAULTS } from '../support/defaults.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { readableLog, silent } from '../support/log.ts';
import { until } from '../support/until.ts';
import { changeTree, kernelTree, PI_4 } from './tree.ts';

const WELL: HostReading = {
  temperatureC: 50,
  load: 0.1,
  memory: null,
  disk: { freeBytes: 1e9, sizeBytes: 32e9 },
  wear: [],
  writtenBytes: 0,
  undervoltage: false,
  throttled: false,
};

const alertsOf = (more: Partial<HostReading>, before = NO_ALERTS) =>
  hostAlerts(before, { ...WELL, ...more }, DEFAULTS.monitor, false);

describe('the alerts of the board', () => {
  it('are none where all is well, or nothing is known', () => {
    expect(alertsOf({})).toEqual(NO_ALERTS);
    expect(alertsOf({ temperatureC: null, disk: null, undervoltage: null })).toEqual(NO_ALERTS);
  });

  it('say that the disk is full, until there is clearly more room', () => {
    const room = (freeBytes: number) => ({ disk: { freeBytes, sizeBytes: 32e9 } });
    const full = alertsOf(room(199e6));
    expect(full['disk-full']).toContain('200 MB');
    const little = alertsOf(room(210e6), full);
    expect(little['disk-full']).toBe(full['disk-full']);
    expect(alertsOf(room(210e6))['disk-full']).toBeNull();
    expect(alertsOf(room(240e6), little)['disk-full']).toBeNull();
  });

  it('say that the board is hot, until it is clearly cooler', () => {
    const hot = alertsOf({ temperatureC: 80 });
    expect(hot['board-hot']).toContain('80 °C');
    expect(alertsOf({ temperatureC: 76 }, hot)['board-hot']).toBe(hot['board-hot']);
    expect(alertsOf({ temperatureC: 76 })['board-hot']).toBeNull();
    expect(alertsOf({ temperatureC: 74 }, hot)['board-hot']).toBeNull();
  });

  it.each([
    [{ used: 0.8, reserve: 'normal' as const }, null],
    [{ used: null, reserve: null }, null],
    [{ used: 0.9, reserve: null }, 'up to 90 %'],
    [{ used: 0.1, reserve: 'warning' as const }, '"warning"'],
  ])('say that a disk is worn: %o', (wear, text) => {
    const alert = alertsOf({ wear: [{ device: 'mmcblk0', ...wear }] })['disk-worn'];
    if (text === null) expect(alert).toBeNull();
    else expect(alert).toContain(text);
  });

  it('say that the supply is weak, and that the clock is not set', () => {
    expect(alertsOf({ undervoltage: true }).undervoltage).toContain('voltage');
    expect(hostAlerts(NO_ALERTS, WELL, DEFAULTS.monitor, true)['clock-unset']).toContain('clock');
  });
});

describe('the watch of the clock', () => {
  const options = { jumpMs: CLOCK_JUMP_MS, notBeforeMs: Date.UTC(2026, 0, 1) };

  it('tells of a jump once, forwards and backwards, and counts them', async () => {
    const clock = fakeClock();
    let watch = watchClock(clock);
    const jumped = () => {
      const look = lookAtClock(watch, clock, options);
      watch = look.watch;
      return look.jumpedMs;
    };
    await clock.advance(60_000);
    expect(jumped()).toBe(0);
    clock.jump(3_600_000);
    expect([jumped(), jumped()]).toEqual([3_600_000, 0]);
    clock.jump(-5_000);
    expect(jumped()).toBe(-5_000);
    expect(watch.jumps).toBe(2);
  });

  it('takes the small steps of a slewed clock for none, however many', async () => {
    const clock = fakeClock();
    let watch = watchClock(clock);
    for (let step = 0; step < 10; step++) {
      clock.jump(1_500);
      watch = lookAtClock(watch, clock, options).watch;
    }
    expect(watch.jumps).toBe(0);
  });

  it('knows a time that cannot be', () => {
    const at = (start: number) => {
      const clock = fakeClock(start);
      return lookAtClock(watchClock(clock), clock, options).isUnset;
    };
    expect([at(0), at(options.notBeforeMs - 1), at(options.notBeforeMs)]).toEqual([true, true, false]);
  });
});

describe('the monitor', () => {
  async function running(
    files: Readonly<Record<string, string>>,
    start = Date.UTC(2026, 5, 1),
    log = silent,
  ) {
    const roots = await kernelTree(files);
    const clock = fakeClock(start);
    const told: [string, string | null][] = [];
    const monitor = new Monitor({
      options: DEFAULTS.monitor,
      stateDir: import.meta.dirname,
      notBeforeMs: Date.UTC(2026, 0, 1),
      clock,
      log,
      roots,
    });
    onTestFinished(() => monitor.stop());
    monitor.subscribe((id, text) => void told.push([id, text]));
    monitor.start();
    await until(() => monitor.latest !== null && clock.sleeping === 1, 'the first look');
    const look = async (files: Readonly<Record<string, string>> = {}) => {
      await changeTree(dirname(roots.sys), files);
      const before = monitor.latest;
      await clock.advance(MONITOR_INTERVAL_MS);
      await until(() => monitor.latest !== before && clock.sleeping === 1, 'the next look');
    };
    return { monitor, clock, told, look };
  }

  it('reads at once, and tells nobody that all is well', async () => {
    const { monitor, told } = await running(PI_4);
    expect(monitor.latest).toMatchObject({ temperatureC: 54.53, clockJumps: 0 });
    expect(told).toEqual([]);
  });

  it('raises an alert once while it lasts, logs it once, and takes it back', async () => {
    const { log, lines } = readableLog();
    const { told, look } = await running(PI_4, undefined, log);
    const alarm = 'sys/class/hwmon/hwmon1/in0_lcrit_alarm';
    await look({ [alarm]: '1' });
    await look();
    await look({ [alarm]: '0' });
    expect(told).toEqual([
      ['undervoltage', expect.any(String)],
      ['undervoltage', null],
    ]);
    expect(lines.map(({ alert }) => alert)).toEqual(['undervoltage']);
  });

  it('says that the clock is not set until it is, and notes the jump', async () => {
    const { log, lines } = readableLog();
    const { monitor, clock, told, look } = await running(PI_4, 86_400_000, log);
    expect(told).toEqual([['clock-unset', expect.any(String)]]);
    clock.jump(Date.UTC(2026, 5, 1));
    await look();
    expect(told.at(-1)).toEqual(['clock-unset', null]);
    expect(monitor.latest?.clockJumps).toBe(1);
    expect(lines.at(-1)).toMatchObject({ jumpedMs: Date.UTC(2026, 5, 1) });
  });

  it('ends at once, and looks no more', async () => {
    const { monitor, clock } = await running(PI_4);
    const last = monitor.latest;
    await monitor.stop();
    await clock.advance(MONITOR_INTERVAL_MS * 3);
    expect(monitor.latest).toBe(last);
  });
});
