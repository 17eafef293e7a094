/** The zones of a picture, as a config lists them. */
import type { Rectangle, TileGrid, Zone } from '../vision/zone.ts';
import type { Problem } from './formats.ts';
import { isName, NAME_PATTERN } from './name.ts';
import { withSuggestion } from './suggest.ts';

/** A {@link Zone} as it stands in a config: without `tiles` it takes the settings `tiles.*`. */
export interface ZoneSetting extends Rectangle {
  readonly name: string;
  readonly tiles?: TileGrid;
}

/** The zone there is where a config lists none: the whole picture. */
const WHOLE_PICTURE = { name: 'beach', x: 0, y: 0, w: 1, h: 1 } as const;

/** Most tiles a side; more would be smaller than a rider and take seconds a frame. */
const MOST_TILES = 32;
const MOST_OVERLAP = 0.9;
/** Rounding of written decimals: 0.1 + 0.9 may be a little more than 1. */
const EPSILON = 1e-9;

/** The zones to judge: those of the settings, else the whole picture as the one zone `beach`. Never empty. */
export function zonesOf(settings: {
  readonly zones: readonly ZoneSetting[];
  readonly tiles: TileGrid;
}): readonly Zone[] {
  const zones = settings.zones.length === 0 ? [WHOLE_PICTURE] : settings.zones;
  return zones.map(zone => ({ tiles: settings.tiles, ...zone }));
}

type Fields = Readonly<Record<string, (value: unknown) => string | undefined>>;

const ZONE_FIELDS: Fields = {
  name: value =>
    typeof value === 'string' && isName(value)
      ? undefined
      : 'must be a name of a-z, 0-9 and single - between them',
  x: inRange(0, 1),
  y: inRange(0, 1),
  w: positiveShare,
  h: positiveShare,
};

const TILE_FIELDS: Fields = {
  columns: tileCount,
  rows: tileCount,
  overlap: inRange(0, MOST_OVERLAP),
};

/** Everything wrong with a list of zones, each with its place: `[1].w`. */
export function zoneProblems(value: unknown): Problem[] {
  if (!Array.isArray(value)) return [{ at: '', value, reason: 'must be a list of zones' }];
  const zones: readonly unknown[] = value;
  return [...zones.flatMap((zone, index) => oneZone(zone, `[${index}]`)), ...repeatedNames(zones)];
}

function oneZone(zone: unknown, at: string): Problem[] {
  if (!isRecord(zone)) return [{ at, value: zone, reason: 'must be an object with name, x, y, w and h' }];
  const { tiles, ...rest } = zone;
  const problems = fieldProblems(rest, ZONE_FIELDS, at);
  if (problems.length === 0) problems.push(...outside(zone, at));
  if (tiles === undefined) return problems;
  if (isRecord(tiles)) return [...problems, ...fieldProblems(tiles, TILE_FIELDS, `${at}.tiles`)];
  return [
    ...problems,
    { at: `${at}.tiles`, value: tiles, reason: 'must be an object with columns, rows and overlap' },
  ];
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

function tileCount(value: unknown): string | undefined {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= MOST_TILES
    ? undefined
    : `must be a whole number from 1 to ${MOST_TILES}`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function zonesJsonSchema(): Record<string, unknown> {
  const share = { type: 'number', minimum: 0, maximum: 1 };
  const size = { type: 'number', exclusiveMinimum: 0, maximum: 1 };
  const count = { type: 'integer', minimum: 1, maximum: MOST_TILES };
  return {
    type: 'array',
    items: {
      type: 'object',
      additionalProperties: false,
      required: ['name', 'x', 'y', 'w', 'h'],
      properties: {
        name: { type: 'string', pattern: NAME_PATTERN },
        x: share,
        y: share,
        w: size,
        h: size,
        tiles: {
          type: 'object',
          additionalProperties: false,
          required: ['columns', 'rows', 'overlap'],
          properties: {
            columns: count,
            rows: count,
            overlap: { type: 'number', minimum: 0, maximum: MOST_OVERLAP },
          },
        },
      },
    },
  };
}
