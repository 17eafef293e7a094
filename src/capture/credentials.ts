/** Keeps user names and passwords out of messages and logs. */

const URL_IN_TEXT = /[a-z][a-z0-9+.-]*:\/\/[^\s'"<>]+/gi;

/** A URL without user name, password, query and fragment: cameras take passwords in the query too. A path stays as it is. */
export function withoutCredentials(text: string): string {
  const authority = text.indexOf('://') + 3;
  if (authority < 3) return text;
  const url = parseUrl(text);
  const plain = url !== undefined && !`${url.pathname}${url.search}${url.hash}`.includes('@');
  if (plain) return `${url.protocol}//${url.host}${url.pathname}`;
  // A password that was not encoded can hold anything, and look like a host or a path: all up to the last `@` goes.
  const rest = text.slice(Math.max(authority, text.lastIndexOf('@') + 1));
  return text.slice(0, authority) + rest.replace(/[?#].*$/s, '');
}

/** Text of another program with the credentials taken out of each URL, and each of the given secrets blotted out. */
export function redact(text: string, secrets: readonly (string | null)[] = []): string {
  let clean = text.replace(URL_IN_TEXT, withoutCredentials);
  for (const secret of secrets) {
    if (secret === null || secret === '') continue;
    clean = clean.replaceAll(secret, '***').replaceAll(encodeURIComponent(secret), '***');
  }
  return clean;
}

/** A URL with a host, or undefined. */
export function parseUrl(text: string): URL | undefined {
  try {
    const url = new URL(text);
    return url.hostname === '' ? undefined : url;
  } catch {
    return undefined;
  }
}
