/** Reads and replaces single settings by their dotted path, `activity.heartbeat`. */
import { settingAt } from '../config/schema.ts';
import { isDuration } from '../config/setting.ts';
import type { Settings } from '../config/settings.ts';

type Group = Readonly<Record<string, unknown>>;

/** The value in the form of the program (durations in ms); undefined where it is left out. */
export function valueAt(settings: Settings, path: string): unknown {
  let node: unknown = settings;
  for (const name of keysOf(path)) node = isGroup(node) && Object.hasOwn(node, name) ? node[name] : undefined;
  return node;
}

/** @param value in the form of the program; undefined leaves it out */
export function withValueAt(settings: Settings, path: string, value: unknown): Settings {
  return replaced(settings as unknown as Group, keysOf(path), value) as unknown as Settings;
}

/** The settings with these values of others. */
export function withValuesOf(settings: Settings, others: Settings, paths: readonly string[]): Settings {
  return paths.reduce((result, path) => withValueAt(result, path, valueAt(others, path)), settings);
}

/** In the program a duration bears its unit. */
function keysOf(path: string): string[] {
  const setting = settingAt(path);
  return `${path}${setting !== undefined && isDuration(setting) ? 'Ms' : ''}`.split('.');
}

function replaced(group: Group, [name = '', ...rest]: readonly string[], value: unknown): Group {
  const { [name]: before, ...others } = group;
  if (rest.length === 0 && value === undefined) return Object.freeze(others);
  const inner = rest.length === 0 ? frozen(value) : replaced(isGroup(before) ? before : {}, rest, value);
  return Object.freeze({ ...group, [name]: inner });
}

function isGroup(node: unknown): node is Group {
  return typeof node === 'object' && node !== null;
}

function frozen(value: unknown): unknown {
  if (!isGroup(value) || Object.isFrozen(value)) return value;
  const copy = Array.isArray(value) ? value.map(frozen) : { ...value };
  return Object.freeze(copy);
}
