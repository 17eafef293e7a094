/** What differs between two texts, line by line. Pure. */
import { diffArrays } from 'diff';

export interface DiffLine {
  readonly kind: 'same' | 'added' | 'removed';
  readonly line: string;
}

/** Larger differences are shown as a whole: what was before, then what comes after. */
const MOST_EDITS = 2_000;

export function diffOf(before: string, after: string): DiffLine[] {
  const [old, fresh] = [linesOf(before), linesOf(after)];
  const changes = diffArrays(old, fresh, { maxEditLength: MOST_EDITS });
  if (changes === undefined) return [...marked('removed', old), ...marked('added', fresh)];
  return changes.flatMap(({ added, removed, value }) =>
    marked(added ? 'added' : removed ? 'removed' : 'same', value),
  );
}

function linesOf(text: string): string[] {
  return text.replace(/\n$/, '').split('\n');
}

function marked(kind: DiffLine['kind'], lines: readonly string[]): DiffLine[] {
  return lines.map(line => ({ kind, line }));
}
