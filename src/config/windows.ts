/** The windows of the schedule, as a config lists them. */
import { DAYS } from '../schedule/options.ts';
import { daysIn, minutesOf } from '../schedule/weekdays.ts';
import type { Problem } from './fault.ts';
import { withSuggestion } from './suggest.ts';

const FIELDS = ['days', 'from', 'to'];
const TIME = 'must be a time of the day such as "08:00", at most "24:00"';

/** Everything wrong with a list of windows, each with its place: `[0].from`. */
export function windowProblems(value: unknown): Problem[] {
  if (!Array.isArray(value)) return [{ at: '', value, reason: 'must be a list of windows' }];
  return value.flatMap((window: unknown, index) => oneWindow(window, `[${index}]`));
}

function oneWindow(value: unknown, at: string): Problem[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [{ at, value, reason: 'must be an object with days, from and to' }];
  }
  const window = value as Readonly<Record<string, unknown>>;
  const unknown = Object.keys(window)
    .filter(name => !FIELDS.includes(name))
    .map(name => ({
      at: `${at}.${name}`,
      value: undefined,
      reason: withSuggestion('no such field', name, FIELDS),
    }));
  const times = ['from', 'to'].flatMap(name => timeProblems(window[name], `${at}.${name}`));
  const problems = [...unknown, ...daysProblems(window.days, `${at}.days`), ...times];
  if (problems.length > 0 || window.from !== window.to) return problems;
  return [
    { at: `${at}.to`, value: window.to, reason: 'must differ from from; a whole day is 00:00 to 24:00' },
  ];
}

function timeProblems(value: unknown, at: string): Problem[] {
  if (value === undefined) return [{ at, value, reason: 'is missing' }];
  const isTime = typeof value === 'string' && !Number.isNaN(minutesOf(value));
  const isStart = at.endsWith('.from') && value === '24:00';
  return isTime && !isStart ? [] : [{ at, value, reason: isStart ? 'must be before "24:00"' : TIME }];
}

function daysProblems(value: unknown, at: string): Problem[] {
  if (value === undefined) return [];
  if (!Array.isArray(value) || value.length === 0) {
    return [{ at, value, reason: 'must be a list such as ["mon-fri", "sun"]; leave it out for every day' }];
  }
  return value.flatMap((days: unknown, index): Problem[] => {
    if (typeof days === 'string' && daysIn(days).length > 0) return [];
    const reason = `must be a day (${DAYS.join(', ')}) or two with - between them`;
    return [{ at: `${at}[${index}]`, value: days, reason }];
  });
}

export function windowsJsonSchema(): Record<string, unknown> {
  const time = { type: 'string', pattern: '^(([01]\\d|2[0-3]):[0-5]\\d|24:00)$' };
  const day = `(${DAYS.join('|')})`;
  return {
    type: 'array',
    items: {
      type: 'object',
      additionalProperties: false,
      required: ['from', 'to'],
      properties: {
        days: {
          type: 'array',
          minItems: 1,
          items: { type: 'string', pattern: `^${day}(-${day})?$` },
        },
        from: time,
        to: time,
      },
    },
  };
}
