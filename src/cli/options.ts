/** Options that several commands share. */
import type { Command } from 'commander';
import { type LoadedConfig, loadConfig } from '../config/load.ts';

export interface ConfigOptions {
  readonly config: readonly string[];
  readonly set: readonly string[];
}

/** Adds `--config FILE` and `--set key=value`, each of which may be given several times. */
export function addConfigOptions(command: Command): Command {
  return command
    .option('-c, --config <file>', 'config file; several are laid one over the other', collect, [])
    .option(
      '-s, --set <key=value>',
      'set one setting, e.g. camera.kind=simulator; may be repeated',
      collect,
      [],
    );
}

function collect(value: string, earlier: readonly string[]): string[] {
  return [...earlier, value];
}

/**
 * The settings a command runs with, from its options and this process's environment.
 *
 * @throws ConfigError
 */
export function settingsFrom(options: ConfigOptions): LoadedConfig {
  return loadConfig({
    files: options.config,
    set: options.set,
    env: process.env,
    cwd: process.cwd(),
    credentialsDirectory: process.env.CREDENTIALS_DIRECTORY,
  });
}
