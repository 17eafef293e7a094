/** Everything that can be set, as the program sees it: plain frozen data, durations in milliseconds. */
import { SCHEMA, type WRITTEN } from './schema.ts';
import { isDuration, isSetting, type SettingsOf, type SettingTree } from './setting.ts';

/** An empty `zones` stands for the whole picture: `zonesOf` gives the zones to judge. Paths are absolute. */
export type Settings = SettingsOf<typeof WRITTEN>;

/** Settings of a complete and checked configuration, frozen through and through. That checking makes them of the type. */
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
