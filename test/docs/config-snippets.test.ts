import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadCameras } from '../../src/config/load.ts';
import { SETTINGS } from '../../src/config/schema.ts';
import { ERRORS } from '../../src/errors.ts';
import { temporaryFolderSync } from '../support/temporary-folder.ts';
import { blocks, pages } from './pages.ts';

const folder = temporaryFolderSync();

const SNIPPETS = blocks('jsonc');

test('there are examples of config files', () => {
  expect(SNIPPETS.length).toBeGreaterThan(5);
});

test.each(SNIPPETS.map(block => [block.at, block] as const))('%s is a valid config file', (_, block) => {
  // Secrets are read when a config is loaded; here they lie beside it.
  const text = block.text.replaceAll('/etc/surfwatch/', `${folder}/`);
  for (const [path] of text.matchAll(new RegExp(`${folder}/[\\w.]+`, 'g'))) {
    writeFileSync(path, 'not a secret', { mode: 0o600 });
  }
  const file = join(folder, 'board.json');
  writeFileSync(file, text);
  const { warnings, cameras } = loadCameras({ env: {}, cwd: folder, files: [file] });
  expect(warnings).toEqual([]);
  for (const { effective } of cameras)
    expect(effective.some(({ source }) => source.startsWith(file))).toBe(true);
});

const PATHS = SETTINGS.map(({ path }) => path);
const GROUPS = new Set(PATHS.flatMap(path => path.split('.').slice(0, -1)));

/** Whether there is such a setting; `camera.*` and `gates.obscured…` stand for several. */
function isSetting(name: string): boolean {
  const start = name.replace(/\.?\*$|…$/, '');
  return name === start
    ? PATHS.includes(name) || PATHS.some(path => path.startsWith(`${name}.`))
    : PATHS.some(path => path.startsWith(start));
}

/** What stands in backquotes and begins like a setting; the first cells of tables name fields of payloads. */
function settingsNamed(text: string): string[] {
  const withoutFields = text.replaceAll(/^\| `[^`]+` \|/gm, '');
  const spans = [...withoutFields.matchAll(/`([a-z][\w]*(?:\.[\w*]+…?)+)`/g)].map(([, name = '']) => name);
  return spans.filter(name => GROUPS.has(name.split('.')[0] ?? '') && !/\.(ts|md|json|sh|db)$/.test(name));
}

// The changelog tells of those that are gone, too.
const PAGES = pages().filter(({ name }) => name !== 'CHANGELOG.md');

test.each(PAGES.map(page => [page.name, page] as const))('the settings that %s names exist', (_, page) => {
  expect(settingsNamed(page.text).filter(name => !isSetting(name))).toEqual([]);
});

test('the settings that errors name exist', () => {
  const texts = Object.values(ERRORS).flatMap(({ meaning, remedy }) => [meaning, remedy]);
  const unquoted = texts.flatMap(
    text => text.match(/\b(?:camera|mqtt|broker|vision|models)\.(?!md\b)[a-zA-Z.]*\w/g) ?? [],
  );
  expect(unquoted.length).toBeGreaterThan(10);
  expect(unquoted.filter(name => !isSetting(name))).toEqual([]);
});
