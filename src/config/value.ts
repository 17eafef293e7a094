/** One value on its way from a source into the settings. */
import { resolve } from 'node:path';
import { isPlaceholder, showValue } from './effective.ts';
import { type Fault, shorten } from './fault.ts';
import type { Given } from './layers.ts';
import { formatOf } from './schema.ts';
import type { Setting } from './setting.ts';

/** A given value in its final form: read from text, checked, and a relative path made absolute. */
export function readValue(
  path: string,
  setting: Setting,
  { value: raw, source, base }: Given,
): { value: unknown; faults: Fault[] } {
  if (setting.none !== undefined && (raw === null || raw === '')) return { value: null, faults: [] };
  const format = formatOf(setting);
  const value = typeof raw === 'string' ? format.parse(raw) : raw;
  if (isPlaceholder(value, setting)) {
    const reason = 'is what `config print` shows in place of a secret; give the secret itself';
    return { value, faults: [{ kind: 'invalid', path, source, reason }] };
  }
  const faults = format.problems(value, setting).map((problem): Fault => {
    const written = problem.at === '' ? raw : problem.value;
    const hidden = setting.sensitive === true || written === undefined;
    const shown = hidden
      ? {}
      : { value: shorten(typeof written === 'string' ? showValue(written, setting) : written) };
    return { kind: 'invalid', path: `${path}${problem.at}`, source, reason: problem.reason, ...shown };
  });
  return { value: isRelative(value, setting) ? resolve(base, value) : value, faults };
}

function isRelative(value: unknown, { format }: Setting): value is string {
  if (typeof value !== 'string' || value === '') return false;
  return format === 'path' || (format === 'source' && !value.includes('://'));
}
