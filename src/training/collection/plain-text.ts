/** Text from the network, made fit for files and lists. */

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
};

const LONGEST = 300;

/** One line without control characters and bidirectional overrides, at most 300 characters; null where nothing is left. */
export function oneLine(text: string | null | undefined): string | null {
  const line = (text ?? '')
    .replaceAll(/[\p{Control}\p{Surrogate}\u{202a}-\u{202e}\u{2066}-\u{2069}]/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return line === '' ? null : [...line].slice(0, LONGEST).join('');
}

/** The text of a piece of HTML, as MediaWiki gives for authors. For reading, not for safety: escape it where it is shown. */
export function textOf(html: string | null | undefined): string | null {
  const text = (html ?? '')
    .replaceAll(/<(style|script)\b.*?<\/\1\s*>/gis, ' ')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{2,6}));/gi, decode);
  return oneLine(text);
}

/** The first web address that a piece of HTML links to. */
export function firstLink(html: string | null | undefined): string | null {
  const [, href = ''] = /\bhref\s*=\s*"([^"]*)"/i.exec(html ?? '') ?? [];
  return webAddress(href.replaceAll('&amp;', '&'));
}

/** The address, where it is one of the web; `//host` is taken for https. */
export function webAddress(text: string | null | undefined): string | null {
  const address = (text ?? '').trim().replace(/^\/\//, 'https://');
  if (!URL.canParse(address)) return null;
  const url = new URL(address);
  return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : null;
}

function decode(entity: string, decimal?: string, hex?: string, name?: string): string {
  if (name !== undefined) return ENTITIES[name.toLowerCase()] ?? entity;
  const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
  return code <= 0x10ffff ? String.fromCodePoint(code) : entity;
}
