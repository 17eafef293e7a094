/** Names of time zones. */
import { withSuggestion } from './suggest.ts';

/** What is wrong with the name of a time zone, if something is. */
export function timeZoneProblem(value: unknown): string | undefined {
  if (typeof value !== 'string') return 'must be text in quotation marks';
  if (isTimeZone(value)) return undefined;
  const must = 'must be the name of a time zone such as "Europe/Lisbon" or "UTC"';
  return withSuggestion(must, value, Intl.supportedValuesOf('timeZone'));
}

/** A bare offset is none: it knows of no summer time. Later versions of Node.js would take it. */
function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
