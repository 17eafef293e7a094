import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../src/base/clock.ts';
import { openDatabase } from '../../../src/base/database.ts';
import { STATE_MIGRATIONS, type StateMigration } from '../../../src/host/state/migrations.ts';
import { openState } from '../../../src/host/state/open.ts';
import { setAsideFiles } from '../../../src/host/state/set-aside.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { readableLog, silent } from '../../support/log.ts';
import { program } from '../../support/programs.ts';
import { fill, remount, smallDisk } from '../../support/small-disk.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { until } from '../../support/until.ts';

const clock = fakeClock();
const NEWEST = STATE_MIGRATIONS.at(-1)?.to ?? 0;

function opening(
  stateDir: string,
  more: { appVersion?: string; migrations?: readonly StateMigration[] } = {},
) {
  return openState({ stateDir, appVersion: '1.0.0', clock, log: silent, ...more });
}

/** Opens it, and gives it up again at once. */
async function visit(stateDir: string, more = {}) {
  const state = await opening(stateDir, more);
  const damaged = await state.damaged();
  state.close();
  return { ...state, damaged };
}

const versionOf = (folder: string) => JSON.parse(readFileSync(join(folder, 'version.json'), 'utf8'));

/** As a daemon leaves it that knows no versions: databases, small files, a picture. */
async function oldState(): Promise<string> {
  const folder = await temporaryFolder();
  mkdirSync(join(folder, 'learning', 'frames', '2026'), { recursive: true });
  writeFileSync(join(folder, 'learning', 'frames', '2026', 'x.jpg'), 'a picture');
  writeFileSync(join(folder, 'learning', 'days.json'), '[]');
  for (const path of ['outbox.db', 'learning/learning.db']) {
    const { database } = openDatabase({
      path: join(folder, path),
      migrations: ['CREATE TABLE t (x)'],
      now: 0,
    });
    database.run('INSERT INTO t VALUES (7)');
    database.close();
  }
  return folder;
}

function rowsOf(path: string): unknown[] {
  const { database } = openDatabase({ path, migrations: ['CREATE TABLE t (x)'], now: 0 });
  onTestFinished(() => database.close());
  return database.all('SELECT x FROM t');
}

function child(stateDir: string, die = '') {
  const started = spawn(process.execPath, [program('state-child'), stateDir, die], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void started.kill('SIGKILL'));
  return { process: started, output: text(started.stdout), ended: once(started, 'exit') };
}

describe('what is kept', () => {
  it('is for its owner alone, whatever the umask is and was', async () => {
    const folder = join(await temporaryFolder(), 'state');
    const umask = process.umask(0);
    try {
      mkdirSync(folder, { mode: 0o755 });
      writeFileSync(join(folder, 'history.db'), '', { mode: 0o644 });
      await visit(folder);
      for (const name of ['history.db', 'outbox.db']) {
        const { database } = openDatabase({
          path: join(folder, name),
          migrations: ['CREATE TABLE t (x)'],
          now: 0,
        });
        expect(modesIn(folder)).toMatchObject({ [name]: '600', [`${name}-wal`]: '600' });
        database.close();
      }
      expect(modesIn(folder)).toMatchObject({ '': '700', 'lock.db': '600' });
      await visit(join(folder, 'another'));
      expect(modesIn(join(folder, 'another'))['']).toBe('700');
    } finally {
      process.umask(umask);
    }
  });
});

function modesIn(folder: string): Record<string, string> {
  const names = ['', ...readdirSync(folder)];
  return Object.fromEntries(
    names.map(name => [name, (statSync(join(folder, name)).mode & 0o777).toString(8)]),
  );
}

describe('the version of the state folder', () => {
  it('is noted in a new folder, which is made', async () => {
    const folder = join(await temporaryFolder(), 'a', 'b');
    expect(await visit(folder)).toMatchObject({ notKept: null, damaged: null });
    expect(versionOf(folder)).toEqual({ state: NEWEST, app: '1.0.0' });
    await visit(folder);
    expect(readdirSync(folder)).not.toContain('backups');
  });

  it('comes to a folder that had none, after a backup of all but the pictures', async () => {
    const folder = await oldState();
    await visit(folder);
    expect(versionOf(folder)).toEqual({ state: NEWEST, app: '1.0.0' });
    const [backup = ''] = readdirSync(join(folder, 'backups'));
    expect(backup).toMatch(/^state-0-2026-06-01T/);
    const copied = readdirSync(join(folder, 'backups', backup), { recursive: true }).sort();
    expect(copied).toEqual(['learning', 'learning/days.json', 'learning/learning.db', 'outbox.db']);
    expect(rowsOf(join(folder, 'backups', backup, 'learning', 'learning.db'))).toEqual([{ x: 7 }]);
    expect(readFileSync(join(folder, 'learning/frames/2026/x.jpg'), 'utf8')).toBe('a picture');
  });

  it('is refused where it is newer, with nothing changed and exit status 78', async () => {
    const folder = await oldState();
    writeFileSync(join(folder, 'version.json'), '{"state":99,"app":"7.0.0"}');
    const refused = opening(folder);
    await expect(refused).rejects.toMatchObject({ code: 'state-newer', exitStatus: 78 });
    await expect(refused).rejects.toThrow(/version 99, of surfwatch 7\.0\.0/);
    expect(versionOf(folder)).toEqual({ state: 99, app: '7.0.0' });
    await expect(
      visit(folder, { migrations: [{ to: 99, what: '', run: async () => undefined }] }),
    ).resolves.toBeDefined();
  });

  it('leads to a backup with each new program, of which the last three stay', async () => {
    const folder = await oldState();
    for (const appVersion of ['1.0.0', '1.1.0', '1.10.0', '1.9.0', '2.0.0']) {
      await clock.advance(60_000);
      await visit(folder, { appVersion });
    }
    const names = readdirSync(join(folder, 'backups')).map(name => name.replace(/-2026.*/, ''));
    expect(names.sort()).toEqual(['1.1.0', '1.10.0', '1.9.0']);
  });

  it('is begun anew where its file is damaged, and that is said', async () => {
    const folder = await oldState();
    writeFileSync(join(folder, 'version.json'), '{"state":');
    const { damaged } = await visit(folder);
    expect(damaged).toMatch(/version\.json\.corrupt-2026/);
    expect(versionOf(folder)).toEqual({ state: NEWEST, app: '1.0.0' });
    expect((await visit(folder)).damaged).toBeNull();
  });

  it('is not raised without a backup', async context => {
    const disk = await smallDisk();
    if (disk === null) return context.skip('a disk can be mounted by root only');
    writeFileSync(join(disk, 'notes.json'), Buffer.alloc(1_000_000));
    fill(disk);
    // Room for the lock, not for a copy.
    rmSync(join(disk, 'other-100000-0'));
    const ran: string[] = [];
    const migrations = [{ to: 1, what: '', run: async () => void ran.push('1') }];
    await expect(opening(disk, { migrations })).rejects.toMatchObject({ code: 'state-backup-failed' });
    fill(disk);
    await expect(opening(disk, { migrations })).rejects.toMatchObject({ code: 'state-backup-failed' });
    expect(ran).toEqual([]);
    expect(readdirSync(disk, { recursive: true }).filter(name => String(name).includes('2026'))).toEqual([]);
  });
});

describe('a power cut in a migration', () => {
  const STEPS = ['2a', '2b', '2c', '2d', '3a', '3b', 'open'];

  it('at any step is followed by a start that finishes it', async () => {
    const folders = await Promise.all(STEPS.map(oldState));
    const killed = await Promise.all(folders.map((folder, at) => child(folder, STEPS[at])));
    for (const { ended } of killed) expect((await ended)[1]).toBe('SIGKILL');
    const next = await Promise.all(folders.map(folder => child(folder)));
    for (const [at, { ended, output }] of next.entries()) {
      expect(await ended).toEqual([0, null]);
      const ran = (await output).split('\n').filter(name => name !== '');
      expect(STEPS.slice(-ran.length)).toEqual(ran);
      const folder = folders[at] ?? '';
      expect(versionOf(folder)).toEqual({ state: 3, app: '9.9.9' });
      const migrations = ['CREATE TABLE notes (text TEXT PRIMARY KEY)'];
      const { database } = openDatabase({ path: join(folder, 'notes.db'), migrations, now: 0 });
      expect(database.all('SELECT text FROM notes')).toEqual([{ text: 'kept' }]);
      database.close();
      expect(readdirSync(join(folder, 'backups')).filter(name => name.endsWith('.new'))).toEqual([]);
      expect(rowsOf(join(folder, 'outbox.db'))).toEqual([{ x: 7 }]);
    }
  });
});

describe('the lock of the state folder', () => {
  it('keeps a second daemon out, naming the first, and goes with it when it is killed', async () => {
    const folder = await temporaryFolder();
    const { process: first } = child(folder, 'hold');
    const holder = join(folder, 'lock.json');
    await until(
      () => existsSync(holder) && readFileSync(holder, 'utf8').endsWith('\n'),
      'who holds the lock',
    );
    const refused = opening(folder);
    await expect(refused).rejects.toMatchObject({ code: 'state-locked' });
    await expect(refused).rejects.toThrow(`process ${first.pid}, since `);
    // Its file being read by another part of the program must not free it.
    readFileSync(join(folder, 'lock.db'));
    await expect(opening(folder)).rejects.toMatchObject({ code: 'state-locked' });
    first.kill('SIGKILL');
    await once(first, 'exit');
    await expect(visit(folder)).resolves.toMatchObject({ notKept: null });
  });

  it('holds within a process too, and believes no process id', async () => {
    const folder = await temporaryFolder();
    const state = await opening(folder);
    await expect(opening(folder)).rejects.toMatchObject({ code: 'state-locked' });
    state.close();
    // As left behind by a power cut; the id is that of a living process now.
    writeFileSync(
      join(folder, 'lock.json'),
      JSON.stringify({ pid: process.ppid, since: '2020-01-01T00:00:00Z' }),
    );
    await visit(folder);
  });

  it.each(['zeros', 'random', 'folder'])('is made anew where it is damaged: %s', async how => {
    const folder = await temporaryFolder();
    const path = join(folder, 'lock.db');
    if (how === 'folder') mkdirSync(path);
    else writeFileSync(path, Buffer.alloc(5_000, how === 'zeros' ? 0 : 7));
    const state = await opening(folder);
    await expect(opening(folder)).rejects.toMatchObject({ code: 'state-locked' });
    expect(await state.damaged()).toContain('lock.db.corrupt-');
    state.close();
  });
});

describe('a folder that cannot be written to', () => {
  it('is said, and no error: a file in its place', async () => {
    const path = join(await temporaryFolder(), 'file');
    writeFileSync(path, '');
    const { log, lines } = readableLog();
    const state = await openState({ stateDir: path, appVersion: '1', clock: systemClock, log });
    expect(state.notKept).toMatch(/^state-unwritable: /);
    expect(lines).toMatchObject([{ err: { code: 'state-unwritable' } }]);
    state.close();
  });

  it('is said, and no error: a full disk', async context => {
    const disk = await smallDisk();
    if (disk === null) return context.skip('a disk can be mounted by root only');
    const folder = join(disk, 'state');
    await visit(folder);
    mkdirSync(join(disk, 'new'));
    fill(disk);
    expect((await visit(folder)).notKept).toMatch(/^disk-full: /);
    expect((await visit(join(disk, 'new'))).notKept).toMatch(/^disk-full: /);
    for (const name of readdirSync(disk)) if (name.startsWith('other')) rmSync(join(disk, name));
    expect((await visit(folder)).notKept).toBeNull();
  });

  it('is said, and no error: a read-only disk', async context => {
    const disk = await smallDisk();
    if (disk === null) return context.skip('a disk can be mounted by root only');
    await visit(disk);
    remount(disk, 'ro');
    expect((await visit(disk)).notKept).toMatch(/^state-unwritable: /);
    remount(disk, 'rw');
    expect((await visit(disk)).notKept).toBeNull();
  });
});

it('what was set aside does not pile up', async () => {
  const folder = await temporaryFolder();
  for (let day = 1; day <= 6; day++)
    writeFileSync(join(folder, `x.db.corrupt-2026-05-0${day}T09-00-00.000Z`), '');
  mkdirSync(join(folder, 'learning'));
  writeFileSync(join(folder, 'learning', 'y.db.corrupt-2026-05-01T09-00-00.000Z'), '');
  await visit(folder);
  const left = await setAsideFiles(folder);
  expect(left).toEqual([
    'learning/y.db.corrupt-2026-05-01T09-00-00.000Z',
    ...[4, 5, 6].map(day => `x.db.corrupt-2026-05-0${day}T09-00-00.000Z`),
  ]);
});
