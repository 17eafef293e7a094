/** `surfwatch restore`: puts a backup in the place of what a board has. */
import { resolve } from 'node:path';
import { Command } from 'commander';
import { systemClock } from '../base/clock.ts';
import { createLogger, partLogger } from '../base/log.ts';
import { packageVersion } from '../base/version.ts';
import type { LoadedConfig } from '../config/load.ts';
import { SurfwatchError } from '../errors.ts';
import { MIGRATIONS as HISTORY } from '../history/schema.ts';
import type { Manifest } from '../host/backup/archive.ts';
import { type CheckedArchive, checkArchive, restoreState } from '../host/backup/restore.ts';
import { asOwnerOf } from '../host/state/as-owner.ts';
import { openState } from '../host/state/open.ts';
import { MIGRATIONS as ARCHIVE } from '../learning/archive/schema.ts';
import { megabytes } from './backup.ts';
import { localTime } from './daemon/words.ts';
import { addConfigOptions, addSiteOption, type ConfigOptions, settingsFrom } from './options.ts';
import { startProgress } from './progress.ts';
import { stateFolderOf } from './state-folder.ts';

interface RestoreFlags extends ConfigOptions {
  readonly dryRun: boolean;
  readonly force: boolean;
  readonly json: boolean;
}

export function restoreCommand(): Command {
  return addSiteOption(addConfigOptions(new Command('restore')))
    .description('restore the state of a board from a backup; the old state is kept')
    .argument('<file>', 'a file that surfwatch backup has made')
    .option('--dry-run', 'only check the whole backup and say what is in it', false)
    .option('--force', 'restore it even if it is from another site than the settings', false)
    .option(
      '--json',
      'answer with one JSON object: file, stateDir, site, host, createdAt, surfwatch, files, pictures, config, damaged, aside, restored',
      false,
    )
    .addHelpText('after', HELP)
    .action(restore);
}

const HELP = `
Stop the daemon first: restore refuses while one works in the state folder (state-locked). The whole backup is checked
before anything changes, and the state is replaced as a whole: a power cut leaves either the old state or the new one. The old
state is moved to backups/before-restore-<time> in the state folder; delete it when all is well. A backup of an older version
is migrated; one of a newer version is refused. The disk must have room for the backup beside the old state.

The config is not changed. The backup has its config files as config/0.json and so on: extract them with tar.
Passwords, certificates and users files that the config names are not in a backup: copy them yourself.

Examples:
  $ surfwatch restore --dry-run north-pier.tar.gz
  $ sudo systemctl stop surfwatch && sudo surfwatch restore -c /etc/surfwatch/config.json north-pier.tar.gz
  $ tar -xzOf north-pier.tar.gz config/0.json > board.json
`;

/** Versions of the databases that this program knows. */
const DATABASES = { 'history.db': HISTORY.length, 'learning/learning.db': ARCHIVE.length };

async function restore(given: string, flags: RestoreFlags): Promise<void> {
  process.umask(0o077);
  const from = resolve(given);
  const progress = startProgress(flags.dryRun ? 'checked, % ' : 'restored, % ', 100);
  try {
    if (flags.dryRun) {
      const checked = await checkArchive({ from, onProgress: progress.to });
      progress.stop();
      return tell(flags, from, checked, { stateDir: null, aside: null });
    }
    const loaded = settingsFrom(flags);
    const stateDir = stateFolderOf(loaded);
    const restored = await restoreState({
      from,
      stateDir,
      accept: found => refuseOtherSite(found, loaded.settings.site, flags.force),
      databases: DATABASES,
      appVersion: packageVersion(),
      now: systemClock.now,
      onProgress: progress.to,
    });
    progress.stop();
    await bringUpToDate(loaded, stateDir);
    tell(flags, from, restored, { stateDir, aside: restored.aside });
  } finally {
    progress.stop();
  }
}

function refuseOtherSite({ site, host }: Manifest, here: string, force: boolean): void {
  if (site === here || force) return;
  throw new SurfwatchError(
    'backup-other-site',
    `it is of the site "${site}", on ${host}; here it is "${here}"`,
  );
}

/** Where a daemon has started in the meantime, that one does it. */
async function bringUpToDate({ settings }: LoadedConfig, stateDir: string): Promise<void> {
  const log = partLogger(createLogger({ ...settings.log, level: 'warn' }), 'ops');
  const parts = { stateDir, appVersion: packageVersion(), clock: systemClock, log };
  try {
    await asOwnerOf(stateDir, async () => (await openState(parts)).close());
  } catch (error) {
    if (!(error instanceof SurfwatchError && error.code === 'state-locked')) throw error;
  }
}

interface Where {
  /** Null where it was only checked. */
  readonly stateDir: string | null;
  readonly aside: string | null;
}

function tell({ json }: RestoreFlags, file: string, checked: CheckedArchive, where: Where): void {
  const { manifest, files, pictures, bytes } = checked;
  const { site, host, createdAt, surfwatch, config, damaged } = manifest;
  if (json) {
    const told = { file, site, host, createdAt, surfwatch, files, pictures, config, damaged };
    console.log(JSON.stringify({ ...told, ...where, restored: where.stateDir !== null }));
    return;
  }
  console.log(`backup    of ${site} on ${host}, ${localTime(new Date(createdAt))}, surfwatch ${surfwatch}`);
  console.log(`files     ${files}, ${pictures} of them pictures, ${megabytes(bytes)}; none damaged`);
  console.log(`config    ${config.length === 0 ? 'none' : config.join(', ')}`);
  for (const path of damaged) console.log(`it lacks  ${path}, which was damaged`);
  if (where.stateDir !== null) console.log(`restored  to ${where.stateDir}`);
  if (where.aside !== null) console.log(`before    is kept in ${where.aside}`);
}
