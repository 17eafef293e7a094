import { describe, expect, it } from 'vitest';
import { EXAMPLES } from '../../scripts/docs/examples/all.ts';
import { type Fleet, takeFleetMessage } from '../../src/messaging/fleet.ts';
import { fleetReport } from '../../src/messaging/fleet-report.ts';

const NOW = Date.parse('2026-06-01T09:15:00.000Z');
const STALE_AFTER = 300_000;

function fleetOf(messages: Readonly<Record<string, unknown>>): Fleet {
  const fleet: Fleet = new Map();
  for (const [topic, payload] of Object.entries(messages)) {
    const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
    takeFleetMessage(fleet, topic, Buffer.from(text));
  }
  return fleet;
}

const [{ payload: activity }] = EXAMPLES.activity;
const [{ payload: info }] = EXAMPLES.info;
const well = { ...activity, ts: '2026-06-01T09:14:30.000Z' };
const report = (messages: Readonly<Record<string, unknown>>) =>
  fleetReport(fleetOf(messages), NOW, STALE_AFTER);

describe('fleetReport', () => {
  it('tells boards of a fleet and one alone apart', () => {
    const boards = report({
      'surf/availability': 'online',
      'surf/camera/availability': 'online',
      'surf/north/availability': 'online',
      'surf/north/camera/availability': 'offline',
      'surf/south/activity': { ...well, site: 'south' },
    });
    expect(boards.map(({ base, camera }) => [base, camera])).toEqual([
      ['surf', 'online'],
      ['surf/north', 'offline'],
      ['surf/south', null],
    ]);
  });

  it('says all that is known of a board', () => {
    const [board] = report({
      'surf/north-pier/availability': 'online',
      'surf/north-pier/camera/availability': 'online',
      'surf/north-pier/activity': well,
      'surf/north-pier/info': info,
      'surf/north-pier/health': { ...EXAMPLES.health[0].payload, rateHz: 0.5 },
      'surf/north-pier/state': { ts: well.ts, state: 'running' },
    });
    expect(board).toMatchObject({
      site: 'north-pier',
      online: true,
      camera: 'online',
      state: 'running',
      activity: 'windsurfing',
      version: info.version,
      model: info.head.id,
      rateHz: 0.5,
      problems: [],
    });
  });

  it.each([
    ['offline', { 'surf/availability': 'offline', 'surf/alert/camera-lost': 'gone' }, ['offline']],
    ['an alert', { 'surf/availability': 'online', 'surf/alert/disk-full': 'full' }, ['disk-full: full']],
    [
      'silent',
      { 'surf/availability': 'online', 'surf/activity': { ...well, ts: '2026-06-01T09:09:59.000Z' } },
      ['online, but silent'],
    ],
    [
      'degraded',
      { 'surf/availability': 'online', 'surf/state': { ts: well.ts, state: 'degraded', reason: 'x' } },
      ['degraded: x'],
    ],
    [
      'asleep',
      {
        'surf/availability': 'online',
        'surf/camera/availability': 'offline',
        'surf/state': { ts: well.ts, state: 'night' },
      },
      [],
    ],
    [
      'closed',
      {
        'surf/availability': 'online',
        'surf/camera/availability': 'offline',
        'surf/state': { ts: well.ts, state: 'closed' },
      },
      [],
    ],
    [
      'a board whose clock is ahead',
      { 'surf/availability': 'online', 'surf/activity': { ts: '2030-01-01T00:00:00Z' } },
      [],
    ],
  ])('%s', (_, messages, problems) => {
    expect(report(messages)[0]?.problems).toEqual(problems);
  });

  it('forgets alerts that ended and boards that were removed', () => {
    const fleet = fleetOf({ 'surf/availability': 'online', 'surf/alert/disk-full': 'full' });
    takeFleetMessage(fleet, 'surf/alert/disk-full', Buffer.of());
    takeFleetMessage(fleet, 'surf/old/availability', Buffer.of());
    const boards = fleetReport(fleet, NOW, STALE_AFTER);
    expect(boards.map(({ base, problems }) => [base, problems])).toEqual([['surf', []]]);
  });

  it('survives what is no message of a board', () => {
    const boards = report({
      'surf/activity': '{"activity":7,"activities":"x","ts":"never","newer":true}',
      'surf/info': 'no JSON',
      'other/availability': 'online',
      'surf/a/b/c/availability': 'online',
    });
    expect(boards).toHaveLength(1);
    expect(boards[0]).toMatchObject({ activity: null, activities: [], heard: null });
  });
});
