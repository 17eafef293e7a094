/** Config files in a temporary folder, and loading that sees nothing of the surroundings. */
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, type Fault } from '../../src/config/fault.ts';
import { type ConfigInputs, type LoadedConfig, loadConfig } from '../../src/config/load.ts';
import { temporaryFolderSync } from '../support/temporary-folder.ts';

/** Writes a file that only its owner can read; what isn't text is written as JSON. */
export function writeIn(folder: string, name: string, content: unknown, mode = 0o600): string {
  const file = join(folder, name);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  chmodSync(file, mode);
  return file;
}

export function load(inputs: Partial<ConfigInputs> = {}): LoadedConfig {
  return loadConfig({ env: {}, cwd: '/nowhere', systemFile: '/nowhere/config.json', ...inputs });
}

/** The settings of one config file's content. */
export function loadContent(content: unknown, inputs: Partial<ConfigInputs> = {}): LoadedConfig {
  return load({ ...inputs, files: [writeIn(temporaryFolderSync(), 'config.json', content)] });
}

/** The error that loading ends with. */
export function errorOf(action: () => unknown): ConfigError {
  try {
    action();
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('The configuration was accepted.');
}

export function faultsOf(content: unknown, inputs: Partial<ConfigInputs> = {}): readonly Fault[] {
  return errorOf(() => loadContent(content, inputs)).faults;
}
