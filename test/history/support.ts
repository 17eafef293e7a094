import { onTestFinished } from 'vitest';
import type { ActivityReport, SessionEvent, ZoneReport } from '../../src/activity/report.ts';
import { History, type HistoryParts } from '../../src/history/history.ts';
import type { Stats } from '../../src/messaging/stats-payload.ts';
import { DEFAULTS } from '../support/defaults.ts';
import { type FakeClock, fakeClock } from '../support/fake-clock.ts';
import { silent } from '../support/log.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** What the tracker says, shortened to the activities or the reason. */
export function step(
  what: readonly string[] | 'dark' | 'night' | 'camera-lost',
  events: readonly SessionEvent[] = [],
  count: ActivityReport['count'] = null,
) {
  const known = typeof what !== 'string';
  const activities = known ? what : [];
  const report: ActivityReport = {
    activity: known ? (what[0] ?? 'none') : 'unknown',
    activities,
    scores: {},
    count: known ? count : null,
    since: 0,
    visibility: known ? 'ok' : what,
    frame: null,
  };
  const zone = (name: string): ZoneReport => ({ ...report, zone: name });
  return { beach: report, zones: [zone('north'), zone('south')], events };
}

export interface Board {
  readonly history: History;
  readonly clock: FakeClock;
  readonly stats: Stats[];
  readonly faults: (string | null)[];
  readonly aside: string[];
  readonly directory: string;
}

/** A started history in a folder of its own, or in that of another to go on there. */
export async function board(
  more: Partial<Omit<HistoryParts, 'clock'>> & { readonly clock?: FakeClock } = {},
): Promise<Board> {
  const stats: Stats[] = [];
  const faults: (string | null)[] = [];
  const aside: string[] = [];
  const clock = more.clock ?? fakeClock();
  const directory = more.directory ?? (await temporaryFolder());
  const history = new History({
    options: DEFAULTS.history,
    site: 'north-pier',
    timeZone: 'UTC',
    byZone: false,
    onStats: one => stats.push(one),
    onFault: text => faults.push(text),
    onSetAside: path => aside.push(path),
    log: silent,
    ...more,
    directory,
    clock,
  });
  history.start();
  onTestFinished(() => history.stop());
  return { history, clock, stats, faults, aside, directory };
}

/** Reports the same each second for a while. */
export async function pass(
  { history, clock }: Pick<Board, 'history' | 'clock'>,
  seconds: number,
  what: Parameters<typeof step>[0],
  everyS = 1,
  count: ActivityReport['count'] = null,
): Promise<void> {
  for (let passed = 0; passed < seconds; passed += everyS) {
    history.take(step(what, [], count));
    await clock.advance(everyS * 1000);
  }
  history.take(step(what, [], count));
}

export function sessionEvent(
  more: Partial<SessionEvent['session']> & { type?: SessionEvent['type'] } = {},
): SessionEvent {
  const { type = 'session_started', ...session } = more;
  return {
    type,
    zone: 'north',
    frame: null,
    session: {
      id: '01JWNB4W6R0H1D8S2YQ4A7F3KC',
      activity: 'surfing',
      start: Date.UTC(2026, 5, 1, 9),
      end: null,
      peak: 0.9,
      peakCount: null,
      durationMs: 8_000,
      ...session,
    },
  };
}
