/** The version of a config file: its key `version`, and what has changed from version to version. */
import { findNodeAtLocation, getNodeValue, type Node } from 'jsonc-parser';
import { removeAt, setAt, valueAt } from './edit.ts';
import { parseConfig } from './parse.ts';

/** The key at the top of a config file; it is no setting. A file without it is of version 1. */
export const VERSION_KEY = 'version';

export interface ConfigMigration {
  /** The version it leads to, from the one before. */
  readonly to: number;
  /** Settings that were given another place: dotted paths, from old to new. */
  readonly moved?: Readonly<Record<string, string>>;
  /** Settings that mean nothing any more. */
  readonly removed?: readonly string[];
  /** Settings whose values are written otherwise. */
  readonly changed?: Readonly<Record<string, (value: unknown) => unknown>>;
}

/** In order, from version 2 on. */
export const CONFIG_MIGRATIONS: readonly ConfigMigration[] = [];

export interface MigratedText {
  readonly text: string;
  readonly from: number;
  readonly to: number;
  /** What was changed, one line each, for people; empty where the file is as it should be. */
  readonly changes: readonly string[];
}

/** The version that the text of a config file says; 1 where it says none, undefined where that is no whole number. */
export function versionOf(root: Node): number | undefined {
  const node = findNodeAtLocation(root, [VERSION_KEY]);
  if (node === undefined) return 1;
  const version: unknown = getNodeValue(node);
  return typeof version === 'number' && Number.isInteger(version) && version >= 1 ? version : undefined;
}

/** The newest version, which this program reads as it is. */
export function newestVersion(migrations: readonly ConfigMigration[] = CONFIG_MIGRATIONS): number {
  return migrations.at(-1)?.to ?? 1;
}

/**
 * Brings the text of a config file up to the newest version; comments stay. Pure. A text that is no JSON or of a newer
 * version is returned as it is.
 */
export function migrateText(
  text: string,
  migrations: readonly ConfigMigration[] = CONFIG_MIGRATIONS,
): MigratedText {
  const { root } = parseConfig(text);
  const from = root === undefined ? undefined : versionOf(root);
  const to = newestVersion(migrations);
  if (from === undefined || from >= to) return { text, from: from ?? to, to, changes: [] };
  const changes: string[] = [];
  let migrated = text;
  for (const migration of migrations.filter(step => step.to > from)) {
    migrated = stepText(migrated, migration, changes);
  }
  if (changes.length === 0) return { text, from, to, changes };
  return { text: setAt(migrated, VERSION_KEY, to), from, to, changes };
}

function stepText(before: string, migration: ConfigMigration, changes: string[]): string {
  let text = before;
  for (const [path, change] of Object.entries(migration.changed ?? {})) {
    const found = valueAt(text, path);
    if (found === undefined) continue;
    text = setAt(text, path, change(found.value));
    changes.push(`${path} is written otherwise`);
  }
  for (const [path, target] of Object.entries(migration.moved ?? {})) {
    const found = valueAt(text, path);
    if (found === undefined) continue;
    // Where both are given the new one counts.
    if (valueAt(text, target) === undefined) text = setAt(text, target, found.value);
    text = removeAt(text, path);
    changes.push(`${path} is ${target} now`);
  }
  for (const path of migration.removed ?? []) {
    if (valueAt(text, path) === undefined) continue;
    text = removeAt(text, path);
    changes.push(`${path} is no more`);
  }
  return text;
}
