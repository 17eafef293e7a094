import { chmodSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { migrateFile } from '../../src/cli/config-migrate.ts';
import { type ConfigMigration, migrateText } from '../../src/config/migrate.ts';
import { configJsonSchema } from '../../src/config/reference.ts';
import { temporaryFolderSync } from '../support/temporary-folder.ts';
import { faultsOf, loadContent, writeIn } from './support.ts';

const OLD = `{
  // The camera on the pier.
  "camera": { "kind": "simulator", "every": 2 }, // seconds
  "server": "mqtt://broker", /* ours */
  "gone": true,
}
`;

const MIGRATIONS: readonly ConfigMigration[] = [
  { to: 2, moved: { server: 'mqtt.url' }, removed: ['gone'] },
  { to: 3, changed: { 'camera.every': seconds => `${seconds}s` } },
  { to: 4, moved: { 'camera.every': 'camera.interval' } },
];

describe('a config file of an older version', () => {
  test('is brought up to date with its comments', () => {
    const { text, ...migrated } = migrateText(OLD, MIGRATIONS);
    expect(migrated).toEqual({
      from: 1,
      to: 4,
      changes: [
        'server is mqtt.url now',
        'gone is no more',
        'camera.every is written otherwise',
        'camera.every is camera.interval now',
      ],
    });
    for (const comment of ['// The camera on the pier.', '// seconds', '/* ours */'])
      expect(text).toContain(comment);
    const { camera, mqtt } = loadContent(text.replace('"version": 4', '"version": 1')).settings;
    expect([camera.intervalMs, mqtt.url]).toEqual([2_000, 'mqtt://broker']);
    expect(migrateText(text, MIGRATIONS)).toEqual({ text, from: 4, to: 4, changes: [] });
  });

  test('keeps what is given anew already', () => {
    const both = '{"server": "mqtt://old", "mqtt": {"url": "mqtt://new"}}';
    const { text } = migrateText(both, MIGRATIONS);
    expect(JSON.parse(text)).toEqual({ mqtt: { url: 'mqtt://new' }, version: 4 });
  });

  test('only goes through what came after its version', () => {
    const { text, changes } = migrateText('{"version": 3, "server": "x"}', MIGRATIONS);
    expect([text, changes]).toEqual(['{"version": 3, "server": "x"}', []]);
  });

  test.each(['', '{', '[]', 'nonsense', '{"version": "1"}'])('is left alone where it is none: %s', text => {
    expect(migrateText(text, MIGRATIONS)).toMatchObject({ text });
  });

  test('is rewritten by the command, which keeps a copy and its rights', async () => {
    const folder = temporaryFolderSync();
    const file = writeIn(folder, 'config.json', OLD);
    chmodSync(file, 0o640);
    const options = { now: Date.UTC(2026, 5, 1), migrations: MIGRATIONS };
    expect(await migrateFile(file, { ...options, dryRun: true })).toMatchObject({
      copy: null,
      from: 1,
      to: 4,
    });
    expect(readFileSync(file, 'utf8')).toBe(OLD);
    const { copy } = await migrateFile(file, { ...options, dryRun: false });
    expect(readFileSync(copy ?? '', 'utf8')).toBe(OLD);
    expect(readFileSync(file, 'utf8')).toBe(migrateText(OLD, MIGRATIONS).text);
    expect([file, copy ?? ''].map(path => statSync(path).mode & 0o777)).toEqual([0o640, 0o640]);
    expect(await migrateFile(file, { ...options, dryRun: false })).toMatchObject({ copy: null, changes: [] });
    expect(readdirSync(folder)).toHaveLength(2);
    const missing = migrateFile(join(folder, 'none.json'), { ...options, dryRun: false });
    await expect(missing).rejects.toMatchObject({ code: 'config-unwritable' });
  });
});

describe('the version of a config file', () => {
  test('may be said', () => {
    expect(loadContent({ version: 1, site: 'pier' }).settings.site).toBe('pier');
    expect(configJsonSchema()).toMatchObject({ properties: { version: { const: 1 } } });
  });

  test('is refused where it is newer, before anything else is found wrong', () => {
    const [fault, ...others] = faultsOf({ version: 2, whatever: 1 });
    expect(fault).toMatchObject({
      kind: 'file',
      path: 'version',
      reason: expect.stringContaining('up to version 1'),
    });
    expect(others).toEqual([]);
  });

  test.each(['1', 0, 1.5, null])('must be a whole number, not %j', version => {
    expect(faultsOf({ version })).toMatchObject([
      { path: 'version', reason: expect.stringContaining('whole number') },
    ]);
  });
});
