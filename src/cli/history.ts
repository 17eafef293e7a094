/** `surfwatch history`: how long each activity was seen, and how many riders there were. */

import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { nearestOf } from '../base/nearest.ts';
import { SurfwatchError } from '../errors.ts';
import { HOUR_MS } from '../history/accumulate.ts';
import { csvHead, csvLines, sessionsCsv } from '../history/csv.ts';
import { type HistoryFile, type HourRow, readHistory } from '../history/read.ts';
import { HISTORY_FILE } from '../history/schema.ts';
import { BEACH } from '../history/seen.ts';
import { type By, bucketsOf, compareKeys, keyOf } from '../history/totals.ts';
import { timeZoneOf } from '../schedule/schedule.ts';
import { addDays, localDate, startOfDate } from '../schedule/time-zone.ts';
import { colours as pc } from './colours.ts';
import {
  bucketJson,
  heatMap,
  printBuckets,
  printRiders,
  printSessions,
  sessionJson,
} from './history/print.ts';
import { addConfigOptions, addSiteOption, type ConfigOptions, settingsFrom } from './options.ts';
import { wholeNumber } from './parse.ts';
import { stateFolderOf } from './state-folder.ts';

interface HistoryFlags extends ConfigOptions {
  readonly days: number;
  readonly from?: string;
  readonly to?: string;
  readonly by: By;
  readonly zone?: string;
  readonly sessions: boolean;
  readonly csv: boolean;
  readonly json: boolean;
}

export function historyCommand(): Command {
  return addSiteOption(addConfigOptions(new Command('history')))
    .description('show how long each activity was seen, in minutes, and how many riders there were')
    .option('--days <number>', 'the last days, with today', wholeNumber(1), 7)
    .option('--from <date>', 'the first day, such as 2026-06-01', date)
    .option('--to <date>', 'the last day (default: today)', date)
    .addOption(
      new Option('--by <period>', 'a row for each')
        .choices(['hour', 'day', 'weekday', 'month'])
        .default('day'),
    )
    .option('--zone <name>', 'show one zone instead of the whole beach')
    .option('--sessions', 'list the sessions one by one', false)
    .addOption(
      new Option('--csv', 'print CSV: a line for each activity and reason').default(false).conflicts('json'),
    )
    .option('--json', 'answer with one JSON object: timeZone, from, to, by, zone, rows or sessions', false)
    .addHelpText('after', HELP)
    .action(show);
}

const HELP = `
It reads history.db in stateDir itself, even while the daemon runs: give it the daemon's settings. Days are in
schedule.timeZone. When several activities were seen at once, the minutes count for each; \`unknown\` is time in which the
picture could not be judged. Riders are the average over the time in which they were counted, with the maximum in brackets.
The map shows in which hours of the week somebody was there.

Examples:
  $ surfwatch history --config /etc/surfwatch/config.json
  $ surfwatch history --from 2026-05-01 --to 2026-09-30 --by month
  $ surfwatch history --days 28 --by weekday --zone north
  $ surfwatch history --days 365 --by hour --csv > hours.csv
  $ surfwatch history --days 1 --sessions --json | jq '.sessions[].activity'
`;

function date(text: string): string {
  const known = /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
  if (known && new Date(text).toISOString().startsWith(text)) return text;
  throw new InvalidArgumentError('It must be a day, as 2026-06-01.');
}

function show(flags: HistoryFlags): void {
  const loaded = settingsFrom(flags);
  const timeZone = timeZoneOf(loaded.settings.schedule);
  const period = periodOf(flags, Date.now(), timeZone);
  const file = readHistory(join(stateFolderOf(loaded), HISTORY_FILE));
  try {
    if (flags.sessions) showSessions(file, period, flags, timeZone);
    else showHours(file, period, flags, timeZone);
  } finally {
    file.close();
  }
}

function showHours(file: HistoryFile, period: Period, flags: HistoryFlags, timeZone: string): void {
  const { by, zone = null } = flags;
  const { from, to, fromMs, toMs } = period;
  const rows = ofScope(file.hours(Math.ceil(fromMs / HOUR_MS), Math.ceil(toMs / HOUR_MS)), zone);
  const buckets = bucketsOf(rows, hour => keyOf(hour, by, timeZone)).sort((one, other) =>
    compareKeys(one.key, other.key, by),
  );
  if (flags.csv) console.log([csvHead(by), ...csvLines(zone ?? 'beach', buckets)].join('\n'));
  else if (flags.json) {
    console.log(JSON.stringify({ timeZone, from, to, by, zone, rows: buckets.map(bucketJson) }));
  } else if (buckets.length === 0) console.log(`nothing from ${from} to ${to} (${timeZone})`);
  else {
    printBuckets(by, buckets);
    printRiders(by, buckets);
    const [axis = '', ...map] = heatMap(rows, timeZone);
    console.log(`\n${[pc.dim(axis), ...map].join('\n')}\n\n${from} to ${to}, ${timeZone}`);
  }
}

function showSessions(file: HistoryFile, period: Period, flags: HistoryFlags, timeZone: string): void {
  const { zone = null } = flags;
  const { from, to, fromMs, toMs } = period;
  const sessions = file.sessions(fromMs, toMs).filter(session => zone === null || session.zone === zone);
  if (flags.csv) console.log(sessionsCsv(sessions));
  else if (flags.json) {
    console.log(JSON.stringify({ timeZone, from, to, zone, sessions: sessions.map(sessionJson) }));
  } else if (sessions.length === 0) console.log(`no session from ${from} to ${to} (${timeZone})`);
  else printSessions(sessions, timeZone);
}

function ofScope(rows: readonly HourRow[], zone: string | null): HourRow[] {
  const scope = zone ?? BEACH;
  const own = rows.filter(row => row.scope === scope);
  if (zone === null || own.length > 0 || rows.length === 0) return own;
  const zones = [...new Set(rows.map(row => row.scope))].filter(name => name !== BEACH);
  const nearest = nearestOf(zone, zones);
  const hint = zones.length === 0 ? 'no zones are counted' : `there are ${zones.join(', ')}`;
  const meant = nearest === undefined ? '' : `; did you mean "${nearest}"?`;
  throw new SurfwatchError('history-zone', `no zone "${zone}": ${hint}${meant}`);
}

interface Period {
  /** The first day and the last, `2026-06-01`. */
  readonly from: string;
  readonly to: string;
  readonly fromMs: number;
  /** The midnight after the last day. */
  readonly toMs: number;
}

/** The last `days` with today, or those from `from` to `to`; a missing end is today, a missing beginning the same day. */
function periodOf(
  asked: { readonly days: number; readonly from?: string; readonly to?: string },
  nowMs: number,
  timeZone: string,
): Period {
  const today = localDate(nowMs, timeZone);
  const to = asked.to ?? today;
  const from = asked.from ?? addDays(to, 1 - asked.days);
  if (from > to) throw new SurfwatchError('history-period', `${from} is after ${to}`);
  return { from, to, fromMs: startOfDate(from, timeZone), toMs: startOfDate(addDays(to, 1), timeZone) };
}
