/** Which state folder a command is to work in that is not the daemon itself. */
import { statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { LoadedConfig } from '../config/load.ts';
import { layoutOf } from '../host/service/setup/layout.ts';

/**
 * That of the settings. The service gets its folder from systemd, so its config need not name one: with that config the
 * folder of the service is meant, where there is one, and not a folder `state` wherever the command is typed.
 *
 * @param root of the file system
 */
export function stateFolderOf(
  { settings, effective, files }: Pick<LoadedConfig, 'settings' | 'effective' | 'files'>,
  root = '/',
): string {
  const source = effective.find(({ path }) => path === 'stateDir')?.source;
  const config = files.at(-1) ?? '';
  const { configFolder } = layoutOf({ root });
  if (source !== 'default' || dirname(config) !== configFolder) return settings.stateDir;
  const name = basename(config, '.json');
  const { statePath } = layoutOf({ root, ...(name !== 'config' && { instance: name }) });
  return statSync(statePath, { throwIfNoEntry: false })?.isDirectory() ? statePath : settings.stateDir;
}
