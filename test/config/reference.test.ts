import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { PACKAGE_ROOT } from '../../src/base/paths.ts';
import { nest } from '../../src/config/effective.ts';
import { configJsonSchema, configMarkdown, settingRows } from '../../src/config/reference.ts';
import { SETTINGS } from '../../src/config/schema.ts';
import { load } from './support.ts';

const fileSchema = z.fromJSONSchema(configJsonSchema() as Parameters<typeof z.fromJSONSchema>[0]);

test('the JSON Schema accepts config/demo.json', () => {
  const content: unknown = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'config', 'demo.json'), 'utf8'));
  expect(fileSchema.safeParse(content).error).toBeUndefined();
});

test('the JSON Schema accepts everything that is printed', () => {
  expect(fileSchema.safeParse(nest(load().effective)).error).toBeUndefined();
});

test.each([
  [{ camra: {} }, ['']],
  [{ camera: { kind: 'phone' } }, ['camera.kind']],
  [{ camera: { interval: 'soon' } }, ['camera.interval']],
  [{ site: 'North' }, ['site']],
  [{ broker: { port: 70_000 } }, ['broker.port']],
  [{ zones: [{ name: 'a', x: 0, y: 0, w: 0, h: 1 }] }, ['zones.0.w']],
  [{ log: { levels: { capture: 'loud' } } }, ['log.levels.capture']],
])('the JSON Schema refuses %j', (content, paths) => {
  expect(fileSchema.safeParse(content).error?.issues.map(({ path }) => path.join('.'))).toEqual(paths);
});

test('the reference has a row for every setting, with its environment variable', () => {
  const page = configMarkdown();
  for (const { path, env } of SETTINGS) expect(page).toContain(`| \`${path}\`<br>\`${env}\` |`);
  expect(settingRows()).toHaveLength(SETTINGS.length);
});

test('no cell of the reference breaks its table', () => {
  const rows = configMarkdown()
    .split('\n')
    .filter(line => line.startsWith('| `'));
  expect(rows).toHaveLength(SETTINGS.length);
  for (const row of rows) expect(row.match(/(?<!\\)\|/g)).toHaveLength(5);
});
