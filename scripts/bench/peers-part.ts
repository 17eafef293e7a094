/** The part of docs/performance.md that `npm run bench:peers` writes, and `npm run bench` keeps. */
const BEGIN = '<!-- peers: written by npm run bench:peers -->';
const END = '<!-- end of peers -->';

/** What stands between the marks, with them; both alone where the page has none. */
export function peersOf(page: string): string {
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  return from < 0 || to < from ? `${BEGIN}\n${END}` : page.slice(from, to + END.length);
}

/** @throws Error where the page has no marks */
export function replacePeers(page: string, lines: readonly string[]): string {
  const old = peersOf(page);
  if (!page.includes(old)) throw new Error('the page has no part for peers: run `npm run bench` first');
  return page.replace(old, () => [BEGIN, ...lines, END].join('\n'));
}
