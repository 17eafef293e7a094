/** What was seen before: minutes and most riders by hour, and sessions, each with a picture where one is kept. */
import * as z from 'zod';
import { SurfwatchError } from '../../errors.ts';
import { HOUR_MS } from '../../history/accumulate.ts';
import { csvHead, csvLines } from '../../history/csv.ts';
import type { HistoryFile, HourRow, SessionRow } from '../../history/read.ts';
import { BEACH } from '../../history/seen.ts';
import { bucketsOf, keyOf } from '../../history/totals.ts';
import type { PictureOf } from '../../learning/archive/pictures.ts';
import { iso } from '../../messaging/from-report.ts';
import { defineRoute, type Route } from '../route.ts';

export interface HistoryRoutesDeps {
  /** To be closed by who opened it. @throws SurfwatchError `history-none`, `storage-failed` */
  readonly open: () => HistoryFile;
  /** Frames whose picture is kept, taken between two times, in order. */
  readonly pictures: (fromMs: number, toMs: number) => Promise<readonly PictureOf[]>;
  /** IANA name: whose hours stand in the CSV. */
  readonly timeZone: string;
}

/** Reading holds up the frames meanwhile: a year of some zones takes a tenth of a second. */
const MOST_MS = 400 * 86_400_000;

const time = z.iso.datetime({ offset: true });
const period = z.object({
  from: time.describe('The first hour and session, ISO 8601 with a time zone.'),
  to: time.describe('The end, not included; 400 days later at most.'),
});

const frame = z.ulid().nullable().describe('A frame of it whose picture is kept.');
const historySchema = z.object({
  hours: z.array(
    z.object({
      hour: z.iso.datetime().describe('Its beginning, UTC.'),
      scope: z.string().describe('A zone; empty for the beach as a whole.'),
      activity: z.string().describe('Also `none`, and `unknown` where nothing could be judged.'),
      minutes: z.number(),
      peak: z.int().nullable().describe('Most riders at a time; null where they were not counted.'),
      frame,
    }),
  ),
  sessions: z.array(
    z.object({
      id: z.string(),
      zone: z.string(),
      activity: z.string(),
      start: z.iso.datetime(),
      durationS: z.number(),
      peak: z.number().describe('Highest score, 0..1.'),
      peakCount: z.number().nullable(),
      open: z.boolean().describe('It lasts still.'),
      frame,
    }),
  ),
});

export function historyRoutes({ open, pictures, timeZone }: HistoryRoutesDeps): readonly Route[] {
  const read = <T>(work: (file: HistoryFile) => T): T => {
    const file = open();
    try {
      return work(file);
    } finally {
      file.close();
    }
  };
  return [
    defineRoute({
      method: 'get',
      path: '/history',
      role: 'look',
      doc: 'Minutes and most riders of each activity by hour, and the sessions that began then. What is newer than five minutes may be missing.',
      query: period,
      answer: historySchema,
      run: async ({ query }) => {
        const { fromMs, toMs } = spanOf(query);
        const { rows, sessions } = read(file => ({
          rows: file.hours(...hoursOf(fromMs, toMs)),
          sessions: file.sessions(fromMs, toMs),
        }));
        const kept = await pictures(fromMs, toMs);
        return {
          hours: hoursAnswer(rows, sessions, kept),
          sessions: sessions.map(({ startMs, durationMs, ...rest }) => ({
            ...rest,
            start: iso(startMs),
            durationS: durationMs / 1000,
            frame: nearestTo(startMs + durationMs / 2, between(kept, startMs, startMs + durationMs)),
          })),
        };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/history.csv',
      role: 'look',
      doc: 'The same hours as CSV, as `surfwatch history --by hour --csv` has them, of the beach and each zone.',
      query: period,
      answer: 'text/csv',
      run: ({ query }) => {
        const { fromMs, toMs } = spanOf(query);
        const rows = read(file => file.hours(...hoursOf(fromMs, toMs)));
        const scopes = [...new Set(rows.map(({ scope }) => scope))].sort();
        const lines = scopes.flatMap(scope =>
          csvLines(
            scope === BEACH ? 'beach' : scope,
            bucketsOf(
              rows.filter(row => row.scope === scope),
              hour => keyOf(hour, 'hour', timeZone),
            ),
          ),
        );
        return new Response(`${[csvHead('hour'), ...lines].join('\n')}\n`, {
          headers: {
            'Content-Type': 'text/csv; charset=utf-8',
            'Content-Disposition': 'attachment; filename="surfwatch.csv"',
          },
        });
      },
    }),
  ];
}

/** @throws SurfwatchError `history-period` */
function spanOf({ from, to }: z.infer<typeof period>): { readonly fromMs: number; readonly toMs: number } {
  const [fromMs, toMs] = [Date.parse(from), Date.parse(to)];
  if (fromMs > toMs) throw new SurfwatchError('history-period', `${from} is after ${to}`);
  if (toMs - fromMs > MOST_MS) throw new SurfwatchError('history-period', 'more than 400 days at one time');
  return { fromMs, toMs };
}

function hoursOf(fromMs: number, toMs: number): [number, number] {
  return [Math.floor(fromMs / HOUR_MS), Math.ceil(toMs / HOUR_MS)];
}

function hoursAnswer(rows: readonly HourRow[], sessions: readonly SessionRow[], kept: readonly PictureOf[]) {
  const byActivity = new Map<
    string,
    { hour: number; scope: string; activity: string; ms: number; peak: number | null }
  >();
  for (const { hour, scope, kind, name, ms, peak } of rows) {
    if (kind !== 'present' && kind !== 'unknown' && kind !== 'riders') continue;
    const activity = kind === 'unknown' ? 'unknown' : name;
    const key = `${hour} ${scope} ${activity}`;
    const sum = byActivity.get(key) ?? { hour, scope, activity, ms: 0, peak: null };
    byActivity.set(key, kind === 'riders' ? { ...sum, peak } : { ...sum, ms: sum.ms + ms });
  }
  return [...byActivity.values()].map(({ hour, scope, activity, ms, peak }) => {
    const [fromMs, toMs] = [hour * HOUR_MS, (hour + 1) * HOUR_MS];
    const own = sessions.filter(
      session =>
        session.activity === activity &&
        (scope === BEACH || session.zone === scope) &&
        session.startMs < toMs &&
        session.startMs + session.durationMs >= fromMs,
    );
    const seen = own.flatMap(({ startMs, durationMs }) =>
      between(kept, Math.max(fromMs, startMs), Math.min(toMs, startMs + durationMs)),
    );
    return {
      hour: iso(fromMs),
      scope,
      activity,
      minutes: Math.round(ms / 6_000) / 10,
      peak,
      frame: nearestTo(fromMs + HOUR_MS / 2, seen),
    };
  });
}

/** Both included. */
function between(kept: readonly PictureOf[], fromMs: number, toMs: number): readonly PictureOf[] {
  return kept.filter(({ takenAt }) => takenAt >= fromMs && takenAt <= toMs);
}

function nearestTo(atMs: number, pictures: readonly PictureOf[]): string | null {
  const off = ({ takenAt }: PictureOf) => Math.abs(takenAt - atMs);
  return (
    pictures.reduce<PictureOf | null>(
      (best, one) => (best === null || off(one) < off(best) ? one : best),
      null,
    )?.id ?? null
  );
}
