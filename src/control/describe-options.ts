/** The settings that can change while the daemon runs, as the command `options` answers with them. */
import { showValue } from '../config/effective.ts';
import { settingRows } from '../config/reference.ts';
import { settingAt } from '../config/schema.ts';
import type { Settings } from '../config/settings.ts';
import { RUNTIME_SETTINGS } from './runtime-settings.ts';
import { valueAt } from './settings-path.ts';

export interface DescribedOption {
  /** In force, as a config file would have it: durations with their unit. */
  readonly value: unknown;
  /** `runtime`; else a config file with line and column, an environment variable, `--set`, or `default`. */
  readonly source: string;
  /** What the configuration says, where that is not in force. */
  readonly configured?: unknown;
  /** What holds where nobody says anything. */
  readonly default: unknown;
  /** With unit and range: `duration 100ms..1m`. */
  readonly type: string;
  readonly doc: string;
}

export interface Described {
  /** In force. */
  readonly settings: Settings;
  /** Those of the configuration. */
  readonly configured: Settings;
  /** Set while the daemon ran. */
  readonly changed: ReadonlySet<string>;
  /** Where the configuration has a setting from. */
  readonly sourceOf: (path: string) => string;
}

const ROWS = new Map(settingRows().map(row => [row.path, row]));

/** @param paths in any order; without them all */
export function describeOptions(
  { settings, configured, changed, sourceOf }: Described,
  paths: readonly string[] = RUNTIME_SETTINGS,
): Record<string, DescribedOption> {
  const entries = RUNTIME_SETTINGS.filter(path => paths.includes(path)).map(
    (path): [string, DescribedOption] => {
      const row = ROWS.get(path);
      const isChanged = changed.has(path);
      return [
        path,
        {
          value: shownAt(settings, path),
          source: isChanged ? 'runtime' : sourceOf(path),
          ...(isChanged && { configured: shownAt(configured, path) }),
          default: settingAt(path)?.default,
          type: row?.type ?? '',
          doc: row?.doc ?? '',
        },
      ];
    },
  );
  return Object.fromEntries(entries);
}

/** The value of a setting in the form that a config file has. */
export function shownAt(settings: Settings, path: string): unknown {
  const setting = settingAt(path);
  const value = valueAt(settings, path) ?? null;
  return setting === undefined ? value : showValue(value, setting);
}
