/** Durations as people write them: `500ms`, `2s`, `5m`, `1h`, `2d`, or a number of milliseconds. */

const UNITS: readonly (readonly [unit: string, ms: number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
];

/** What {@link parseDuration} accepts, as a pattern for the JSON Schema. */
export const DURATION_PATTERN = '^\\s*\\d+(\\.\\d+)?\\s*(ms|s|m|h|d)?\\s*$';

/** Milliseconds of a written duration, rounded to whole ones; undefined where the text is none. */
export function parseDuration(text: string): number | undefined {
  const found = /^\s*(?<count>\d+(?:\.\d+)?)\s*(?<unit>ms|s|m|h|d)?\s*$/.exec(text);
  if (found?.groups === undefined) return undefined;
  const unit = found.groups.unit ?? 'ms';
  const factor = UNITS.find(([name]) => name === unit)?.[1] ?? 1;
  const ms = Math.round(Number(found.groups.count) * factor);
  return Number.isSafeInteger(ms) ? ms : undefined;
}

/** What {@link parseOffset} accepts, as a pattern for the JSON Schema. */
export const OFFSET_PATTERN = DURATION_PATTERN.replace('^', '^\\s*[+-]?');

/** Milliseconds of a duration with an optional sign, `-30m` say; undefined where the text is none. */
export function parseOffset(text: string): number | undefined {
  const found = /^\s*(?<sign>[+-])?(?<rest>.*)$/.exec(text);
  const ms = parseDuration(found?.groups?.rest ?? '');
  return ms === undefined || ms === 0 || found?.groups?.sign !== '-' ? ms : -ms;
}

/** The shortest exact form, so that it reads back as the same number: 90000 is `90s`, 60000 is `1m`. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0s';
  const [unit, factor] = UNITS.find(([, size]) => ms % size === 0) ?? ['ms', 1];
  return `${ms / factor}${unit}`;
}
