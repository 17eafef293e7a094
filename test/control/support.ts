import { loadConfig } from '../../src/config/load.ts';
import type { Settings } from '../../src/config/settings.ts';

/** Settings of the shipped config with these set over it, as `--set` does. */
export function loaded(stateDir: string, set: readonly string[] = []) {
  return loadConfig({ env: {}, cwd: '/', systemFile: '', set: [`stateDir=${stateDir}`, ...set] });
}

export function settingsWith(set: readonly string[] = []): Settings {
  return loaded('/nowhere', set).settings;
}
