/** `surfwatch restore`: puts a backup in the place of what a board has. */
import { resolve } from 'node:path';
import { Command } from 'commander';
import { systemClock } from '../base/clock.ts';
import { createLogger, partLogger } from '../base/log.ts';
import { packageVersion } from '../base/version.ts';
import { SurfwatchError } from '../errors.ts';
import { MIGRATIONS as HISTORY } from '../history/schema.ts';
import type { Manifest } from '../host/backup/manifest.ts';
import { checkArchive, restoreState } from '../host/backup/restore.ts';
import { asOwnerOf } from '../host/state/as-owner.ts';
import { openState } from '../host/state/open.ts';
import { MIGRATIONS as ARCHIVE } from '../learning/archive/schema.ts';
import { megabytes } from './backup.ts';
import { localTime } from './daemon/words.ts';
import { addConfigOptions, type ConfigOptions } from './options.ts';
import { startProgress } from './progress.ts';
import { type NewConfig, newConfig } from './restore-config.ts';
import { stateFolderOf } from './state-folder.ts';

interface RestoreFlags extends ConfigOptions {
  readonly withConfig: boolean;
  readonly dryRun: boolean;
  readonly force: boolean;
  readonly json: boolean;
}

export function restoreCommand(): Command {
  return addConfigOptions(new Command('restore'))
    .description('put a backup in the place of what a board has; that is kept aside')
    .argument('<file>', 'a file that surfwatch backup has made')
    .option('--with-config', 'put the config files of the backup in the place of those of -c too', false)
    .option('--dry-run', 'only check the backup wholly and say what is in it', false)
    .option('--force', 'restore it also where it is of another site than the settings', false)
    .option(
      '--json',
      'answer with one JSON object: file, stateDir, site, host, createdAt, surfwatch, files, pictures, config, aside, restored',
      false,
    )
    .addHelpText('after', HELP)
    .action(restore);
}

const HELP = `
Stop the daemon first: it is refused while one works in the state folder (state-locked). The backup is checked wholly,
each file by its SHA-256, before anything changes, and the state folder changes as a whole: after a power cut there is
the old state or the new one. What was there is moved to backups/before-restore-<time> in the state folder; delete it
when all is well. One of an older version is migrated; one of a newer version is refused. There must be room for the
backup beside the old state.

Without --with-config the config stays as it is. With it, each file it replaces is kept as FILE.before-restore-<time>.
Passwords, certificates and users files that the config names are not in a backup: bring them yourself.

Examples:
  $ surfwatch restore --dry-run north-pier.tar
  $ sudo systemctl stop surfwatch && sudo surfwatch restore -c /etc/surfwatch/config.json north-pier.tar
  $ surfwatch restore -c board.json --with-config north-pier.tar
`;

/** Versions of the databases that this program knows. */
const DATABASES = { 'history.db': HISTORY.length, 'learning/learning.db': ARCHIVE.length };

async function restore(given: string, flags: RestoreFlags): Promise<void> {
  process.umask(0o077);
  const from = resolve(given);
  const progress = startProgress(flags.dryRun ? 'checked, % ' : 'restored, % ', 100);
  try {
    if (flags.dryRun) {
      const manifest = await checkArchive(from, progress.to);
      progress.stop();
      return tell(flags, from, manifest, { stateDir: null, aside: null });
    }
    const config = await newConfig(flags, from, systemClock.now());
    try {
      const stateDir = stateFolderOf(config.loaded);
      const { site } = config.loaded.settings;
      const { manifest, aside } = await restoreState({
        from,
        stateDir,
        accept: found => refuseOtherSite(found, site, flags.force),
        databases: DATABASES,
        appVersion: packageVersion(),
        now: systemClock.now,
        onProgress: progress.to,
      });
      progress.stop();
      await config.putInPlace();
      await bringUpToDate(config, stateDir);
      tell(flags, from, manifest, { stateDir, aside });
    } finally {
      await config.drop();
    }
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

/** A daemon that was started in this instant sees to it itself. */
async function bringUpToDate({ loaded }: NewConfig, stateDir: string): Promise<void> {
  const log = partLogger(createLogger({ ...loaded.settings.log, level: 'warn' }), 'ops');
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

function tell({ json }: RestoreFlags, file: string, manifest: Manifest, where: Where): void {
  const { site, host, createdAt, surfwatch, config, files, damaged } = manifest;
  const pictures = files.filter(({ path }) => path.endsWith('.jpg')).length;
  const restored = where.stateDir !== null;
  if (json) {
    const told = { file, site, host, createdAt, surfwatch, files: files.length, pictures, config, damaged };
    console.log(JSON.stringify({ ...told, ...where, restored }));
    return;
  }
  const bytes = files.reduce((sum, one) => sum + one.bytes, 0);
  console.log(`backup    of ${site} on ${host}, ${localTime(new Date(createdAt))}, surfwatch ${surfwatch}`);
  console.log(`files     ${files.length}, ${pictures} of them pictures, ${megabytes(bytes)}; all whole`);
  console.log(`config    ${config.length === 0 ? 'none' : config.join(', ')}`);
  for (const path of damaged) console.log(`it lacks  ${path}, which was damaged`);
  if (where.stateDir !== null) console.log(`restored  to ${where.stateDir}`);
  if (where.aside !== null) console.log(`before    is kept in ${where.aside}`);
}
