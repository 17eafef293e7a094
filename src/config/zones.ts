/** The zones of a frame, as a config lists them. */

import type { Rectangle } from '../base/geometry.ts';
import { boundsOf, cornersOf, WHOLE_FRAME, type Zone } from '../vision/zone.ts';
import type { Problem } from './fault.ts';
import { isName, NAME_PATTERN, NAME_RULE } from './name.ts';
import { withSuggestion } from './suggest.ts';

/** A {@link Zone} as it stands in a config: a rectangle, or a polygon of corners [x, y]. */
export type ZoneSetting = { readonly name: string } & (
  | Rectangle
  | { readonly points: readonly (readonly [x: number, y: number])[] }
);

/** More corners than anybody draws. */
const MOST_POINTS = 100;
/** Rounding of written decimals: 0.1 + 0.9 may be a little more than 1. */
const EPSILON = 1e-9;

/** The zones to report: those of the settings, else the whole frame as the one zone `beach`. Never empty. */
export function zonesOf({ zones }: { readonly zones: readonly ZoneSetting[] }): readonly Zone[] {
  if (zones.length === 0) return [WHOLE_FRAME];
  return zones.map(zone => ({
    name: zone.name,
    points: 'points' in zone ? zone.points.map(([x, y]) => ({ x, y })) : cornersOf(zone),
  }));
}

type Fields = Readonly<Record<string, (value: unknown) => string | undefined>>;

const ZONE_FIELDS: Fields = {
  name: value => (typeof value === 'string' && isName(value) ? undefined : `must be a name: it ${NAME_RULE}`),
  x: inRange(0, 1),
  y: inRange(0, 1),
  w: positiveShare,
  h: positiveShare,
};

const POLYGON_FIELDS: Fields = { name: ZONE_FIELDS.name as Fields[string], points: pointsProblem };

/** Everything wrong with a list of zones, each with its place: `[1].w`. */
export function zoneProblems(value: unknown): Problem[] {
  if (!Array.isArray(value)) return [{ at: '', value, reason: 'must be a list of zones' }];
  const zones: readonly unknown[] = value;
  return [...zones.flatMap((zone, index) => oneZone(zone, `[${index}]`)), ...repeatedNames(zones)];
}

function oneZone(zone: unknown, at: string): Problem[] {
  if (!isRecord(zone)) {
    return [
      { at, value: zone, reason: 'must be an object with name and x, y, w, h, or with name and points' },
    ];
  }
  if (zone.points !== undefined) return fieldProblems(zone, POLYGON_FIELDS, at);
  const problems = fieldProblems(zone, ZONE_FIELDS, at);
  return problems.length === 0 ? outside(zone, at) : problems;
}

function pointsProblem(value: unknown): string | undefined {
  const isShare = (number: unknown) => typeof number === 'number' && number >= 0 && number <= 1;
  const isPoint = (point: unknown) => Array.isArray(point) && point.length === 2 && point.every(isShare);
  if (!Array.isArray(value) || !value.every(isPoint))
    return 'must be a list of corners [x, y], each number from 0 to 1';
  if (value.length < 3 || value.length > MOST_POINTS) return `must have from 3 to ${MOST_POINTS} corners`;
  const points = (value as [number, number][]).map(([x, y]) => ({ x, y }));
  const { w, h } = boundsOf({ points });
  return w > 0 && h > 0 ? undefined : 'must enclose an area';
}

function fieldProblems(record: Readonly<Record<string, unknown>>, fields: Fields, at: string): Problem[] {
  const names = Object.keys(fields);
  const unknown = Object.keys(record)
    .filter(name => !names.includes(name))
    .map(name => ({
      at: `${at}.${name}`,
      value: undefined,
      reason: withSuggestion('no such field', name, names),
    }));
  const wrong = Object.entries(fields).flatMap(([name, problemOf]): Problem[] => {
    const value = record[name];
    const reason = value === undefined ? 'is missing' : problemOf(value);
    return reason === undefined ? [] : [{ at: `${at}.${name}`, value, reason }];
  });
  return [...unknown, ...wrong];
}

function outside(zone: Readonly<Record<string, unknown>>, at: string): Problem[] {
  const ends: readonly (readonly [start: string, size: string])[] = [
    ['x', 'w'],
    ['y', 'h'],
  ];
  return ends
    .filter(([start, size]) => Number(zone[start]) + Number(zone[size]) > 1 + EPSILON)
    .map(([start, size]) => ({
      at: `${at}.${size}`,
      value: zone[size],
      reason: `must end inside the picture: ${start} + ${size} may be 1 at most`,
    }));
}

function repeatedNames(zones: readonly unknown[]): Problem[] {
  const names = zones.map(zone => (isRecord(zone) ? zone.name : undefined));
  return names.flatMap((name, index) =>
    name !== undefined && names.indexOf(name) < index
      ? [
          {
            at: `[${index}].name`,
            value: name,
            reason: `must be unique; zones[${names.indexOf(name)}] has it already`,
          },
        ]
      : [],
  );
}

function inRange(min: number, max: number): (value: unknown) => string | undefined {
  return value =>
    typeof value === 'number' && value >= min && value <= max
      ? undefined
      : `must be a number from ${min} to ${max}`;
}

function positiveShare(value: unknown): string | undefined {
  return typeof value === 'number' && value > 0 && value <= 1
    ? undefined
    : 'must be a number above 0, up to 1';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function zonesJsonSchema(): Record<string, unknown> {
  const share = { type: 'number', minimum: 0, maximum: 1 };
  const size = { type: 'number', exclusiveMinimum: 0, maximum: 1 };
  const name = { type: 'string', pattern: NAME_PATTERN };
  const object = (properties: Record<string, object>) => ({
    type: 'object',
    additionalProperties: false,
    required: Object.keys(properties),
    properties,
  });
  const points = {
    type: 'array',
    minItems: 3,
    maxItems: MOST_POINTS,
    items: { type: 'array', minItems: 2, maxItems: 2, items: share },
  };
  return {
    type: 'array',
    items: { anyOf: [object({ name, x: share, y: share, w: size, h: size }), object({ name, points })] },
  };
}
