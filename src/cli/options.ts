/** Options that several commands share. */
import { resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import {
  type ConfigInputs,
  cameraOf,
  type LoadedCameras,
  type LoadedConfig,
  loadCameras,
} from '../config/load.ts';
import { isName } from '../config/name.ts';
import type { ConfigSource } from '../config/source.ts';

export interface ConfigOptions {
  readonly config: readonly string[];
  readonly set: readonly string[];
  /** Of several cameras the one that is meant. */
  readonly site?: string;
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

/** Adds `--site NAME`, for commands about one of several cameras. */
export function addSiteOption(command: Command): Command {
  return command.addOption(
    new Option('--site <name>', 'camera that is meant, where the config has several').argParser(siteName),
  );
}

export function siteName(text: string): string {
  if (isName(text)) return text;
  throw new InvalidArgumentError('The name of a site has only a-z, 0-9 and -.');
}

function collect(value: string, earlier: readonly string[]): string[] {
  return [...earlier, value];
}

/**
 * The settings a command runs with, from its options and this process's environment: of several cameras those of `--site`.
 *
 * @throws ConfigError, SurfwatchError `site-needed`, `site-unknown`
 */
export function settingsFrom(options: ConfigOptions): LoadedConfig {
  const loaded = camerasFrom(options);
  return { ...loaded, ...cameraOf(loaded, options.site) };
}

/** The same for a command that is not about one camera: what it needs is the same for all. */
export function commonSettingsFrom(options: ConfigOptions): LoadedConfig {
  const loaded = camerasFrom(options);
  return { ...loaded, ...loaded.cameras[0] };
}

/**
 * The settings of all cameras.
 *
 * @param inPlace text that is tried in place of what is in a file
 * @throws ConfigError
 */
export function camerasFrom(options: ConfigOptions, inPlace?: ConfigInputs['inPlace']): LoadedCameras {
  return loadCameras({
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
      text === undefined ? camerasFrom(options) : camerasFrom({ ...options, config }, { file: tried, text }),
  };
}
