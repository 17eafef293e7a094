import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readArchive } from '../../../src/host/backup/archive.ts';
import { checkArchive, restoreState } from '../../../src/host/backup/restore.ts';
import { lockState } from '../../../src/host/state/lock.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { fill, smallDisk } from '../../support/small-disk.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { backUp, type Crafted, contentOf, craft, fillState, openNotes } from './support.ts';

const clock = fakeClock();

async function folders() {
  const folder = await temporaryFolder();
  const stateDir = join(folder, 'state');
  fillState(stateDir, 'saved');
  return { folder, stateDir, archive: join(folder, 'b.tar'), other: join(folder, 'other') };
}

function listed(archive: string): string[] {
  return execFileSync('tar', ['-tzf', archive], { encoding: 'utf8' }).trim().split('\n');
}

function restoring(from: string, stateDir: string, databases: Record<string, number> = {}) {
  const accept = () => undefined;
  return restoreState({ from, stateDir, accept, databases, appVersion: '1.0.0', now: () => clock.now() });
}

describe('a backup', () => {
  it('restored elsewhere is the state of before, without the events that wait', async () => {
    const { stateDir, archive, other } = await folders();
    const made = await backUp(stateDir, archive);
    expect(made).toMatchObject({ files: 6, pictures: 1, damaged: [] });
    const { aside, ...restored } = await restoring(archive, other);
    expect(restored).toMatchObject({ manifest: { site: 'pier' }, files: 6, pictures: 1 });
    expect(aside).toBeNull();
    expect(contentOf(other)).toEqual(contentOf(stateDir));
    expect(readdirSync(other)).not.toContain('outbox.db');
    expect(readdirSync(other)).not.toContain('backups');
  });

  it('is for its owner alone, a tar archive, and nothing else is left beside it', async () => {
    const { folder, stateDir, archive } = await folders();
    await backUp(stateDir, archive);
    expect(statSync(archive).mode & 0o777).toBe(0o600);
    expect(listed(archive)).toContain('state/heads/empty');
    expect(readdirSync(folder).sort()).toEqual(['b.tar', 'state']);
  });

  it('can leave the pictures out', async () => {
    const { stateDir, archive, other } = await folders();
    await backUp(stateDir, archive, false);
    await restoring(archive, other);
    expect(Object.keys(contentOf(other))).toEqual([
      'heads/current',
      'heads/empty',
      'history.db',
      'version.json',
      'view.json',
    ]);
  });

  it('is of one moment while a daemon has the folder and writes', async () => {
    const { stateDir, archive, other } = await folders();
    const lock = lockState(stateDir, clock.now());
    const { database } = openNotes(join(stateDir, 'history.db'));
    onTestFinished(() => {
      database.close();
      lock.release();
    });
    // In the log of the database only.
    database.run("INSERT INTO t VALUES ('newer')");
    expect(statSync(join(stateDir, 'history.db-wal')).size).toBeGreaterThan(0);
    await backUp(stateDir, archive);
    await restoring(archive, other);
    expect(contentOf(other)['history.db']).toBe('[{"x":"saved"},{"x":"newer"}]');
  });

  it('has a head that waits for approval, without its picture of the beach', async () => {
    const { stateDir, archive } = await folders();
    mkdirSync(join(stateDir, 'models/held/h'), { recursive: true });
    for (const name of ['held.json', 'overlay.jpg'])
      writeFileSync(join(stateDir, 'models/held/h', name), 'x');
    await backUp(stateDir, archive);
    expect(listed(archive).filter(path => path.includes('held'))).toEqual(['state/models/held/h/held.json']);
  });

  it('tells of a damaged database, and has the rest', async () => {
    const { stateDir, archive } = await folders();
    writeFileSync(join(stateDir, 'history.db'), Buffer.alloc(9_000, 7));
    const { damaged } = await backUp(stateDir, archive);
    expect(damaged).toEqual(['history.db']);
    expect(listed(archive)).toContain('state/view.json');
  });

  it('overwrites nothing, and is not put into what it saves', async () => {
    const { folder, stateDir, archive } = await folders();
    writeFileSync(archive, 'mine');
    await expect(backUp(stateDir, archive)).rejects.toMatchObject({ code: 'backup-exists' });
    expect(readFileSync(archive, 'utf8')).toBe('mine');
    for (const to of [join(stateDir, 'b.tar'), join(folder, 'nowhere', 'b.tar')])
      await expect(backUp(stateDir, to)).rejects.toMatchObject({ code: 'backup-failed' });
    const nothing = backUp(join(folder, 'nothing'), join(folder, 'c.tar'));
    await expect(nothing).rejects.toMatchObject({ code: 'backup-failed' });
    expect(readdirSync(folder).sort()).toEqual(['b.tar', 'state']);
  });

  it('takes no notice of what one that was killed left behind', async () => {
    const { folder, stateDir, archive } = await folders();
    mkdirSync(join(folder, 'b.tar.new', 'state'), { recursive: true });
    writeFileSync(join(folder, 'b.tar.new', 'archive'), 'half');
    await backUp(stateDir, archive);
    expect(readdirSync(folder).sort()).toEqual(['b.tar', 'state']);
  });

  it('on a full disk leaves nothing behind', async context => {
    const disk = await smallDisk();
    if (disk === null) return context.skip('a disk can be mounted by root only');
    const { stateDir } = await folders();
    writeFileSync(join(stateDir, 'learning/frames/2026-06-01/y.jpg'), Buffer.alloc(1_000_000));
    fill(disk);
    const before = readdirSync(disk).length;
    await expect(backUp(stateDir, join(disk, 'b.tar'))).rejects.toMatchObject({ code: 'backup-failed' });
    // Room for all but the picture.
    rmSync(join(disk, 'other-100000-0'));
    await expect(backUp(stateDir, join(disk, 'b.tar'))).rejects.toThrow(/no space left/);
    expect(readdirSync(disk)).toHaveLength(before - 1);
  });
});

describe('a damaged archive', () => {
  it('is found, whichever byte is another and wherever it ends', async () => {
    const { stateDir, archive, folder } = await folders();
    for (const name of ['history.db', 'outbox.db', 'heads', 'learning'])
      rmSync(join(stateDir, name), { recursive: true });
    await backUp(stateDir, archive);
    const whole = readFileSync(archive);
    const [content, damaged] = [await namesAndBytes(archive), join(folder, 'damaged.tar.gz')];
    let refused = 0;
    for (let at = 0; at < whole.length; at++) {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
      writeFileSync(damaged, changed);
      const found = await namesAndBytes(damaged).catch((error: unknown) => {
        expect(error).toMatchObject({ code: 'backup-unreadable' });
        return null;
      });
      if (found === null) refused += 1;
      else expect(found).toEqual(content);
    }
    // A few bits say nothing of what is in it: the time in the header of gzip, say.
    expect(refused).toBeGreaterThan(0.9 * whole.length);
    for (let end = 0; end < whole.length; end++) {
      writeFileSync(damaged, whole.subarray(0, end));
      await expect(checkArchive({ from: damaged })).rejects.toMatchObject({ code: 'backup-unreadable' });
    }
  });

  it('changes nothing', async () => {
    const { stateDir, archive, other } = await folders();
    await backUp(stateDir, archive);
    fillState(other, 'here');
    const before = contentOf(other);
    const bytes = readFileSync(archive);
    const middle = Math.floor(bytes.length / 2);
    bytes[middle] = (bytes[middle] ?? 0) ^ 1;
    writeFileSync(archive, bytes);
    await expect(restoring(archive, other)).rejects.toMatchObject({ code: 'backup-unreadable' });
    expect(contentOf(other)).toEqual(before);
    await expect(restoring(join(other, 'nothing.tar'), other)).rejects.toMatchObject({
      code: 'backup-unreadable',
    });
    await expect(restoring(other, other)).rejects.toMatchObject({ code: 'backup-unreadable' });
  });
});

async function namesAndBytes(path: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  const file = await open(path);
  try {
    const take = async (name: string, bytes: AsyncIterable<Buffer>) => {
      found[name] = (await buffer(bytes)).toString('hex');
    };
    const { manifest } = await readArchive(file, path, { take });
    return { ...found, manifest: JSON.stringify(manifest) };
  } finally {
    await file.close();
  }
}

describe('an archive that another program made', () => {
  const plain: Crafted = { name: 'state/view.json', content: '{}' };
  const wrong: readonly (readonly [what: string, files: readonly Crafted[], manifest?: object | null])[] = [
    ['climbs out', [{ name: 'state/../../out', content: 'x' }]],
    ['climbs out at once', [{ name: '../out', content: 'x' }]],
    ['has an absolute path', [{ name: '/tmp/surfwatch-out', content: 'x' }]],
    ['has a path of Windows', [{ name: 'state/..\\out', content: 'x' }]],
    ['has an empty part', [{ name: 'state//out', content: 'x' }]],
    ['has a NUL', [{ name: 'state/a\u0001b', content: 'x' }]],
    ['has too long a name', [{ name: `state/${'x'.repeat(256)}`, content: 'x' }]],
    ['has too long a name in bytes', [{ name: `state/${'ü'.repeat(128)}/x`, content: 'x' }]],
    ['has too long a path', [{ name: `state/${'long/'.repeat(300)}x`, content: 'x' }]],
    ['has another folder', [{ name: 'etc/passwd', content: 'x' }]],
    ['has a symbolic link', [{ name: 'state/l', type: 'symlink', linkname: '/etc/passwd' }]],
    ['has a hard link', [{ name: 'state/l', type: 'link', linkname: '/etc/passwd' }]],
    ['has a device', [{ name: 'state/d', type: 'character-device', devmajor: 1, devminor: 3 }]],
    ['has a pipe', [{ name: 'state/p', type: 'fifo' }]],
    ['has a folder', [{ name: 'state/f', type: 'directory' }]],
    ['has a lock', [{ name: 'state/lock.db', content: 'x' }]],
    ['has a restore', [{ name: 'state/restore/plan.json', content: '{}' }]],
    ['has backups', [{ name: 'state/backups/x', content: 'x' }]],
    ['is of a newer format', [plain], { format: 3 }],
    ['tells no site', [plain], { site: undefined }],
    ['has no manifest', [plain], null],
  ];

  it.each(wrong.map(([what, ...given]) => ({ what, given })))(
    'is refused where it $what',
    async ({ given }) => {
      const [files, manifest] = given;
      const folder = await temporaryFolder();
      const stateDir = join(folder, 'a', 'state');
      fillState(stateDir, 'here');
      const before = contentOf(stateDir);
      const from = await craft(join(folder, 'evil.tar'), files, manifest);
      await expect(restoring(from, stateDir)).rejects.toMatchObject({ code: 'backup-unreadable' });
      expect(contentOf(stateDir)).toEqual(before);
      expect(readdirSync(folder, { recursive: true }).map(String)).not.toContain('out');
      expect(existsSync('/tmp/surfwatch-out')).toBe(false);
    },
  );

  it.each([
    ['a file twice', [plain, plain]],
    ['a file beneath a file', [plain, { name: 'state/view.json/x', content: 'x' }]],
  ])('changes nothing where it has %s', async (_, files) => {
    const folder = await temporaryFolder();
    const stateDir = join(folder, 'state');
    fillState(stateDir, 'here');
    const before = contentOf(stateDir);
    const from = await craft(join(folder, 'evil.tar'), files);
    await expect(restoring(from, stateDir)).rejects.toMatchObject({ code: 'state-unwritable' });
    expect(contentOf(stateDir)).toEqual(before);
  });

  it('is taken where it is as it should be', async () => {
    const folder = await temporaryFolder();
    const from = await craft(join(folder, 'good.tar'), [plain]);
    await restoring(from, join(folder, 'state'));
    expect(contentOf(join(folder, 'state'))).toEqual({ 'view.json': '{}' });
  });
});

const NOBODY = 65_534;

describe.skipIf(process.geteuid?.() !== 0)('a restore that root runs in a folder of the service', () => {
  /** A folder of root, one of the service beside it, and a backup that root alone may read. */
  async function foreign() {
    const { stateDir, archive } = await folders();
    await backUp(stateDir, archive);
    const top = await temporaryFolder();
    const [other, target] = [join(top, 'service'), join(top, 'of-root')];
    for (const folder of [other, target]) mkdirSync(folder);
    for (const folder of [top, target]) chmodSync(folder, 0o755);
    writeFileSync(join(target, 'file'), 'of root');
    fillState(other, 'here');
    for (const name of ['', ...readdirSync(other, { recursive: true }).map(String)])
      chownSync(join(other, name), NOBODY, NOBODY);
    return { archive, other, target };
  }

  const untouched = (target: string) => {
    expect(readdirSync(target)).toEqual(['file']);
    expect(readFileSync(join(target, 'file'), 'utf8')).toBe('of root');
    expect([statSync(target).uid, statSync(join(target, 'file')).uid]).toEqual([0, 0]);
    expect([process.geteuid?.(), process.getegid?.()]).toEqual([0, 0]);
  };

  it('gives all of it to the owner of the folder', async () => {
    const { archive, other } = await foreign();
    await restoring(archive, other);
    const paths = readdirSync(other, { recursive: true }).map(String);
    expect(paths).toContain('view.json');
    expect(paths.filter(path => statSync(join(other, path)).uid !== NOBODY)).toEqual([]);
    expect(process.geteuid?.()).toBe(0);
  });

  it.each(['backups', 'lock.json', 'lock.db', 'restore.new', 'restore'])(
    'does nothing to where %s leads',
    async name => {
      const { archive, other, target } = await foreign();
      rmSync(join(other, name), { force: true });
      symlinkSync(name.startsWith('lock') ? join(target, 'file') : target, join(other, name));
      lchownSync(join(other, name), NOBODY, NOBODY);
      await restoring(archive, other).catch((error: unknown) => {
        expect(error).toMatchObject({ code: 'state-unwritable' });
      });
      untouched(target);
    },
  );

  it('is refused where a link of the service leads to a folder of root', async () => {
    const { archive, other, target } = await foreign();
    symlinkSync(target, join(other, 'link'));
    lchownSync(join(other, 'link'), NOBODY, NOBODY);
    await expect(restoring(archive, join(other, 'link'))).rejects.toMatchObject({
      code: 'restore-not-owner',
    });
    untouched(target);
  });
});

describe('a restore', () => {
  it('puts what was there aside', async () => {
    const { stateDir, archive, other } = await folders();
    await backUp(stateDir, archive);
    fillState(other, 'here');
    writeFileSync(join(other, 'only-here.json'), '1');
    mkdirSync(join(other, 'backups', '0.9.0-2026-01-01T00-00-00.000Z'), { recursive: true });
    const before = contentOf(other);
    const { aside } = await restoring(archive, other);
    expect(contentOf(other)).toEqual(contentOf(stateDir));
    expect(contentOf(aside ?? '')).toEqual(before);
    expect(readdirSync(join(other, 'backups'))).toHaveLength(2);
    expect(readdirSync(other).filter(name => name.startsWith('restore'))).toEqual([]);
  });

  it('is refused while a daemon works in the folder', async () => {
    const { stateDir, archive } = await folders();
    await backUp(stateDir, archive);
    const lock = lockState(stateDir, clock.now());
    onTestFinished(() => lock.release());
    await expect(restoring(archive, stateDir)).rejects.toMatchObject({ code: 'state-locked' });
  });

  it('of a newer version is refused, and nothing changes', async () => {
    const { stateDir, archive, other, folder } = await folders();
    writeFileSync(join(stateDir, 'version.json'), '{"state":99,"app":"7.0.0"}');
    await backUp(stateDir, archive);
    fillState(other, 'here');
    const before = contentOf(other);
    await expect(restoring(archive, other)).rejects.toMatchObject({ code: 'state-newer' });
    writeFileSync(join(stateDir, 'version.json'), '{"state":1,"app":"1.0.0"}');
    const again = join(folder, 'c.tar');
    await backUp(stateDir, again);
    const newer = restoring(again, other, { 'history.db': 0 });
    await expect(newer).rejects.toMatchObject({ code: 'database-newer' });
    expect(contentOf(other)).toEqual(before);
    await restoring(again, other, { 'history.db': 1 });
    expect(contentOf(other)['view.json']).toBe('saved');
  });

  it('on a full disk changes nothing', async context => {
    const disk = await smallDisk();
    if (disk === null) return context.skip('a disk can be mounted by root only');
    const { stateDir, archive } = await folders();
    writeFileSync(join(stateDir, 'learning/frames/2026-06-01/y.jpg'), Buffer.alloc(1_000_000));
    await backUp(stateDir, archive);
    const other = join(disk, 'state');
    fillState(other, 'here');
    const before = contentOf(other);
    fill(disk);
    rmSync(join(disk, 'other-100000-0'));
    await expect(restoring(archive, other)).rejects.toMatchObject({ code: 'disk-full' });
    for (const name of readdirSync(disk)) if (name.startsWith('other-')) rmSync(join(disk, name));
    expect(contentOf(other)).toEqual(before);
  });
});
