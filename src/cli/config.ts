/** `surfwatch config`: what can be set, what is set, and whether it is right. */
import { Command } from 'commander';
import { nest } from '../config/effective.ts';
import { ConfigError, describeFault } from '../config/fault.ts';
import type { LoadedCameras } from '../config/load.ts';
import { configJsonSchema, configMarkdown, settingRows } from '../config/reference.ts';
import { withStoredOptions } from '../control/effective-options.ts';
import { initCommand } from './config-init.ts';
import { migrateCommand } from './config-migrate.ts';
import { addConfigOptions, addSiteOption, type ConfigOptions, camerasFrom, settingsFrom } from './options.ts';
import { printTable } from './table.ts';

/** The command `config` with its subcommands `init`, `check`, `print`, `schema` and `migrate`. */
export function configCommand(): Command {
  const command = new Command('config').description('write, check, print, explain and migrate the settings');
  command.addCommand(initCommand());
  command.addCommand(checkCommand());
  command.addCommand(printCommand());
  command.addCommand(schemaCommand());
  command.addCommand(migrateCommand());
  return command;
}

function checkCommand(): Command {
  return addConfigOptions(new Command('check'))
    .description('check the settings; exits with 0, or with 78 and a list of all faults')
    .option('--json', 'answer as one JSON object')
    .action((options: ConfigOptions & { json?: true }) => {
      if (options.json === true) checkAsJson(options);
      else sayChecked(camerasFrom(options));
    });
}

function sayChecked({ cameras, isList, files, warnings }: LoadedCameras): void {
  for (const warning of warnings) console.error(`warning: ${describeFault(warning)}`);
  const what = isList
    ? `cameras ${cameras.map(({ settings }) => settings.site).join(', ')}`
    : `${cameras[0].effective.length} settings`;
  console.log(`ok: ${what} from ${files.join(', ')}`);
}

function checkAsJson(options: ConfigOptions): void {
  try {
    const { cameras, files, warnings } = camerasFrom(options);
    const sites = cameras.map(({ settings }) => settings.site);
    printJson({ status: 'ok', settings: cameras[0].effective.length, sites, files, warnings });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    printJson({ status: 'error', code: error.code, faults: error.faults });
    process.exitCode = error.exitStatus;
  }
}

function printCommand(): Command {
  return addSiteOption(addConfigOptions(new Command('print')))
    .description(
      'print the settings in effect as a config file, without secrets; includes those changed while the daemon ran',
    )
    .option('--sources', 'also print where each setting comes from')
    .option('--json', 'with --sources: as JSON')
    .action(async (options: ConfigOptions & { sources?: true; json?: true }) => {
      const { effective, faults } = await withStoredOptions(settingsFrom(options));
      for (const fault of faults)
        console.error(`warning: a setting changed at run time does not hold: ${fault}`);
      if (options.sources !== true) printJson(nest(effective));
      else if (options.json === true) {
        printJson(effective.map(({ path, shown, source }) => ({ path, value: shown, source })));
      } else {
        const rows = effective.map(({ path, shown, source }) => [path, JSON.stringify(shown), source]);
        printTable(['setting', 'value', 'source'], rows);
      }
    });
}

function schemaCommand(): Command {
  return new Command('schema')
    .description('list all settings')
    .option('--json', 'as JSON Schema of a config file')
    .option('--markdown', 'as the reference in docs/config.md')
    .action((options: { json?: true; markdown?: true }) => {
      if (options.json === true) printJson(configJsonSchema());
      else if (options.markdown === true) process.stdout.write(configMarkdown());
      else {
        const rows = settingRows().map(({ path, type, fallback, doc }) => [path, type, fallback, doc]);
        printTable(['setting', 'type', 'default', 'what it does'], rows);
      }
    });
}

function printJson(value: unknown): void {
  console.log(JSON.stringify(value, null, 2));
}
