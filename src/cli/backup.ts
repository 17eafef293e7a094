/** `surfwatch backup`: what a board is and has learnt, as one file. */
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { systemClock } from '../base/clock.ts';
import { packageVersion } from '../base/version.ts';
import { makeArchive } from '../host/backup/make.ts';
import { addConfigOptions, addSiteOption, type ConfigOptions, settingsFrom } from './options.ts';
import { startProgress } from './progress.ts';
import { stateFolderOf } from './state-folder.ts';

interface BackupFlags extends ConfigOptions {
  readonly pictures: boolean;
  readonly force: boolean;
  readonly json: boolean;
}

export function backupCommand(): Command {
  return addSiteOption(addConfigOptions(new Command('backup')))
    .description('save what a board has learnt, its history and its config in one file')
    .argument('[file]', 'the file to write (default: surfwatch-<site>-<time>.tar.gz here)')
    .option('--no-pictures', 'leave out the pictures; keep labels and embeddings')
    .option('--force', 'overwrite the file if it exists', false)
    .option(
      '--json',
      'answer with one JSON object: file, bytes, files, pictures, stateDir, config, damaged, notIncluded',
      false,
    )
    .addHelpText('after', HELP)
    .action(backup);
}

const HELP = `
The daemon may be running. Give its settings; with /etc/surfwatch/config.json the state folder of the service is saved
(/var/lib/surfwatch).

The backup holds the heads, labels, pictures, history, view, settings changed while it ran, and the config files. It does
not hold files that the config names (passwords, certificates, users), which are listed; events that wait for the broker,
which would be sent twice; and backups/ of the state folder. Keep it as safe as a password: only its owner can read it
(mode 600), since the config may hold passwords and the pictures may show people.

It is a tar archive compressed by gzip; surfwatch restore puts it back. If the command is killed, it leaves FILE.new, which
can be deleted.

Examples:
  $ sudo surfwatch backup -c /etc/surfwatch/config.json /media/usb/north-pier.tar.gz
  $ surfwatch backup -c board.json --no-pictures
  $ surfwatch backup -c board.json --force last-night.tar.gz --json
`;

async function backup(given: string | undefined, flags: BackupFlags): Promise<void> {
  const loaded = settingsFrom(flags);
  const { settings, effective } = loaded;
  const stateDir = stateFolderOf(loaded);
  const now = systemClock.now();
  const to = resolve(given ?? `surfwatch-${settings.site}-${timeInName(now)}.tar.gz`);
  const config = loaded.files;
  const progress = startProgress('saved, % ', 100);
  try {
    const made = await makeArchive({
      to,
      stateDir,
      overwrite: flags.force,
      pictures: flags.pictures,
      origin: {
        surfwatch: packageVersion(),
        createdAt: new Date(now).toISOString(),
        site: settings.site,
        host: hostname(),
        config: [...config],
      },
      onProgress: progress.to,
    });
    progress.stop();
    const { archiveBytes, files, pictures, damaged } = made;
    const notIncluded = filesNamedBy(effective);
    if (flags.json) {
      const answer = { file: to, bytes: archiveBytes, files, pictures, stateDir, config, damaged };
      console.log(JSON.stringify({ ...answer, notIncluded }));
      return;
    }
    console.log(`saved ${files} files, ${pictures} of them pictures, as ${to} (${megabytes(archiveBytes)})`);
    console.log(`state folder  ${stateDir}`);
    console.log(`config        ${config.length === 0 ? 'none' : config.join(', ')}`);
    for (const path of notIncluded) console.log(`not included  ${path}`);
    for (const path of damaged) console.log(`damaged, so not included  ${path}`);
  } finally {
    progress.stop();
  }
}

/** Files beside the config: passwords, certificates, users. */
function filesNamedBy(effective: readonly { path: string; shown: unknown }[]): string[] {
  return effective
    .filter(({ path, shown }) => path.endsWith('File') && typeof shown === 'string')
    .map(({ path, shown }) => `${shown} (${path})`);
}

export function megabytes(bytes: number): string {
  return bytes < 1e5 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** `2026-06-01T09-14-03Z`: sorts by time, and is a name on every file system. */
function timeInName(now: number): string {
  return `${new Date(now).toISOString().slice(0, 19).replaceAll(':', '-')}Z`;
}
