/** Addresses in settings: a URL, or several servers that are tried in turn. */
import type { Problem } from './fault.ts';
import type { Setting } from './setting.ts';

export const SCHEME = /^([a-z][a-z0-9+.-]*):\/\//i;

export function isUrl(value: string, { schemes }: Setting): boolean {
  const scheme = SCHEME.exec(value)?.[1]?.toLowerCase();
  if (scheme === undefined || schemes?.includes(scheme) === false || !URL.canParse(value)) return false;
  return new URL(value).hostname !== '';
}

/** For the end of a sentence; empty where any scheme will do. */
export function schemesOf({ schemes }: Setting): string {
  return schemes === undefined ? '' : ` beginning with ${schemes.map(scheme => `${scheme}://`).join(' or ')}`;
}

/** A comma before another address: one inside a password or a path separates nothing. */
const SEPARATOR = /\s*,\s*(?=[a-z][a-z0-9+.-]*:\/\/)/i;

/** Several addresses with commas between them as a list; else the text, or the list it is in JSON. */
export function serversFromText(text: string): unknown {
  const list = text.split(SEPARATOR).map(one => one.trim());
  if (list.length > 1) return list;
  if (!text.trimStart().startsWith('[')) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

export function serverProblems(value: unknown, setting: Setting): Problem[] {
  const must = `must be a URL${schemesOf(setting)}`;
  const isWrong = (one: unknown) => typeof one !== 'string' || one.includes('\0') || !isUrl(one, setting);
  if (Array.isArray(value)) {
    if (value.length === 0) return [{ at: '', value, reason: 'must name a server at least' }];
    return value.flatMap((one: unknown, index) =>
      isWrong(one) ? [{ at: `[${index}]`, value: one, reason: must }] : [],
    );
  }
  if (typeof value !== 'string') return [{ at: '', value, reason: 'must be text, or a list of texts' }];
  return value !== '' && isWrong(value) ? [{ at: '', value, reason: must }] : [];
}

export function serversJsonSchema(): Record<string, unknown> {
  return { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' }, minItems: 1 }] };
}
