/** What a misspelt name may have meant. */
import { closestMatch } from 'leven';

/** The name with the fewest edits (Levenshtein) from what was written, if at most a third of it, or two, have to change. */
export function nearestOf(written: string, names: readonly string[]): string | undefined {
  return closestMatch(written, names, { maxDistance: Math.max(2, Math.floor(written.length / 3)) });
}
