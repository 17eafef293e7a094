/** Options that several commands share. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { type ConfigInputs, type LoadedConfig, loadConfig } from '../config/load.ts';
import type { ConfigSource } from '../config/source.ts';

export interface ConfigOptions {
  readonly config: readonly string[];
  readonly set: readonly string[];
}

/** Adds `--config FILE` and `--set key=value`, each of which may be given several times. */
export function addConfigOptions(command: Command): Command {
  return command
    .option('-c, --config <file>', 'config file; of several, later ones override earlier ones', collect, [])
    .option(
      '-s, --set <key=value>',
      'set one setting, such as camera.kind=simulator; may be repeated',
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
 * @param inPlace text that is tried in place of what is in a file
 * @throws ConfigError
 */
export function settingsFrom(options: ConfigOptions, inPlace?: ConfigInputs['inPlace']): LoadedConfig {
  return loadConfig({
    files: options.config,
    set: options.set,
    env: process.env,
    cwd: process.cwd(),
    credentialsDirectory: process.env.CREDENTIALS_DIRECTORY,
    ...(inPlace !== undefined && { inPlace }),
  });
}

/**
 * The same for a daemon, whose config file is changed while it runs.
 *
 * @param file the one to change; null where none may be
 */
export function sourceFrom(options: ConfigOptions, file: string | null): ConfigSource {
  const tried = file ?? resolve('config.json');
  const config = file === null ? [...options.config, tried] : options.config;
  return {
    file,
    load: text =>
      text === undefined
        ? settingsFrom(options)
        : settingsFrom({ ...options, config }, { file: tried, text }),
  };
}
