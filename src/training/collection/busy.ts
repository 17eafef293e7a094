/** Reads from an answer that the server wants to be left alone for a while. */
import type { Dispatcher } from 'undici';

type Headers = Dispatcher.ResponseData['headers'];

const BUSY: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);

/** MediaWiki says so with status 200 (https://www.mediawiki.org/wiki/Manual:Maxlag_parameter). */
const BUSY_WIKI: ReadonlySet<string> = new Set(['maxlag', 'ratelimited']);

export function isBusy(status: number, headers: Headers): boolean {
  return BUSY.has(status) || BUSY_WIKI.has(first(headers['mediawiki-api-error']) ?? '');
}

/**
 * Milliseconds to wait by `Retry-After` (RFC 9110 § 10.2.3: seconds, or a date), or null where there is none.
 *
 * @param now wall-clock time in milliseconds since the epoch
 */
export function retryAfterMs(headers: Headers, now: number): number | null {
  const text = first(headers['retry-after'])?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  // A date has a month's name; Date.parse would take almost anything.
  const date = /[a-z]{3}/i.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

export function first(value: string | string[] | undefined): string | undefined {
  return [value].flat()[0];
}
