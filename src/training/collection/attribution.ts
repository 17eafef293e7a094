/** `ATTRIBUTION.md`: the credits that the licences ask for. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from '../../base/durable.ts';
import { SurfwatchError } from '../../errors.ts';
import { licenceName } from './licences.ts';
import type { Shelved } from './shelf.ts';

const NAME = 'ATTRIBUTION.md';
const MARK = '<!-- written by surfwatch dataset collect, and written anew by each run -->';

/** @throws SurfwatchError `collection-unusable` where there is one that somebody else wrote */
export async function checkAttribution(folder: string): Promise<void> {
  const text = await readFile(join(folder, NAME), 'utf8').catch(() => MARK);
  if (!text.includes(MARK)) {
    throw new SurfwatchError(
      'collection-unusable',
      `${join(folder, NAME)} was not written by this command and would be overwritten`,
    );
  }
}

export async function writeAttribution(folder: string, shelved: readonly Shelved[]): Promise<void> {
  const classes = [...new Set(shelved.map(({ className }) => className))].sort();
  const parts = classes.map(name => {
    const lines = shelved.filter(({ className }) => className === name).map(credit);
    return `## ${escapeMarkdown(name)}\n\n${lines.join('\n')}\n`;
  });
  const head = `${MARK}\n# Pictures and their authors\n\nEach picture is used under the licence beside it.\n`;
  await replaceFile(join(folder, NAME), [head, ...parts].join('\n'));
}

function credit({ file, provenance }: Shelved): string {
  const { title, author, authorUrl, licence, landing, isScaled } = provenance;
  const by = author === null ? 'an unknown author' : link(author, authorUrl);
  const changed = isScaled ? ', scaled down' : '';
  return `- \`${file}\`: ${link(title, landing)} by ${by}, ${link(licenceName(licence), licence.url)}${changed}`;
}

function link(text: string, url: string | null): string {
  // In angle brackets an address may hold anything but those, and a parsed URL has them encoded.
  return url === null
    ? escapeMarkdown(text)
    : `[${escapeMarkdown(text)}](<${url.replaceAll(/[<>\s]/g, '')}>)`;
}

function escapeMarkdown(text: string): string {
  return text.replaceAll(/[\\`*_[\]<>&#|~!]/g, character => `\\${character}`);
}
