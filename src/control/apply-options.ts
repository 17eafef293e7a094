/** Changes of settings while the daemon runs: all that were asked for or none. Plain functions over plain data. */
import { describeFault, type Fault } from '../config/fault.ts';
import { brokenRules } from '../config/rules.ts';
import { SETTINGS, settingAt } from '../config/schema.ts';
import type { Settings } from '../config/settings.ts';
import { withSuggestion } from '../config/suggest.ts';
import { readValue } from '../config/value.ts';
import { type ErrorCode, SurfwatchError } from '../errors.ts';
import { isRuntimeSetting, RUNTIME_SETTINGS } from './runtime-settings.ts';
import { withValueAt } from './settings-path.ts';

/** Values by dotted path, as a config file has them: `{"camera.interval": "2s"}`. */
export type OptionValues = Readonly<Record<string, unknown>>;

interface OptionFault {
  readonly code: ErrorCode;
  readonly text: string;
}

/**
 * The settings with these values instead, checked as a config file is.
 *
 * @throws SurfwatchError with all that is wrong: `option-unknown`, `option-fixed` or `option-invalid` by its first fault
 */
export function applyRuntimeOptions(settings: Settings, values: OptionValues): Settings {
  const { settings: changed, faults } = tryValues(settings, values);
  const [first] = faults;
  if (first === undefined) return changed;
  throw new SurfwatchError(first.code, faults.map(({ text }) => text).join('; '));
}

/** As many of the values as can be applied together, and what is wrong with the rest. */
export function applicable(
  settings: Settings,
  values: OptionValues,
): { readonly values: OptionValues; readonly faults: readonly string[] } {
  if (tryValues(settings, values).faults.length === 0) return { values, faults: [] };
  const faultsWith = (more: OptionValues) => tryValues(settings, more).faults.map(({ text }) => text);
  let kept: OptionValues = {};
  let left = Object.entries(values);
  // One may only be right together with another that comes later.
  for (let before = -1; before !== left.length; ) {
    before = left.length;
    left = left.filter(([path, value]) => {
      const more = { ...kept, [path]: value };
      const refused = faultsWith(more).length > 0;
      if (!refused) kept = more;
      return refused;
    });
  }
  return { values: kept, faults: left.flatMap(([path, value]) => faultsWith({ ...kept, [path]: value })) };
}

/** @throws SurfwatchError `option-unknown`, `option-fixed` */
export function checkOptionName(path: string): void {
  const fault = nameFault(path);
  if (fault !== undefined) throw new SurfwatchError(fault.code, fault.text);
}

function tryValues(
  settings: Settings,
  values: OptionValues,
): { readonly settings: Settings; readonly faults: readonly OptionFault[] } {
  const faults: OptionFault[] = [];
  let changed = settings;
  for (const [path, raw] of Object.entries(values)) {
    const setting = settingAt(path);
    const fault = nameFault(path);
    if (fault !== undefined || setting === undefined) {
      if (fault !== undefined) faults.push(fault);
      continue;
    }
    // No runtime setting is a path, so nothing is meant from a folder.
    const read = readValue(path, setting, { value: raw, source: '', base: '/' });
    if (read.faults.length > 0) faults.push(...read.faults.map(invalid));
    else changed = withValueAt(changed, path, read.value ?? (setting.none === 'omit' ? undefined : null));
  }
  // Rules between settings only say something where each is right by itself.
  if (faults.length === 0) faults.push(...brokenRules(changed, new Set(), () => '').map(invalid));
  return { settings: changed, faults };
}

function invalid(fault: Fault): OptionFault {
  return { code: 'option-invalid', text: describeFault(fault) };
}

function nameFault(path: string): OptionFault | undefined {
  const names = SETTINGS.map(({ path: name }) => name);
  const isGroup = names.some(name => name.startsWith(`${path}.`));
  if (settingAt(path) === undefined && !isGroup) {
    // One that can be set is the likelier one to be meant.
    const near = withSuggestion('', path, RUNTIME_SETTINGS) || withSuggestion('', path, names);
    return { code: 'option-unknown', text: `${path}: there is no such setting${near}` };
  }
  if (isRuntimeSetting(path) && !isGroup) return undefined;
  if (isGroup && RUNTIME_SETTINGS.some(name => name.startsWith(`${path}.`)))
    return { code: 'option-unknown', text: `${path}: is a group of settings; name one, as ${path}.…` };
  return {
    code: 'option-fixed',
    text: `${path}: cannot change while the daemon runs: set it in the configuration and restart`,
  };
}
