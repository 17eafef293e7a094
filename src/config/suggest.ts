import { closestMatch } from 'leven';

/** The reason with the nearest of the names behind it, where one is near enough to be meant. */
export function withSuggestion(reason: string, written: string, names: readonly string[]): string {
  const nearest = closestMatch(written, names, { maxDistance: Math.max(2, Math.floor(written.length / 3)) });
  return nearest === undefined ? reason : `${reason}; did you mean "${nearest}"?`;
}
