import { readdirSync } from 'node:fs';
import * as files from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import { openState } from '../../../src/host/state/open.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { silent } from '../../support/log.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { backUp, contentOf, fillState } from './support.ts';

/** From that change on the disk takes nothing: as after a power cut, for whatever the program still tries. */
const power = vi.hoisted(() => ({ left: Number.POSITIVE_INFINITY }));

vi.mock('node:fs/promises', async importOriginal => {
  const original = await importOriginal<typeof files>();
  const cut = <F extends (...args: never[]) => unknown>(change: F) =>
    ((...args: Parameters<F>) => {
      power.left -= 1;
      if (power.left < 0) throw new Error('the power is cut');
      return change(...args);
    }) as F;
  const { rename, rm, mkdir, chown } = original;
  const guarded = { rename: cut(rename), rm: cut(rm), mkdir: cut(mkdir), chown: cut(chown) };
  const open: typeof original.open = (path, flags, mode) =>
    String(flags).startsWith('r') ? original.open(path, flags, mode) : cut(original.open)(path, flags, mode);
  return { ...original, ...guarded, open };
});

// Other tests of this process have loaded what restores with the real disk, and others want it so again.
vi.resetModules();
const { restoreState } = await import('../../../src/host/backup/restore.ts');
afterAll(() => void vi.resetModules());

it('a power cut between any two changes leaves the old state or the new one', async () => {
  const clock = fakeClock();
  const folder = await temporaryFolder();
  const saved = join(folder, 'saved');
  const archive = join(folder, 'b.tar');
  // Databases are files like the others here.
  fillState(saved, 'saved', []);
  await backUp(saved, archive);
  const next = contentOf(saved);
  const seen = { old: 0, new: 0 };
  for (let changes = 0; ; changes++) {
    const stateDir = join(folder, `cut-${changes}`);
    fillState(stateDir, 'here', []);
    const old = contentOf(stateDir);
    const order = { from: archive, stateDir, accept: () => undefined, databases: {}, appVersion: '1.0.0' };
    power.left = changes;
    const ended = await restoreState({ ...order, now: clock.now }).then(
      () => 'whole',
      () => 'cut',
    );
    power.left = Number.POSITIVE_INFINITY;
    (await openState({ stateDir, appVersion: '1.0.0', clock, log: silent })).close();
    expect(readdirSync(stateDir).filter(name => name.startsWith('restore'))).toEqual([]);
    const found = contentOf(stateDir);
    const isNew = found['view.json'] === 'saved';
    expect(found).toEqual(isNew ? next : old);
    if (isNew) {
      const [aside = ''] = readdirSync(join(stateDir, 'backups'));
      expect(contentOf(join(stateDir, 'backups', aside))).toEqual(old);
    }
    seen[isNew ? 'new' : 'old'] += 1;
    await files.rm(stateDir, { recursive: true });
    if (ended === 'whole') break;
  }
  expect(seen.old).toBeGreaterThan(5);
  expect(seen.new).toBeGreaterThan(5);
});
