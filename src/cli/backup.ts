/** `surfwatch backup`: what a board is and has learnt, as one file. */
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { systemClock } from '../base/clock.ts';
import { packageVersion } from '../base/version.ts';
import { makeArchive } from '../host/backup/make.ts';
import { addConfigOptions, type ConfigOptions, settingsFrom } from './options.ts';
import { startProgress } from './progress.ts';
import { stateFolderOf } from './state-folder.ts';

interface BackupFlags extends ConfigOptions {
  readonly pictures: boolean;
  readonly force: boolean;
  readonly json: boolean;
}

export function backupCommand(): Command {
  return addConfigOptions(new Command('backup'))
    .description('save what a board has learnt, its history and its config as one file')
    .argument('[file]', 'the file to write (default: surfwatch-<site>-<time>.tar here)')
    .option('--no-pictures', 'leave the pictures of the archive out; labels and what was learnt stay')
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
The daemon may run meanwhile: databases are copied as they are at one moment. Give the settings of the daemon; with
/etc/surfwatch/config.json it is the state folder of the service (/var/lib/surfwatch).

In it are the heads, labels, pictures, history, view, settings changed while it ran, and the config files. Not in it are
files that the config names (passwords, certificates, users), which are listed, events that wait for the broker, which
would be told twice, and backups/ of the state folder. Keep the file as you keep a password: it is for its owner alone (mode 600), there may be
passwords in the config and people on the pictures.

It is a tar archive with a check sum for each file and one over all; surfwatch restore puts it back. A command that is
killed leaves FILE.new beside it, which can be deleted.

Examples:
  $ sudo surfwatch backup -c /etc/surfwatch/config.json /media/usb/north-pier.tar
  $ surfwatch backup -c board.json --no-pictures
  $ surfwatch backup -c board.json --force last-night.tar --json
`;

async function backup(given: string | undefined, flags: BackupFlags): Promise<void> {
  const loaded = settingsFrom(flags);
  const { settings, effective } = loaded;
  const stateDir = stateFolderOf(loaded);
  const now = systemClock.now();
  const to = resolve(given ?? `surfwatch-${settings.site}-${timeInName(now)}.tar`);
  // The first is the one that comes with the program.
  const config = loaded.files.slice(1);
  const progress = startProgress('saved, % ', 100);
  try {
    const made = await makeArchive({
      to,
      stateDir,
      overwrite: flags.force,
      origin: {
        surfwatch: packageVersion(),
        createdAt: new Date(now).toISOString(),
        site: settings.site,
        host: hostname(),
        pictures: flags.pictures,
        config,
      },
      onProgress: progress.to,
    });
    progress.stop();
    const { bytes, damaged } = made;
    const notIncluded = filesNamedBy(effective);
    const pictures = made.files.filter(({ path }) => path.endsWith('.jpg')).length;
    const answer = {
      file: to,
      bytes,
      files: made.files.length,
      pictures,
      stateDir,
      config,
      damaged,
      notIncluded,
    };
    if (flags.json) console.log(JSON.stringify(answer));
    else say(answer);
  } finally {
    progress.stop();
  }
}

interface Answer {
  readonly file: string;
  readonly bytes: number;
  readonly files: number;
  readonly pictures: number;
  readonly stateDir: string;
  readonly config: readonly string[];
  readonly damaged: readonly string[];
  readonly notIncluded: readonly string[];
}

function say({ file, bytes, files, pictures, stateDir, config, damaged, notIncluded }: Answer): void {
  console.log(`saved ${files} files, ${pictures} of them pictures, as ${file} (${megabytes(bytes)})`);
  console.log(`state folder  ${stateDir}`);
  console.log(`config        ${config.length === 0 ? 'none' : config.join(', ')}`);
  for (const path of notIncluded) console.log(`not included  ${path}`);
  for (const path of damaged) console.log(`damaged, so not included  ${path}`);
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
