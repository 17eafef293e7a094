/** When in the week something is to be seen: hours by weekday. */
import { HOUR_MS } from '../../history/accumulate.ts';
import { shade } from '../../history/chart.ts';
import type { HourRow } from '../../history/read.ts';
import { DAYS } from '../../schedule/options.ts';
import { localHour, localWeekday } from '../../schedule/time-zone.ts';

/** Lines of a map: a row for each weekday, a sign for each hour of the day, darkest where the share is greatest. */
export function heatMap(rows: readonly HourRow[], timeZone: string): string[] {
  const watched = new Float64Array(7 * 24);
  const empty = new Float64Array(7 * 24);
  for (const { hour, kind, name, ms } of rows) {
    const cell = localWeekday(hour * HOUR_MS, timeZone) * 24 + localHour(hour * HOUR_MS, timeZone);
    if (kind === 'watched') watched[cell] = (watched[cell] ?? 0) + ms;
    if (kind === 'present' && name === 'none') empty[cell] = (empty[cell] ?? 0) + ms;
  }
  const shares = [...watched].map((ms, cell) => (ms === 0 ? null : 1 - (empty[cell] ?? 0) / ms));
  const most = Math.max(0, ...shares.map(share => share ?? 0));
  const lines = DAYS.map((day, weekday) => {
    const own = shares.slice(weekday * 24, weekday * 24 + 24);
    return `${day}  ${own.map(share => shade(share === null || most === 0 ? share : share / most)).join('')}`;
  });
  return ['     0     6     12    18', ...lines];
}
