import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { HOUR_MS, type Row } from '../../src/history/accumulate.ts';
import { openHistory } from '../../src/history/store.ts';
import { sessionEvent } from '../history/support.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { surfwatch } from './support.ts';

/** Monday. In Lisbon it is an hour later than in UTC. */
const MONDAY = Date.UTC(2026, 5, 1) / HOUR_MS;
const PERIOD = ['--from', '2026-06-01', '--to', '2026-06-02'];

/** A state folder with two days, and the store open as that of a running daemon. */
async function running(): Promise<string[]> {
  const stateDir = await temporaryFolder();
  const { store } = openHistory(join(stateDir, 'history.db'), MONDAY * HOUR_MS);
  onTestFinished(() => store.close());
  const row = (hour: number, kind: Row['kind'], name: string, minutes: number, scope = ''): Row => {
    return { hour: MONDAY + hour, scope, kind, name, ms: minutes * 60_000 };
  };
  const rows = [
    row(9, 'watched', '', 60),
    row(9, 'present', 'surfing', 45),
    row(9, 'present', 'kitesurfing', 30),
    row(9, 'present', 'none', 10),
    row(9, 'counted', '', 60),
    { ...row(9, 'riders', 'surfing', 150), peak: 6 },
    { ...row(9, 'riders', 'kitesurfing', 30), peak: 1 },
    row(9, 'watched', '', 60, 'north'),
    row(9, 'present', 'surfing', 45, 'north'),
    row(9, 'counted', '', 60, 'north'),
    { ...row(9, 'riders', 'surfing', 120, 'north'), peak: 4 },
    row(22, 'watched', '', 30),
    row(22, 'present', 'none', 30),
    row(23, 'unknown', 'night', 60),
  ];
  const sessions = [sessionEvent({ type: 'session_ended', durationMs: 2_700_000, peakCount: 4 })];
  store.write(rows, sessions, { nowMs: MONDAY * HOUR_MS, keepMs: 1e12 });
  return ['--set', `stateDir=${stateDir}`, '--set', 'schedule.timeZone=Europe/Lisbon'];
}

async function rowsOf(args: readonly string[]) {
  const { status, output, errors } = await surfwatch([
    'history',
    ...(await running()),
    ...PERIOD,
    ...args,
    '--json',
  ]);
  expect([status, errors]).toEqual([0, '']);
  return JSON.parse(output);
}

describe('surfwatch history', () => {
  test('prints a table and a map while the daemon writes', async () => {
    const { status, output, errors } = await surfwatch(['history', ...(await running()), ...PERIOD]);
    expect([status, errors]).toEqual([0, '']);
    const lines = output.split('\n');
    expect(lines[0]?.split(/ {2,}/)).toEqual([
      'day',
      'surfing',
      'kitesurfing',
      'none',
      'watched',
      'unknown',
      'share with anybody',
    ]);
    // An hour after midnight in Lisbon is the next day.
    expect(lines[1]).toMatch(/^2026-06-01 +45 +30 +40 +90 +0 +█{11}▏? +56 %$/);
    expect(lines[2]).toMatch(/^2026-06-02 +0 +0 +0 +0 +60/);
    const riders = lines.slice(lines.findIndex(line => line.includes('riders on average')));
    expect(riders[0]?.split(/ {2,}/)).toEqual([
      'day',
      'surfing: riders (most)',
      'kitesurfing: riders (most)',
      'riders on average',
    ]);
    expect(riders[1]).toMatch(/^2026-06-01 +2\.5 \(6\) +0\.5 \(1\) +█{20} 3\.0$/);
    // Nobody counted on the second day.
    expect(riders[2]).toBe('');
    expect(output).toMatch(/^mon {12}█ {12}·$/m);
  });

  test('groups by hour, day, weekday and month in the time zone', async () => {
    const keys = async (by: string) =>
      (await rowsOf(['--by', by])).rows.map(({ key }: { key: string }) => key);
    expect(await keys('hour')).toEqual(['2026-06-01 10:00', '2026-06-01 23:00', '2026-06-02 00:00']);
    expect(await keys('day')).toEqual(['2026-06-01', '2026-06-02']);
    expect(await keys('weekday')).toEqual(['mon', 'tue']);
    expect(await keys('month')).toEqual(['2026-06']);
  });

  test('answers in JSON and CSV', async () => {
    expect((await rowsOf(['--by', 'month'])).rows).toEqual([
      {
        key: '2026-06',
        watched: 90,
        minutes: { surfing: 45, kitesurfing: 30, none: 40 },
        unknown: { night: 60 },
        riders: { surfing: { mean: 2.5, peak: 6 }, kitesurfing: { mean: 0.5, peak: 1 } },
      },
    ]);
    expect((await rowsOf(['--sessions'])).sessions).toMatchObject([
      {
        zone: 'north',
        activity: 'surfing',
        start: '2026-06-01T09:00:00.000Z',
        durationS: 2700,
        peakCount: 4,
      },
    ]);
    const { output } = await surfwatch([
      'history',
      ...(await running()),
      ...PERIOD,
      '--zone',
      'north',
      '--csv',
    ]);
    expect(output).toBe(
      'day,scope,kind,name,minutes,riders,most\n2026-06-01,north,watched,,60,,\n2026-06-01,north,present,surfing,45,2,4\n',
    );
  });

  test('says what is wrong', async () => {
    const set = await running();
    const none = await temporaryFolder();
    mkdirSync(join(none, 'empty'));
    const ends = await Promise.all([
      surfwatch(['history', ...set, ...PERIOD, '--zone', 'nort']),
      surfwatch(['history', ...set, '--from', '2026-06-02', '--to', '2026-06-01']),
      surfwatch(['history', ...set, '--from', '2026-02-30']),
      surfwatch(['history', '--set', `stateDir=${join(none, 'empty')}`]),
    ]);
    expect(ends.map(({ status }) => status)).toEqual([2, 2, 2, 1]);
    expect(ends[0]?.errors).toContain('did you mean "north"?');
    expect(ends[1]?.errors).toContain('history-period: 2026-06-02 is after 2026-06-01');
    expect(ends[2]?.errors).toContain('It must be a day');
    expect(ends[3]?.errors).toContain('history-none: there is no');
  });
});
