/** Works in a folder with no more rights than its owner has, where root does: what lies in it may lead anywhere. */
import { lstatSync, realpathSync, type Stats, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { SurfwatchError } from '../../errors.ts';

/**
 * A link in a folder of the service, followed by root, would hand a file of root to the service. For one who is not root
 * nothing changes. Other work of this process meanwhile has the rights of the owner too.
 *
 * @param folder that is not there yet is the one of who has the folder it comes into
 * @throws SurfwatchError `restore-not-owner`; what `work` throws
 */
export async function asOwnerOf<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const { setgroups, setegid, seteuid, getgroups, getegid, geteuid } = process;
  if (geteuid?.() !== 0 || !setgroups || !setegid || !seteuid || !getgroups || !getegid) return work();
  const owner = ownerOf(folder);
  if (owner.uid === 0) return work();
  const before = { groups: getgroups(), gid: getegid() };
  setgroups([owner.gid]);
  setegid(owner.gid);
  seteuid(owner.uid);
  try {
    return await work();
  } finally {
    seteuid(0);
    setegid(before.gid);
    setgroups(before.groups);
  }
}

function ownerOf(folder: string): Pick<Stats, 'uid' | 'gid'> {
  const way = wayTo(resolve(folder));
  const there = way.find(path => statSync(path, { throwIfNoEntry: false }) !== undefined) ?? '/';
  const owner = statSync(there);
  if (owner.uid !== 0) return owner;
  // Whoever has a folder or a link on the way may have it lead to any folder of root.
  const turn = [...way, ...wayTo(realpathSync(there))].find(
    path => (lstatSync(path, { throwIfNoEntry: false })?.uid ?? 0) !== 0,
  );
  if (turn === undefined) return owner;
  throw new SurfwatchError(
    'restore-not-owner',
    `${folder} is a folder of root, but ${turn} on the way to it is not`,
  );
}

/** The path, and all folders above it. */
function wayTo(path: string): string[] {
  const above = dirname(path);
  return above === path ? [path] : [path, ...wayTo(above)];
}
