/** From the values of a configuration to the settings of the program. */
import { SCHEMA } from './schema.ts';
import { isDuration, isSetting, type SettingTree } from './setting.ts';
import type { Settings } from './settings.ts';

/**
 * Settings of a complete and checked configuration, frozen through and through. That they are of the type is what
 * `satisfies SchemaOf<Settings>` proves of the schema.
 */
export function buildSettings(values: unknown): Settings {
  return deepFreeze(toSettings(values, SCHEMA)) as unknown as Settings;
}

/** From the form of a file to that of the program: `interval` to `intervalMs`, absent for null where the schema says so. */
function toSettings(values: unknown, tree: SettingTree): Record<string, unknown> {
  const group = values as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    Object.entries(tree).flatMap(([name, node]): [string, unknown][] => {
      const value = group[name];
      if (!isSetting(node)) return [[name, toSettings(value, node)]];
      if (value === null && node.none === 'omit') return [];
      const secret = name.endsWith('File') ? tree[name.slice(0, -'File'.length)] : undefined;
      if (secret !== undefined && isSetting(secret) && secret.sensitive === true) return [];
      return [[isDuration(node) ? `${name}Ms` : name, value]];
    }),
  );
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
}
