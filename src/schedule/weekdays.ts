/** Days of the week and times of the day, as a config writes them. */
import { DAYS, type Day } from './options.ts';

/** Minutes after midnight of `HH:MM`, 0 to 1440; NaN where it is none. */
export function minutesOf(time: string): number {
  const found = /^(\d{2}):(\d{2})$/.exec(time);
  const [hours, minutes] = [Number(found?.[1]), Number(found?.[2])];
  return minutes < 60 && hours * 60 + minutes <= 1440 ? hours * 60 + minutes : Number.NaN;
}

/** `mon-fri` as its days; one that goes over the end of the week, `sat-mon`, too. Empty for what is no day. */
export function daysIn(text: string): Day[] {
  const [first, last = first, ...rest] = text.split('-').map(name => DAYS.indexOf(name as Day));
  if (first === undefined || last === undefined || rest.length > 0 || first < 0 || last < 0) return [];
  const count = ((last - first + 7) % 7) + 1;
  return Array.from({ length: count }, (_, index) => DAYS[(first + index) % 7] ?? 'mon');
}
