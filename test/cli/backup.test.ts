import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { backupCommand } from '../../src/cli/backup.ts';
import { restoreCommand } from '../../src/cli/restore.ts';
import { stateFolderOf } from '../../src/cli/state-folder.ts';
import { loadConfig } from '../../src/config/load.ts';
import { openHistory } from '../../src/history/store.ts';
import { lockState } from '../../src/host/state/lock.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { runHere } from './support.ts';

const PIER =
  '{ "site": "pier", "stateDir": "state", "mqtt": { "username": "pier", "passwordFile": "secret" } }\n';

/** A board with a config, a secret beside it, and a history. */
async function board(config = PIER) {
  const folder = await temporaryFolder();
  const stateDir = join(folder, 'state');
  writeFileSync(join(folder, 'board.json'), config, { mode: 0o640 });
  writeFileSync(join(folder, 'secret'), 'hush\n', { mode: 0o600 });
  openHistory(join(stateDir, 'history.db'), 0).store.close();
  writeFileSync(join(stateDir, 'version.json'), '{"state":1,"app":"0.0.1"}');
  return { folder, stateDir, given: ['-c', join(folder, 'board.json')], archive: join(folder, 'b.tar') };
}

describe('surfwatch backup and surfwatch restore', () => {
  test('bring a board back: its state and, by tar, its config', async () => {
    const { folder, stateDir, given, archive } = await board();
    const saved = await runHere(backupCommand(), [...given, archive, '--json']);
    expect([saved.status, saved.errors]).toEqual([0, '']);
    const answer = JSON.parse(saved.output);
    expect(answer).toMatchObject({ file: archive, stateDir, config: [given[1]], damaged: [] });
    expect(answer.notIncluded).toEqual([`${join(folder, 'secret')} (mqtt.passwordFile)`]);

    const checked = await runHere(restoreCommand(), [archive, '--dry-run', '--json']);
    expect(JSON.parse(checked.output)).toMatchObject({ site: 'pier', files: 3, restored: false });

    const other = await board('{ "site": "elsewhere", "stateDir": "state" }\n');
    const refused = await runHere(restoreCommand(), [...other.given, archive]);
    expect([refused.status, refused.errors]).toEqual([2, expect.stringMatching(/^backup-other-site: /)]);
    // As the manual has it: the config comes first.
    const config = execFileSync('tar', ['-xzOf', archive, 'config/0.json'], { encoding: 'utf8' });
    expect(config).toBe(PIER);
    writeFileSync(join(other.folder, 'board.json'), config);
    const restored = await runHere(restoreCommand(), [...other.given, archive]);
    expect([restored.status, restored.errors]).toEqual([0, '']);
    expect(restored.output).toContain(`restored  to ${other.stateDir}`);
    // It was of an older program: its state was brought up to date, with a backup.
    expect(JSON.parse(readFileSync(join(other.stateDir, 'version.json'), 'utf8')).app).not.toBe('0.0.1');
    const kept = readdirSync(join(other.stateDir, 'backups')).map(name => name.replace(/-2\d{3}-.*/, ''));
    expect(kept.sort()).toEqual(['0.0.1', 'before-restore']);
  });

  test('say what they did, in words', async () => {
    const { given, archive, stateDir } = await board();
    const saved = await runHere(backupCommand(), [...given, archive]);
    expect(saved.output).toMatch(/^saved 3 files, 0 of them pictures, as .*b\.tar \(\d+ kB\)/);
    const again = await runHere(backupCommand(), [...given, archive]);
    expect([again.status, again.errors]).toEqual([1, expect.stringMatching(/^backup-exists: /)]);
    expect((await runHere(backupCommand(), [...given, archive, '--force'])).status).toBe(0);
    const restored = await runHere(restoreCommand(), [...given, archive]);
    expect(restored.output).toMatch(/before {4}is kept in .*before-restore-/);
    expect(existsSync(join(stateDir, 'history.db'))).toBe(true);
  });

  test('restore nothing beneath a daemon that runs', async () => {
    const { stateDir, given, archive } = await board();
    const lock = lockState(stateDir, Date.now());
    onTestFinished(() => lock.release());
    expect((await runHere(backupCommand(), [...given, archive])).status).toBe(0);
    const refused = await runHere(restoreCommand(), [...given, archive]);
    expect([refused.status, refused.errors]).toEqual([1, expect.stringMatching(/^state-locked: /)]);
  });
});

test('with the config of the service its state folder is meant', async () => {
  const root = await temporaryFolder();
  const etc = join(root, 'etc/surfwatch');
  mkdirSync(etc, { recursive: true });
  mkdirSync(join(root, 'var/lib/surfwatch'), { recursive: true });
  mkdirSync(join(root, 'var/lib/surfwatch-north'), { recursive: true });
  for (const name of ['config', 'north', 'south']) writeFileSync(join(etc, `${name}.json`), '{}');
  const folderFor = (name: string, more: object = {}) =>
    stateFolderOf(
      loadConfig({ files: [join(etc, `${name}.json`)], env: {}, cwd: '/home/me', ...more }),
      root,
    );
  expect(folderFor('config')).toBe(join(root, 'var/lib/surfwatch'));
  expect(folderFor('north')).toBe(join(root, 'var/lib/surfwatch-north'));
  expect(folderFor('south')).toBe('/home/me/state');
  expect(folderFor('north', { set: ['stateDir=/srv/state'] })).toBe('/srv/state');
  expect(folderFor('north', { env: { STATE_DIRECTORY: '/run/x' } })).toBe('/run/x');
});
