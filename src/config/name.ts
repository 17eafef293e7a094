/** What a site, zone or activity may be called: it becomes a part of a topic. */
export const NAME_PATTERN = '^[a-z0-9]+(-[a-z0-9]+)*$';

const LONGEST = 64;

/** Whether a text can be a site's, zone's or activity's name. */
export function isName(value: string): boolean {
  return value.length <= LONGEST && new RegExp(NAME_PATTERN).test(value);
}
