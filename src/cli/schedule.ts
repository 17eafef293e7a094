/** `surfwatch schedule`: when the camera will be watched, to be checked before the season. */
import { Command } from 'commander';
import { type PlannedDay, plannedDays } from '../schedule/days.ts';
import { scheduleWords } from '../schedule/describe.ts';
import { DAYS, type ScheduleOptions } from '../schedule/options.ts';
import { scheduleAt, timeZoneOf } from '../schedule/schedule.ts';
import { contains, type Span } from '../schedule/spans.ts';
import { localTime } from '../schedule/time-zone.ts';
import { colours as pc } from './colours.ts';
import { addConfigOptions, addSiteOption, type ConfigOptions, settingsFrom } from './options.ts';
import { wholeNumber } from './parse.ts';
import { printTable } from './table.ts';

interface ScheduleFlags extends ConfigOptions {
  readonly days: number;
  readonly json: boolean;
}

export function scheduleCommand(): Command {
  return addSiteOption(addConfigOptions(new Command('schedule')))
    .description('show when the camera will be watched, day by day')
    .option('--days <number>', 'days to show, today first', wholeNumber(1), 14)
    .option('--json', 'answer with one JSON object: enabled, timeZone, now, days', false)
    .addHelpText('after', HELP)
    .action(show);
}

const HELP = `
It only reads the settings \`schedule.*\`, and asks no daemon. While schedule.enabled is off, it shows what the schedule would be.
Times are in schedule.timeZone. In the chart, # is watched, - is daylight that is not watched.

Examples:
  $ surfwatch schedule --config /etc/surfwatch/config.json
  $ surfwatch schedule --set schedule.latitude=38.7 --set schedule.longitude=-9.4 --days 365
  $ surfwatch schedule --json | jq '.days[0].open'
`;

function show(flags: ScheduleFlags): void {
  const { schedule } = settingsFrom(flags).settings;
  const now = Date.now();
  const days = plannedDays(now, flags.days, schedule);
  if (flags.json) printJson(now, days, schedule);
  else print(now, days, schedule);
}

function printJson(now: number, days: readonly PlannedDay[], schedule: ScheduleOptions): void {
  const { open, reason, nextChangeMs } = scheduleAt(now, schedule);
  const spans = (list: readonly Span[]) =>
    list.map(({ fromMs, toMs }) => ({ from: iso(fromMs), to: iso(toMs) }));
  const answer = {
    enabled: schedule.enabled,
    timeZone: timeZoneOf(schedule),
    now: { open, reason, nextChange: nextChangeMs === null ? null : iso(nextChangeMs) },
    days: days.map(day => ({
      date: day.date,
      weekday: DAYS[day.weekday],
      daylight: day.light === null ? null : spans(day.light),
      open: spans(day.open),
      openHours: Math.round(day.openMs / 36_000) / 100,
    })),
  };
  console.log(JSON.stringify(answer));
}

function print(now: number, days: readonly PlannedDay[], schedule: ScheduleOptions): void {
  const timeZone = timeZoneOf(schedule);
  const between = (spans: readonly Span[]) =>
    spans.map(({ fromMs, toMs }) => `${localTime(fromMs, timeZone)}-${localTime(toMs, timeZone)}`).join(' ');
  const rows = days.map(day => [
    `${DAYS[day.weekday] ?? ''} ${day.date}`,
    day.light === null ? 'not known' : day.light.length === 0 ? 'none' : between(day.light),
    day.open.length === 0 ? 'never' : between(day.open),
    (day.openMs / 3_600_000).toFixed(1),
    chartOf(day),
  ]);
  printTable(['day', 'daylight', 'watched', 'hours', axis()], rows);
  console.log(`\n${timeZone}; now: ${scheduleWords(scheduleAt(now, schedule), schedule)}`);
  if (!schedule.enabled)
    console.log(pc.yellow('schedule.enabled is off: the camera is watched day and night'));
  else if (days.every(({ openMs }) => openMs === 0)) {
    console.log(pc.red('the camera is not watched at all on these days'));
  }
}

/** Beside the other columns. */
const WIDE_TERMINAL = 110;

/** A sign for each half an hour, or hour where the terminal is narrow. */
function cellMs(): number {
  const narrow = process.stdout.isTTY && process.stdout.columns < WIDE_TERMINAL;
  return narrow ? 3_600_000 : 1_800_000;
}

function axis(): string {
  return [0, 6, 12, 18].map(hour => `${hour}`.padEnd((6 * 3_600_000) / cellMs())).join('');
}

/** Each cell is what its middle is. */
function chartOf({ fromMs, toMs, open, light }: PlannedDay): string {
  const size = cellMs();
  const cells = Array.from({ length: Math.round((toMs - fromMs) / size) }, (_, index) => {
    const middle = fromMs + (index + 0.5) * size;
    if (open.some(span => contains(span, middle))) return pc.green('#');
    return light?.some(span => contains(span, middle)) ? pc.yellow('-') : pc.dim('.');
  });
  return cells.join('');
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
