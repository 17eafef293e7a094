/** The formats of settings: how a value is read from text, what is wrong with it, and how it is described. */

import {
  DURATION_PATTERN,
  formatDuration,
  OFFSET_PATTERN,
  parseDuration,
  parseOffset,
} from '../base/duration.ts';
import { isDiscoveryPrefix } from '../messaging/discovery/options.ts';
import { LEAST_SCALE, MOST_SCALE } from '../vision/cells/detail.ts';
import type { Problem } from './fault.ts';
import { isName, NAME_PATTERN, NAME_RULE } from './name.ts';
import type { FormatName, Setting } from './setting.ts';
import { timeZoneProblem } from './time-zone.ts';
import { isUrl, SCHEME, schemesOf, serverProblems, serversFromText, serversJsonSchema } from './urls.ts';
import { windowProblems, windowsJsonSchema } from './windows.ts';
import { zoneProblems, zonesJsonSchema } from './zones.ts';

export interface Format {
  /** The value a text stands for, or the text itself where it stands for none: {@link Format.problems} then tells. */
  readonly parse: (text: string) => unknown;
  readonly problems: (value: unknown, setting: Setting) => Problem[];
  /** For the reference: `duration`, `whole number 1..65535`. */
  readonly name: string;
  readonly jsonSchema: (setting: Setting) => Record<string, unknown>;
}

/** What fswebcam's device may hold: it passes through a shell. */
const DEVICE_PATTERN = '^[A-Za-z0-9._:/-]+$';

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

const asIs = (text: string): unknown => text;

function asNumber(text: string): unknown {
  return /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(text) ? Number(text) : text;
}

function asSwitch(text: string): unknown {
  return text === 'true' ? true : text === 'false' ? false : text;
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A format whose values are right or wrong as a whole. */
function simple(
  name: string,
  parse: Format['parse'],
  reasonOf: (value: unknown, setting: Setting) => string | undefined,
  jsonSchema: Format['jsonSchema'],
): Format {
  const problems = (value: unknown, setting: Setting): Problem[] => {
    const reason = reasonOf(value, setting);
    return reason === undefined ? [] : [{ at: '', value, reason }];
  };
  return { name, parse, problems, jsonSchema };
}

function bounds({ min, max }: Setting, show: (value: number) => string = String): string {
  if (min !== undefined && max !== undefined) return ` from ${show(min)} to ${show(max)}`;
  if (min !== undefined) return ` of ${show(min)} or more`;
  return max === undefined ? '' : ` of ${show(max)} or less`;
}

function within(value: number, { min, max }: Setting): boolean {
  return value >= (min ?? Number.NEGATIVE_INFINITY) && value <= (max ?? Number.POSITIVE_INFINITY);
}

function number(
  name: string,
  whole: boolean,
  limits: { readonly min?: number; readonly max?: number } = {},
): Format {
  return simple(
    name,
    asNumber,
    (value, setting) => {
      const limited = { ...limits, ...setting };
      const right =
        typeof value === 'number' && (whole ? Number.isSafeInteger(value) : Number.isFinite(value));
      return right && within(value, limited) ? undefined : `must be a ${name}${bounds(limited)}`;
    },
    setting => {
      const { min, max } = { ...limits, ...setting };
      return {
        type: whole ? 'integer' : 'number',
        ...(min === undefined ? {} : { minimum: min }),
        ...(max === undefined ? {} : { maximum: max }),
      };
    },
  );
}

/** A text that is right when `fits` says so; an empty one only where the setting isn't required. */
function text(
  name: string,
  must: string,
  fits: (value: string, setting: Setting) => boolean,
  pattern?: string,
): Format {
  return simple(
    name,
    asIs,
    (value, setting) => {
      if (typeof value !== 'string') return 'must be text in quotation marks';
      if (value === '') return setting.required === true ? 'must not be empty' : undefined;
      if (value.includes('\0')) return 'must not contain a zero byte';
      return fits(value, setting) ? undefined : `${must}${schemesOf(setting)}`;
    },
    setting => ({
      type: 'string',
      ...(setting.required === true ? { minLength: 1 } : {}),
      ...(pattern === undefined ? {} : { pattern: setting.required === true ? pattern : `^$|${pattern}` }),
    }),
  );
}

function map(name: string, problemOf: (value: unknown) => string | undefined, valueSchema: object): Format {
  return {
    name,
    parse: asJson,
    problems: (value, setting) => {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        return [{ at: '', value, reason: 'must be an object of names and values' }];
      }
      return Object.entries(value).flatMap(([key, entry]): Problem[] => {
        const at = `.${key}`;
        if (setting.keys?.includes(key) === false) {
          return [{ at, value: key, reason: `the name must be one of ${setting.keys.join(', ')}` }];
        }
        if (!isName(key)) return [{ at, value: key, reason: `the name ${NAME_RULE}` }];
        const reason = problemOf(entry);
        return reason === undefined ? [] : [{ at, value: entry, reason }];
      });
    },
    jsonSchema: ({ keys }) => ({
      type: 'object',
      propertyNames: keys === undefined ? { pattern: NAME_PATTERN } : { enum: keys },
      additionalProperties: valueSchema,
    }),
  };
}

function nameProblems(value: unknown): Problem[] {
  if (!Array.isArray(value)) return [{ at: '', value, reason: 'must be a list of names' }];
  return value.flatMap((name: unknown, index): Problem[] =>
    typeof name === 'string' && isName(name) ? [] : [{ at: `[${index}]`, value: name, reason: NAME_RULE }],
  );
}

function textsProblems(value: unknown): Problem[] {
  if (!Array.isArray(value)) return [{ at: '', value, reason: 'must be a list of texts' }];
  return value.flatMap((one: unknown, index): Problem[] =>
    typeof one === 'string' && !one.includes('\0')
      ? []
      : [{ at: `[${index}]`, value: one, reason: 'must be text in quotation marks' }],
  );
}

function durationReason(value: unknown, setting: Setting): string | undefined {
  const limited = { min: 0, ...setting };
  const right = typeof value === 'number' && Number.isSafeInteger(value);
  return right && within(value, limited)
    ? undefined
    : `must be a duration such as "500ms", "2s", "5m" or "1h"${bounds(limited, formatDuration)}`;
}

function offsetReason(value: unknown, setting: Setting): string | undefined {
  const right = typeof value === 'number' && Number.isSafeInteger(value) && within(value, setting);
  return right ? undefined : `must be a duration such as "30m" or "-30m"${bounds(setting, formatDuration)}`;
}

export const FORMATS = {
  duration: simple(
    'duration',
    text => parseDuration(text) ?? text,
    durationReason,
    () => ({
      anyOf: [
        { type: 'string', pattern: DURATION_PATTERN },
        { type: 'integer', minimum: 0 },
      ],
    }),
  ),
  offset: simple(
    'duration with a sign',
    text => parseOffset(text) ?? text,
    offsetReason,
    () => ({ anyOf: [{ type: 'string', pattern: OFFSET_PATTERN }, { type: 'integer' }] }),
  ),
  whole: number('whole number', true),
  decimal: number('number', false),
  ratio: number('number', false, { min: 0, max: 1 }),
  port: number('port number', true, { min: 0, max: 65_535 }),
  bytes: number('whole number of bytes', true, { min: 0 }),
  switch: simple(
    'true or false',
    asSwitch,
    value => (typeof value === 'boolean' ? undefined : 'must be true or false'),
    () => ({ type: 'boolean' }),
  ),
  choice: simple(
    'choice',
    asIs,
    (value, { choices = {} }) =>
      typeof value === 'string' && Object.hasOwn(choices, value)
        ? undefined
        : `must be one of ${Object.keys(choices).join(', ')}`,
    ({ choices = {} }) => ({ enum: Object.keys(choices) }),
  ),
  text: text('text', '', () => true),
  texts: {
    name: 'list of texts',
    parse: asJson,
    problems: textsProblems,
    jsonSchema: () => ({ type: 'array', items: { type: 'string' } }),
  },
  name: text('name', NAME_RULE, isName, NAME_PATTERN),
  path: text('path', '', () => true),
  host: text('host', 'must be an IP address or a host name', value => /^[A-Za-z0-9.:_-]+$/.test(value)),
  topic: text(
    'topic',
    "must be a topic without + and #, and outside of surf, which is surfwatch's own",
    isDiscoveryPrefix,
  ),
  device: text(
    'device',
    'may hold only letters, digits and . _ : / -',
    value => new RegExp(DEVICE_PATTERN).test(value),
    DEVICE_PATTERN,
  ),
  url: text('URL', 'must be a URL', isUrl),
  servers: {
    name: 'URL, or list of URLs',
    parse: serversFromText,
    problems: serverProblems,
    jsonSchema: serversJsonSchema,
  },
  source: text(
    'path or URL',
    'must be a path or a URL',
    (value, setting) => !SCHEME.test(value) || isUrl(value, setting),
  ),
  levels: map(
    'object of part: level',
    value => (LOG_LEVELS.includes(String(value)) ? undefined : `must be one of ${LOG_LEVELS.join(', ')}`),
    { enum: LOG_LEVELS },
  ),
  ratios: map(
    'object of name: number 0..1',
    value =>
      typeof value === 'number' && value >= 0 && value <= 1 ? undefined : 'must be a number from 0 to 1',
    { type: 'number', minimum: 0, maximum: 1 },
  ),
  names: {
    name: 'list of names',
    parse: text => (text.trim().startsWith('[') ? asJson(text) : text.split(',').map(name => name.trim())),
    problems: nameProblems,
    jsonSchema: () => ({ type: 'array', items: { type: 'string', pattern: NAME_PATTERN } }),
  },
  detail: simple(
    'auto, or number',
    asNumber,
    value =>
      value === 'auto' || (typeof value === 'number' && value >= LEAST_SCALE && value <= MOST_SCALE)
        ? undefined
        : `must be auto, or a number from ${LEAST_SCALE} to ${MOST_SCALE}`,
    () => ({ anyOf: [{ enum: ['auto'] }, { type: 'number', minimum: LEAST_SCALE, maximum: MOST_SCALE }] }),
  ),
  timeZone: simple('time zone', asIs, timeZoneProblem, () => ({ type: 'string' })),
  windows: {
    name: 'list of windows',
    parse: asJson,
    problems: windowProblems,
    jsonSchema: windowsJsonSchema,
  },
  zones: {
    name: 'list of zones',
    parse: asJson,
    problems: zoneProblems,
    jsonSchema: zonesJsonSchema,
  },
} as const satisfies Record<FormatName, Format>;
