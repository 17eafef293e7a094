/** The pages people read, and the examples in them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../src/base/paths.ts';

export interface Page {
  /** Relative to the package. */
  readonly name: string;
  readonly text: string;
}

/** A fenced block. */
export interface Block {
  /** `docs/mqtt.md:12`, the line of its first line. */
  readonly at: string;
  readonly page: string;
  readonly language: string;
  readonly text: string;
  /** The last line before it that says something. */
  readonly before: string;
}

export function pages(): Page[] {
  const names = [
    ...['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md'],
    ...markdownIn('docs'),
    ...readdirSync(join(PACKAGE_ROOT, 'models', 'backbone')).map(id => `models/backbone/${id}/README.md`),
  ];
  return names.map(name => ({ name, text: readFileSync(join(PACKAGE_ROOT, name), 'utf8') }));
}

function markdownIn(folder: string): string[] {
  const names = readdirSync(join(PACKAGE_ROOT, folder)).filter(name => name.endsWith('.md'));
  return names.map(name => `${folder}/${name}`);
}

export function blocks(language?: string): Block[] {
  const found = pages().flatMap(blocksOf);
  return language === undefined ? found : found.filter(block => block.language === language);
}

function blocksOf({ name, text }: Page): Block[] {
  const found: Block[] = [];
  const lines = text.split('\n');
  for (let start = 0; start < lines.length; start++) {
    const fence = /^```(\w*)$/.exec(lines[start] ?? '');
    if (fence === null) continue;
    const end = lines.indexOf('```', start + 1);
    if (end === -1) throw new Error(`${name}:${start + 1}: the block has no end`);
    found.push({
      at: `${name}:${start + 2}`,
      page: name,
      language: fence[1] ?? '',
      text: lines.slice(start + 1, end).join('\n'),
      before: lines.slice(0, start).findLast(line => line.trim() !== '') ?? '',
    });
    start = end;
  }
  return found;
}

/** One line of a shell block, or an example in a help text. */
export interface ShellLine {
  readonly at: string;
  readonly line: string;
}

export function shellLines(): ShellLine[] {
  const scripts = blocks('sh').flatMap(({ at, text }) => linesAt(at, text));
  const examples = blocks('text')
    .flatMap(({ at, text }) => linesAt(at, text))
    .filter(({ line }) => /^ +\$ /.test(line))
    .map(({ at, line }) => ({ at, line: line.replace(/^ +\$ /, '').replace(/ {3,}.*$/, '') }));
  return [...scripts, ...examples].filter(({ line }) => line.trim() !== '');
}

function linesAt(at: string, text: string): ShellLine[] {
  const [page = '', first = ''] = at.split(':');
  return text.split('\n').map((line, index) => ({ at: `${page}:${Number(first) + index}`, line }));
}
