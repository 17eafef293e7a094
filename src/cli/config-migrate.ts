/** `surfwatch config migrate`: rewrites config files of an older version. */

import { copyFile, readFile, realpath, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { replaceFile } from '../base/durable.ts';
import { timeInName } from '../base/set-aside.ts';
import { CONFIG_MIGRATIONS, type ConfigMigration, migrateText } from '../config/migrate.ts';
import { messageOf, SurfwatchError } from '../errors.ts';

export function migrateCommand(): Command {
  return new Command('migrate')
    .description('rewrite config files of an older version; keeps comments, and a copy beside each file')
    .argument('<files...>', 'config files')
    .option('--dry-run', 'only say what would change', false)
    .option('--json', 'answer with one JSON object: files [{file, from, to, changes, copy}]', false)
    .addHelpText('after', HELP)
    .action(migrate);
}

const HELP = `
Examples:
  $ surfwatch config migrate --dry-run /etc/surfwatch/config.json
  $ sudo surfwatch config migrate /etc/surfwatch/config.json
`;

async function migrate(files: readonly string[], flags: { dryRun: boolean; json: boolean }): Promise<void> {
  const options = { dryRun: flags.dryRun, now: Date.now() };
  const done: MigratedFile[] = [];
  for (const file of files) done.push(await migrateFile(resolve(file), options));
  if (flags.json) console.log(JSON.stringify({ files: done }));
  else for (const one of done) say(one);
}

function say({ file, from, to, changes, copy }: MigratedFile): void {
  if (changes.length === 0) console.log(`${file}: nothing to change, version ${from}`);
  else
    console.log(`${file}: from version ${from} to ${to}${copy === null ? '' : `; the old one is ${copy}`}`);
  for (const change of changes) console.log(`  ${change}`);
}

export interface MigratedFile {
  readonly file: string;
  readonly from: number;
  readonly to: number;
  readonly changes: readonly string[];
  /** Where the old one was copied to; null where nothing was written. */
  readonly copy: string | null;
}

export interface MigrateOptions {
  readonly dryRun: boolean;
  /** Milliseconds since the epoch (UTC), for the name of the copy. */
  readonly now: number;
  readonly migrations?: readonly ConfigMigration[];
}

/**
 * The new file has the rights of the old one.
 *
 * @throws SurfwatchError `config-unwritable`
 */
export async function migrateFile(
  file: string,
  { dryRun, now, migrations = CONFIG_MIGRATIONS }: MigrateOptions,
): Promise<MigratedFile> {
  try {
    // Behind a link, so that the link stays one.
    const path = await realpath(file);
    const { text, ...migrated } = migrateText(await readFile(path, 'utf8'), migrations);
    if (dryRun || migrated.changes.length === 0) return { file, ...migrated, copy: null };
    const copy = `${path}.v${migrated.from}-${timeInName(now)}`;
    await copyFile(path, copy);
    await replaceFile(path, text, await stat(path));
    return { file, ...migrated, copy };
  } catch (error) {
    throw new SurfwatchError('config-unwritable', `${file}: ${messageOf(error)}`, { cause: error });
  }
}
