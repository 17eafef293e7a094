import { nearestOf } from '../base/nearest.ts';

/** The reason with the nearest of the names behind it, where one is near enough to be meant. */
export function withSuggestion(reason: string, written: string, names: readonly string[]): string {
  const nearest = nearestOf(written, names);
  return nearest === undefined ? reason : `${reason}; did you mean "${nearest}"?`;
}
