/** Opens the state folder before anything in it is opened: locks it, and brings it up to this version of the program. */
import type { Logger } from 'pino';
import type { Clock } from '../../base/clock.ts';
import { storageError } from '../../base/storage-error.ts';
import { SurfwatchError } from '../../errors.ts';
import { makeBackup } from './backups.ts';
import { lockFolder, type StateLock } from './lock.ts';
import { STATE_MIGRATIONS, type StateMigration } from './migrations.ts';
import { finishRestore } from './restore.ts';
import { newlySetAside, pruneSetAside, setAsideFiles } from './set-aside.ts';
import { findVersion, refuseNewer, type StateVersion, writeVersion } from './version-file.ts';

export interface StateParts {
  readonly stateDir: string;
  /** Version of surfwatch. */
  readonly appVersion: string;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Logger;
  /** Default: those of this program. */
  readonly migrations?: readonly StateMigration[];
}

export interface OpenedState {
  /** Why nothing can be kept in the folder, for the alert `state-not-kept`; null where all is well. */
  readonly notKept: string | null;
  /** What was found damaged since it was opened, for the alert `state-damaged`; null where nothing was. */
  readonly damaged: () => Promise<string | null>;
  /** Gives the lock up. */
  readonly close: () => void;
}

/**
 * A folder that cannot be written to is no error: the parts go on in memory.
 *
 * @throws SurfwatchError `state-locked`, `state-newer`, `state-backup-failed`, `restore-unfinished`, and what a migration
 * throws
 */
export async function openState(parts: StateParts): Promise<OpenedState> {
  const { stateDir, clock, log } = parts;
  const before = await setAsideFiles(stateDir);
  const damaged = () => newlySetAside(stateDir, before);
  let lock: StateLock | undefined;
  try {
    const fault = await tryToLock(parts, opened => {
      lock = opened;
    });
    if (fault !== null)
      log.error({ err: fault }, 'the state folder cannot be written to: nothing new is kept');
    if (await finishRestore(stateDir)) log.warn('an interrupted restore is finished');
    if (lock !== undefined) await pruneSetAside(stateDir);
    const unkept = (await bringUpToDate(parts, clock.now())) ?? fault;
    const notKept = unkept === null ? null : `${unkept.code}: ${unkept.message}`;
    return { notKept, damaged, close: () => lock?.release() };
  } catch (error) {
    lock?.release();
    throw error;
  }
}

/** @returns why nothing can be written there, else null */
async function tryToLock(
  { stateDir, clock }: StateParts,
  onLocked: (lock: StateLock) => void,
): Promise<SurfwatchError | null> {
  try {
    const lock = await lockFolder(stateDir, clock.now());
    onLocked(lock);
    return lock.fault;
  } catch (error) {
    if (!(error instanceof SurfwatchError) || error.code === 'state-locked') throw error;
    return error;
  }
}

/** @returns why the version cannot be kept, else null */
async function bringUpToDate(parts: StateParts, now: number): Promise<SurfwatchError | null> {
  const { stateDir, appVersion: app, log, migrations = STATE_MIGRATIONS } = parts;
  const newest = migrations.at(-1)?.to ?? 0;
  try {
    const { version, setAside } = await findVersion(stateDir, now);
    if (setAside !== null)
      log.error({ setAside }, 'the version of the state folder was damaged and set aside');
    if (version === null) await writeVersion(stateDir, { state: newest, app });
    else await update(version, parts, migrations, newest);
    return null;
  } catch (error) {
    if (error instanceof SurfwatchError) throw error;
    return storageError(error, stateDir);
  }
}

async function update(
  found: StateVersion,
  { stateDir, appVersion: app, clock, log }: StateParts,
  migrations: readonly StateMigration[],
  newest: number,
): Promise<void> {
  refuseNewer(found, stateDir, app, newest);
  if (found.state === newest && found.app === app) return;
  const due = migrations.filter(({ to }) => to > found.state);
  // A new program may also change the databases, each by itself, when it opens them.
  const name = found.app === '' ? `state-${found.state}` : found.app;
  try {
    const { folder, damaged } = await makeBackup(stateDir, name, clock.now());
    const to = { state: newest, app };
    log.info({ from: found, to, backup: folder, damaged }, 'the state folder is being migrated');
  } catch (error) {
    // Without a backup nothing is changed; but where nothing is to be changed here, watching goes on.
    if (due.length > 0) throw error;
    log.warn({ err: error }, 'the state folder cannot be copied before the update');
    return;
  }
  for (const { to, what, run } of due) {
    await run(stateDir);
    await writeVersion(stateDir, { state: to, app: found.app });
    log.info({ to, what }, 'the state folder was migrated');
  }
  await writeVersion(stateDir, { state: newest, app });
}
