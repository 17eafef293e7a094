import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { openDatabase } from '../../src/base/database.ts';
import { readHistory } from '../../src/history/read.ts';
import { MIGRATIONS } from '../../src/history/schema.ts';
import { openHistory } from '../../src/history/store.ts';
import { ridersOf, totalsOf } from '../../src/history/totals.ts';
import { statsSchema } from '../../src/messaging/stats-payload.ts';
import { DEFAULTS } from '../support/defaults.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { program } from '../support/programs.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { board, pass, sessionEvent, step } from './support.ts';

const NINE = Date.UTC(2026, 5, 1, 9);
const HOUR_MS = 3_600_000;

/** Seconds in the database, read beside who writes it. */
function seconds(directory: string, scope = '') {
  const file = readHistory(join(directory, 'history.db'));
  const rows = file.hours(0, 1e9).filter(row => row.scope === scope);
  const sessions = file.sessions(0, 1e15);
  file.close();
  const { watchedMs, presentMs, unknownMs } = totalsOf(rows);
  const inSeconds = (sums: Readonly<Record<string, number>>) =>
    Object.fromEntries(Object.entries(sums).map(([name, ms]) => [name, ms / 1000]));
  return {
    watched: watchedMs / 1000,
    present: inSeconds(presentMs),
    unknown: inSeconds(unknownMs),
    hours: [...new Set(rows.map(({ hour }) => hour - NINE / HOUR_MS))],
    sessions,
  };
}

describe('what is kept', () => {
  it('is the time of each activity, and of each reason of nothing', async () => {
    const one = await board({ byZone: true });
    await pass(one, 100, ['surfing', 'kitesurfing']);
    await pass(one, 50, []);
    await pass(one, 30, 'dark');
    one.history.stop();
    const wanted = {
      watched: 150,
      present: { surfing: 100, kitesurfing: 100, none: 50 },
      unknown: { dark: 30 },
      hours: [0],
    };
    for (const scope of ['', 'north', 'south']) expect(seconds(one.directory, scope)).toMatchObject(wanted);
  });

  it('is how many riders there were, on average and at most', async () => {
    const one = await board({ byZone: true });
    await pass(one, 60, ['surfing'], 1, { surfing: 2, windsurfing: 0 });
    await pass(one, 60, ['surfing'], 1, { surfing: 7, windsurfing: 0 });
    await pass(one, 60, [], 1, { surfing: 0, windsurfing: 0 });
    await pass(one, 60, 'dark');
    one.history.record(step([], [sessionEvent({ type: 'session_ended', peakCount: 7 })]));
    one.history.stop();
    const file = readHistory(join(one.directory, 'history.db'));
    const [session] = file.sessions(0, 1e15);
    for (const scope of ['', 'north']) {
      const totals = totalsOf(file.hours(0, 1e9).filter(row => row.scope === scope));
      expect(ridersOf(totals)).toEqual({ surfing: { mean: 3, peak: 7 } });
      expect(totals).toMatchObject({ countedMs: 180_000, watchedMs: 180_000, unknownMs: { dark: 60_000 } });
    }
    file.close();
    expect(session?.peakCount).toBe(7);
  });

  it('goes on in a database of before there were counts', async () => {
    const directory = await temporaryFolder();
    const path = join(directory, 'history.db');
    const { database } = openDatabase({
      path,
      migrations: MIGRATIONS.slice(0, 1),
      busyTimeoutMs: 500,
      now: NINE,
    });
    database.exec(`
      INSERT INTO series (id, scope, kind, name) VALUES (1, '', 'watched', ''), (2, 'north', 'present', 'surfing');
      INSERT INTO hours (hour, series, ms) VALUES (${NINE / HOUR_MS}, 1, 60000);
      INSERT INTO sessions (id, series, start_ms, duration_ms, peak, open) VALUES ('old', 2, ${NINE}, 1000, 900, 0);
    `);
    database.close();
    // Before the daemon has brought it up to date.
    const sessions = [expect.objectContaining({ id: 'old', peak: 0.9, peakCount: null })];
    expect(seconds(directory)).toMatchObject({ watched: 60, sessions });
    const one = await board({ directory });
    await pass(one, 60, ['surfing'], 1, { surfing: 2 });
    one.history.stop();
    expect(seconds(directory)).toMatchObject({ watched: 120, sessions });
  });

  it('is written at most every five minutes', async () => {
    const one = await board();
    await pass(one, 299, ['surfing']);
    expect(seconds(one.directory).watched).toBe(0);
    await pass(one, 1, ['surfing']);
    expect(seconds(one.directory).watched).toBe(300);
    await pass(one, 299, ['surfing']);
    expect(seconds(one.directory).watched).toBe(300);
  });

  it('goes on after a restart, without counting twice', async () => {
    const one = await board();
    await pass(one, 90, ['surfing']);
    one.history.stop();
    await one.clock.advance(30_000);
    const again = await board({ directory: one.directory, clock: one.clock });
    await pass(again, 90, ['surfing']);
    again.history.stop();
    expect(seconds(one.directory)).toMatchObject({ watched: 180, present: { surfing: 180 } });
  });

  it('is deleted when it is too old', async () => {
    const one = await board({ options: { ...DEFAULTS.history, keepMs: 2 * 24 * HOUR_MS } });
    one.history.record(step([], [sessionEvent({ type: 'session_ended' })]));
    await pass(one, 120, ['surfing']);
    await one.clock.advance(3 * 24 * HOUR_MS);
    await pass(one, 120, []);
    one.history.stop();
    expect(seconds(one.directory)).toMatchObject({ present: { none: 120 }, sessions: [] });
  });
});

describe('the wall clock', () => {
  it('put back: no hour gets more than its sixty minutes, and nothing is counted twice', async () => {
    const one = await board({ clock: fakeClock(NINE) });
    await pass(one, 3_000, ['surfing'], 10);
    one.clock.jump(-3_000_000);
    await pass(one, 3_000, [], 10);
    one.history.stop();
    const { watched, hours } = seconds(one.directory);
    expect(hours).toEqual([0]);
    expect(watched).toBe(3_600);
    const { store } = openHistory(join(one.directory, 'history.db'), NINE);
    expect(store.cutMs).toBe(2_400_000);
    store.close();
  });

  it('not set at the boot: time and sessions get their hours once it is', async () => {
    const one = await board({ clock: fakeClock(0) });
    one.history.record(step(['surfing'], [sessionEvent({ start: 5_000 })]));
    await pass(one, 600, ['surfing']);
    expect(one.stats).toEqual([]);
    expect(seconds(one.directory)).toMatchObject({ watched: 0, sessions: [] });
    one.clock.jump(NINE);
    one.history.record(step(['surfing'], [sessionEvent({ type: 'session_ended', start: NINE + 5_000 })]));
    await pass(one, 60, ['surfing']);
    one.history.stop();
    const kept = seconds(one.directory);
    expect(kept).toMatchObject({ watched: 660, hours: [0] });
    expect(kept.sessions).toMatchObject([{ startMs: NINE + 5_000, open: false }]);
    expect(one.stats.length).toBeGreaterThan(0);
  });
});

describe('sessions', () => {
  it('are brought up to date, and have an end after a kill too', async () => {
    const one = await board();
    one.history.record(step(['surfing'], [sessionEvent()]));
    await pass(one, 301, ['surfing']);
    expect(seconds(one.directory).sessions).toMatchObject([{ open: true, durationMs: 8_000, peak: 0.9 }]);
    one.history.record(
      step(['surfing'], [sessionEvent({ type: 'session_updated', durationMs: 60_000, peak: 0.95 })]),
    );
    await pass(one, 301, ['surfing']);
    // As a process finds it that is started after a kill.
    const { store } = openHistory(join(one.directory, 'history.db'), NINE);
    expect(store.killed).toBe(1);
    expect(seconds(one.directory).sessions).toMatchObject([{ open: false, durationMs: 60_000, peak: 0.95 }]);
    store.close();
  });

  it('that end with the daemon are kept', async () => {
    const one = await board();
    one.history.sessions([sessionEvent({ type: 'session_ended', durationMs: 42_000 })]);
    one.history.stop();
    expect(seconds(one.directory).sessions).toMatchObject([
      { zone: 'north', activity: 'surfing', durationMs: 42_000, open: false },
    ]);
  });
});

describe('stats', () => {
  it('are told at the start, at each full hour and at midnight', async () => {
    const one = await board({ clock: fakeClock(Date.UTC(2026, 5, 1, 17, 50)), timeZone: 'Asia/Kolkata' });
    await pass(one, 3_600, ['surfing'], 10);
    // Midnight in India is half past six in the evening, UTC.
    expect(one.stats.map(({ ts }) => ts.slice(11, 16))).toEqual(['17:50', '18:00', '18:30']);
    expect(one.stats.map(({ today }) => today.date)).toEqual(['2026-06-01', '2026-06-01', '2026-06-02']);
  });

  it('are what the schema says, and bounded', async () => {
    const one = await board({ byZone: true });
    const count = { surfing: 12, windsurfing: 3, kitesurfing: 1 };
    await pass(one, 54 * 3_600, ['surfing', 'windsurfing', 'kitesurfing'], 60, count);
    for (const stats of one.stats) expect(statsSchema.parse(stats)).toEqual(stats);
    const last = one.stats.at(-1);
    // The present one has only begun.
    expect(last?.hours).toHaveLength(47);
    expect(Buffer.byteLength(JSON.stringify(last))).toBeLessThan(16_000);
    expect(last?.yesterday).toMatchObject({ date: '2026-06-02', watched: 1440, minutes: { surfing: 1440 } });
    expect(last?.today).toMatchObject({ date: '2026-06-03', watched: 900 });
    expect(last?.zones.north).toMatchObject({ watched: 900 });
    const riders = { surfing: { mean: 12, peak: 12 }, windsurfing: { mean: 3, peak: 3 } };
    for (const hour of last?.hours ?? []) expect(hour).toMatchObject({ watched: 60, riders });
  });

  it('only grow until midnight, over a restart too', async () => {
    const one = await board();
    await pass(one, 7_200, ['surfing'], 30);
    one.history.stop();
    const again = await board({ directory: one.directory, clock: one.clock });
    await pass(again, 7_200, ['surfing'], 30);
    const minutes = [...one.stats, ...again.stats].map(({ today }) => today.minutes.surfing ?? 0);
    expect(minutes).toEqual(minutes.toSorted((a, b) => a - b));
    expect(minutes.at(-1)).toBe(240);
  });
});

describe('a disk that fails', () => {
  it('stops nothing: what was not written is written later', async () => {
    const blocked = join(await temporaryFolder(), 'blocked');
    writeFileSync(blocked, '');
    const one = await board({ directory: blocked });
    await pass(one, 130, ['surfing']);
    expect(one.faults[0]).toContain(blocked);
    expect(one.history.figures).toMatchObject({ writing: false, waitingRows: 2 });
  });

  it('is tried again', async () => {
    const one = await board();
    one.history.stop();
    const blocked = join(one.directory, 'blocked');
    writeFileSync(blocked, '');
    const two = await board({ directory: blocked, clock: one.clock });
    await pass(two, 301, ['surfing']);
    expect(two.faults.at(-1)).not.toBeNull();
    rmSync(blocked);
    mkdirSync(blocked);
    await pass(two, 301, ['surfing']);
    expect(two.faults.at(-1)).toBeNull();
    expect(seconds(blocked).watched).toBeGreaterThanOrEqual(600);
  });

  it('with a damaged file begins anew and says where it is', async () => {
    const one = await board();
    await pass(one, 61, ['surfing']);
    one.history.stop();
    writeFileSync(join(one.directory, 'history.db'), 'no database '.repeat(1_000));
    const two = await board({ directory: one.directory, clock: one.clock });
    expect(two.aside).toEqual([expect.stringContaining('history.db.corrupt-')]);
    await pass(two, 301, ['surfing']);
    expect(seconds(one.directory).watched).toBe(300);
    expect(readdirSync(one.directory)).toContain(two.aside[0]?.slice(one.directory.length + 1));
  });
});

describe('reading', () => {
  it('a history that is not there says so', async () => {
    const directory = await temporaryFolder();
    expect(() => readHistory(join(directory, 'history.db'))).toThrow(
      expect.objectContaining({ code: 'history-none' }),
    );
  });

  it('writes nothing', async () => {
    const one = await board();
    await pass(one, 61, ['surfing']);
    one.history.stop();
    chmodSync(join(one.directory, 'history.db'), 0o444);
    const before = readdirSync(one.directory);
    expect(seconds(one.directory).watched).toBe(61);
    expect(readdirSync(one.directory)).toEqual(before);
  });
});

test('a process that is killed loses its last five minutes at most', async () => {
  const directory = await temporaryFolder();
  const child = spawn(process.execPath, [program('history-child'), directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const reported = await new Promise<number>((resolve, reject) => {
    let text = '';
    child.once('exit', () => reject(new Error('it ended by itself')));
    child.stdout.on('data', (part: Buffer) => {
      text += part.toString();
      const last = /(\d+)\n$/.exec(text)?.[1];
      if (Number(last) > 400) resolve(Number(last));
    });
  });
  child.kill('SIGKILL');
  await ended;
  const { watched } = seconds(directory);
  // It may have reported more since the last line that was read.
  expect(watched).toBeGreaterThanOrEqual(reported - 300);
  const { store } = openHistory(join(directory, 'history.db'), NINE);
  expect(store.killed).toBe(1);
  store.close();
});
