/** Which settings are meant by names of settings, of groups of them, and by `*`. */
import { checkOptionName } from './apply-options.ts';
import { RUNTIME_SETTINGS } from './runtime-settings.ts';

/**
 * The settings that are meant, of those that can change while the daemon runs.
 *
 * @throws SurfwatchError `option-unknown`, `option-fixed`
 */
export function namedOptions(names: readonly string[]): string[] {
  return names.flatMap(name => {
    if (name === '*') return RUNTIME_SETTINGS;
    const group = RUNTIME_SETTINGS.filter(path => path.startsWith(`${name}.`));
    if (group.length > 0) return group;
    checkOptionName(name);
    return [name];
  });
}
