import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { VISIBILITIES } from '../../src/activity/visibility.ts';
import { PACKAGE_ROOT } from '../../src/base/paths.ts';
import { ERRORS } from '../../src/errors.ts';
import { REASONS } from '../../src/messaging/reasons.ts';
import { ALERTS } from '../../src/messaging/topics.ts';
import { blocks, pages } from './pages.ts';

test.each(pages().map(page => [page.name, page] as const))('the links of %s lead somewhere', (_, page) => {
  const links = [...page.text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  const files = links.filter(link => !/^(https?:|#)/.test(link)).map(link => link.split('#')[0] ?? '');
  const missing = files.filter(file => !existsSync(join(PACKAGE_ROOT, dirname(page.name), file)));
  expect(missing).toEqual([]);
});

test('the README leads to every page of docs', () => {
  const readme = readFileSync(join(PACKAGE_ROOT, 'README.md'), 'utf8');
  const missing = pages().filter(({ name }) => name.startsWith('docs/') && !readme.includes(`](${name})`));
  expect(missing.map(({ name }) => name)).toEqual([]);
});

test('no page has a gap to be filled', () => {
  const gaps = pages().flatMap(({ name, text }) =>
    [...text.matchAll(/<!-- GAP: (.*) -->/g)].map(([, gap]) => `${name}: ${gap}`),
  );
  expect(gaps).toEqual([]);
});

test('every block says its language', () => {
  const known = ['sh', 'json', 'jsonc', 'csv', 'text', 'kotlin', 'python', 'js', 'yaml'];
  expect(
    blocks()
      .filter(({ language }) => !known.includes(language))
      .map(({ at }) => at),
  ).toEqual([]);
});

test('every error code can be met', () => {
  const folder = join(PACKAGE_ROOT, 'src');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    name => name.endsWith('.ts') && name !== 'errors.ts',
  );
  const source = files.map(name => readFileSync(join(folder, name), 'utf8')).join('\n');
  expect(Object.keys(ERRORS).filter(code => !source.includes(`'${code}'`))).toEqual([]);
});

test.each(pages().map(page => [page.name, page] as const))('the codes that %s names exist', (_, page) => {
  const known = [...Object.keys(ERRORS), ...Object.keys(ALERTS), ...Object.keys(REASONS), ...VISIBILITIES];
  const prefixes = [...new Set(Object.keys(ERRORS).map(code => code.split('-')[0]))].join('|');
  const codes = [...page.text.matchAll(new RegExp(`\`((?:${prefixes})-[a-z-]+)\``, 'g'))];
  expect(codes.map(([, code = '']) => code).filter(code => !known.includes(code))).toEqual([]);
});
