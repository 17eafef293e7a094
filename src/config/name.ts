/** What a site, zone or activity may be called: it becomes a part of a topic, and the key of an object, see {@link isInherited}. */
export const NAME_PATTERN = '^(?!constructor$)[a-z0-9]+(-[a-z0-9]+)*$';

/** What is wrong with one that may not. */
export const NAME_RULE =
  'may hold only a-z, 0-9 and single - between them, 64 at most, and not be "constructor"';

const LONGEST = 64;

/** Whether a text can be a site's, zone's or activity's name. */
export function isName(value: string): boolean {
  return value.length <= LONGEST && new RegExp(NAME_PATTERN).test(value);
}
