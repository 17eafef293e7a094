/** Settings as `config print` shows them: in the form a file has, without secrets. */

import { formatDuration } from '../base/duration.ts';
import { redactUrls, SECRET } from '../base/redact.ts';
import { isDuration, type Setting } from './setting.ts';

/** A setting's value for people, and where it came from. Holds no secret. */
export interface EffectiveSetting {
  readonly path: string;
  readonly shown: unknown;
  readonly source: string;
}

/** A value that may be shown: secrets, and credentials in URLs, replaced by `[secret]`. */
export function showValue(value: unknown, setting: Setting): unknown {
  if (setting.sensitive === true) return value === null ? null : SECRET;
  if (isDuration(setting) && typeof value === 'number') return formatDuration(value);
  if (Array.isArray(value) && setting.format === 'servers') return value.map(one => showValue(one, setting));
  if (typeof value !== 'string') return value;
  return isAddress(value, setting) ? redactAddress(value) : value;
}

/** Whether a shown value stands for something that was left out, and so cannot be a value itself. */
export function isPlaceholder(value: unknown, setting: Setting): boolean {
  if (Array.isArray(value) && setting.format === 'servers') {
    return value.some(one => isPlaceholder(one, setting));
  }
  if (typeof value !== 'string') return false;
  return setting.sensitive === true ? value === SECRET : isAddress(value, setting) && value.includes(SECRET);
}

function isAddress(value: string, { format }: Setting): boolean {
  return format === 'url' || format === 'servers' || (format === 'source' && value.includes('://'));
}

/** Up to the last `@`: a password with an unescaped `/`, `#` or `@` in it makes a URL that parses as another. */
function redactAddress(value: string): string {
  return redactUrls(value.replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*@/is, `$1${SECRET}@`));
}

/** The settings as one nested object, as a config file has them. */
export function nest(effective: readonly EffectiveSetting[]): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const { path, shown } of effective) {
    const names = path.split('.');
    const last = names.pop() ?? path;
    let group = root;
    for (const name of names) {
      const inner = (group[name] ?? {}) as Record<string, unknown>;
      group[name] = inner;
      group = inner;
    }
    group[last] = shown;
  }
  return root;
}
