/** Daylight, by astronomy-engine: its times are those of the U.S. Naval Observatory's tables, near the poles too. */
import { Body, Equator, Horizon, Observer, SearchAltitude, SearchRiseSet } from 'astronomy-engine';
import type { Span } from './spans.ts';

export interface SunOptions {
  readonly daylight: 'sun' | 'civil';
  /** Degrees north. */
  readonly latitude: number;
  /** Degrees east. */
  readonly longitude: number;
}

/** Heights of the centre of the sun, in degrees: at sunrise and sunset, and at the ends of civil twilight. */
const ALTITUDES = { sun: -0.833, civil: -6 } as const;
const DAY_MS = 86_400_000;
/** Two crossings are never this close; a search begun at one finds the next. */
const STEP_MS = 1_000;
/** A search finds the same crossing some milliseconds apart from another start: all begin at multiples of this. */
const BLOCK_MS = 8 * DAY_MS;

/**
 * When it is light between two times. At the ends, light that began before or lasts beyond is infinite: a day of weeks
 * near the poles has no sunrise.
 *
 * @param known of the same place: what was found is added to it, and not searched again
 */
export function daylight(
  fromMs: number,
  toMs: number,
  options: SunOptions,
  known: KnownCrossings = new Map(),
): Span[] {
  const crossings = crossingsBetween(fromMs, toMs, options, known);
  const spans: Span[] = [];
  const lightAtStart = crossings[0] === undefined ? isLight(fromMs, options) : !crossings[0].rising;
  let since = lightAtStart ? Number.NEGATIVE_INFINITY : undefined;
  for (const { atMs, rising } of crossings) {
    if (rising) since = atMs;
    else if (since !== undefined) {
      spans.push({ fromMs: since, toMs: atMs });
      since = undefined;
    }
  }
  if (since !== undefined) spans.push({ fromMs: since, toMs: Number.POSITIVE_INFINITY });
  return spans;
}

/** By the beginning of the stretch of time that was searched. */
export type KnownCrossings = Map<number, readonly Crossing[]>;

interface Crossing {
  readonly atMs: number;
  readonly rising: boolean;
}

function crossingsBetween(
  fromMs: number,
  toMs: number,
  options: SunOptions,
  known: KnownCrossings,
): Crossing[] {
  const found: Crossing[] = [];
  for (let start = Math.floor(fromMs / BLOCK_MS) * BLOCK_MS; start < toMs; start += BLOCK_MS) {
    const block = known.get(start) ?? [
      ...crossingsOf(start, true, options),
      ...crossingsOf(start, false, options),
    ];
    known.set(start, block);
    found.push(...block);
  }
  return found
    .filter(({ atMs }) => atMs >= fromMs && atMs < toMs)
    .sort((one, other) => one.atMs - other.atMs);
}

function crossingsOf(blockMs: number, rising: boolean, options: SunOptions): Crossing[] {
  const found: Crossing[] = [];
  const endMs = blockMs + BLOCK_MS;
  let atMs = search(blockMs, endMs, rising, options);
  while (atMs !== undefined) {
    found.push({ atMs, rising });
    atMs = search(atMs + STEP_MS, endMs, rising, options);
  }
  return found;
}

function search(fromMs: number, toMs: number, rising: boolean, options: SunOptions): number | undefined {
  if (fromMs >= toMs) return undefined;
  const place = new Observer(options.latitude, options.longitude, 0);
  const direction = rising ? 1 : -1;
  const limit = (toMs - fromMs) / DAY_MS;
  const from = new Date(fromMs);
  const found =
    options.daylight === 'sun'
      ? SearchRiseSet(Body.Sun, place, direction, from, limit)
      : SearchAltitude(Body.Sun, place, direction, from, limit, ALTITUDES.civil);
  return found?.date.getTime();
}

function isLight(atMs: number, options: SunOptions): boolean {
  const place = new Observer(options.latitude, options.longitude, 0);
  const at = new Date(atMs);
  const { ra, dec } = Equator(Body.Sun, at, place, true, true);
  return Horizon(at, place, ra, dec).altitude > ALTITUDES[options.daylight];
}
