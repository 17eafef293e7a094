/** Keys of the review: none of them is needed, each saves a way with the mouse. */

/** Each activity by a letter of its name that nothing else uses. */
export function lettersOf(activities: readonly string[]): ReadonlyMap<string, string> {
  const letters = new Map<string, string>();
  const taken = new Set<string>(Object.values(KEYS));
  for (const activity of activities) {
    const letter = [...activity].find(one => /[a-z]/.test(one) && !taken.has(one));
    if (letter === undefined) continue;
    taken.add(letter);
    letters.set(activity, letter);
  }
  return letters;
}

export const KEYS = {
  nobodyHere: 'n',
  nobodyInAll: 'm',
  everybody: 'e',
  wrong: 'x',
  undo: 'u',
  pass: 'p',
  add: 'a',
} as const;

/** Whether a key that was pressed here has a meaning of its own: of a field, or Enter on a button. */
export function isTaken({ target, key, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  if (ctrlKey || metaKey || altKey || !(target instanceof Element)) return true;
  if (target.closest('input, select, textarea, dialog') !== null) return true;
  return key === 'Enter' && target.closest('a, button') !== null;
}
