/** Config files: JSON in which comments and trailing commas are allowed, each value with its line and column. */
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { getNodeValue, type Node } from 'jsonc-parser';
import { messageOf } from '../errors.ts';
import { CAMERAS_KEY, entryPath, isOfCamera, MOST_CAMERAS, OF_CAMERA } from './cameras.ts';
import type { Fault } from './fault.ts';
import { type Given, type Known, type Layer, unknownFault } from './layers.ts';
import { type MigratedText, migrateText, newestVersion, VERSION_KEY, versionOf } from './migrate.ts';
import { parseConfig, type SyntaxFault } from './parse.ts';
import { isSetting, type SettingTree } from './setting.ts';

export interface FileLayer extends Layer {
  /** What each entry of the list `cameras` sets; empty where the file has none. */
  readonly cameras: readonly Layer['given'][];
}

/** Names the JSON Schema for an editor; it is no setting. */
const SCHEMA_KEY = '$schema';

/**
 * Reads a config file; one of an older version is brought up to date in memory. One that is missing, unreadable or no JSON is a
 * fault.
 *
 * @param given taken in place of what is in the file
 */
export function fileLayer(file: string, known: Known, given?: string): FileLayer {
  let text: string;
  try {
    text = (given ?? readFileSync(file, 'utf8')).replace(/^\uFEFF/, '');
  } catch (error) {
    const reason = `the config file cannot be read: ${messageOf(error)}`;
    return unread([{ kind: 'file', path: '', source: '', reason }]);
  }
  const migrated = migrateText(text);
  text = migrated.text;
  const place = (offset: number): string => `${file}:${position(text, offset)}`;
  const { root, faults } = parseConfig(text);
  if (root === undefined || faults.length > 0) {
    return unread(faults.map(fault => syntaxFault(fault, place)));
  }
  const newer = versionFault(root, file);
  if (newer !== undefined) return unread([newer]);
  const reading = newReading({ known, place, base: dirname(file) });
  readGroup(root, known.tree, '', reading);
  const warnings = migrated.changes.length === 0 ? [] : [olderWarning(migrated, file)];
  return { ...reading, warnings };
}

function unread(faults: readonly Fault[]): FileLayer {
  return { given: new Map(), cameras: [], faults };
}

function versionFault(root: Node, file: string): Fault | undefined {
  if (root.type !== 'object') return undefined;
  const version = versionOf(root);
  if (version !== undefined && version <= newestVersion()) return undefined;
  const reason =
    version === undefined
      ? 'must be the whole number of a version of config files'
      : `is ${version}: this surfwatch reads config files up to version ${newestVersion()}; install the newer one again`;
  return { kind: 'file', path: VERSION_KEY, source: file, reason };
}

function olderWarning({ from, changes }: MigratedText, file: string): Fault {
  const reason = `is of version ${from}: ${changes.join('; ')}. \`surfwatch config migrate ${file}\` rewrites it`;
  return { kind: 'file', path: '', source: '', reason: `${file} ${reason}` };
}

interface Reading {
  readonly known: Known;
  readonly place: (offset: number) => string;
  readonly base: string;
  readonly given: Map<string, Given>;
  readonly cameras: Layer['given'][];
  readonly faults: Fault[];
}

function newReading(of: Pick<Reading, 'known' | 'place' | 'base'>): Reading {
  return { ...of, given: new Map(), cameras: [], faults: [] };
}

/** Takes in the settings of one object of the file, and of those inside it. */
function readGroup(node: Node, tree: SettingTree, prefix: string, reading: Reading): void {
  const { known, place, base, given, faults } = reading;
  if (node.type !== 'object') {
    const reason = 'must be an object of settings in braces';
    faults.push({ kind: 'invalid', path: prefix.slice(0, -1), source: place(node.offset), reason });
    return;
  }
  const seen = new Set<string>();
  for (const [key, value] of properties(node)) {
    const path = `${prefix}${key}`;
    const source = place(value.offset);
    const described = Object.hasOwn(tree, key) ? tree[key] : undefined;
    if (path === SCHEMA_KEY || path === VERSION_KEY) continue;
    if (seen.has(key))
      faults.push({ kind: 'invalid', path, source, reason: 'stands twice in the same object' });
    else if (path === CAMERAS_KEY && known !== OF_CAMERA) readCameras(value, reading);
    else if (described === undefined) faults.push(unknownFault(path, source, known));
    else if (isSetting(described)) given.set(path, { value: getNodeValue(value), source, base });
    else readGroup(value, described, `${path}.`, reading);
    seen.add(key);
  }
}

function readCameras(list: Node, { place, base, cameras, faults }: Reading): void {
  const entries = list.children ?? [];
  if (list.type !== 'array' || entries.length > MOST_CAMERAS) {
    const reason = `must be a list of ${MOST_CAMERAS} cameras at most, each an object of settings in braces`;
    faults.push({ kind: 'invalid', path: CAMERAS_KEY, source: place(list.offset), reason });
    return;
  }
  entries.forEach((entry, index) => {
    const reading = newReading({ known: OF_CAMERA, place, base });
    readGroup(entry, OF_CAMERA.tree, '', reading);
    if (entry.type === 'object' && !reading.given.has('site')) {
      const reason = 'must be set: it names the camera, its topics and its folder';
      reading.faults.push({ kind: 'invalid', path: 'site', source: place(entry.offset), reason });
    }
    faults.push(...reading.faults.map(fault => entryFault(fault, index)));
    cameras.push(reading.given);
  });
}

function entryFault({ path, ...fault }: Fault, index: number): Fault {
  const reason = isOfCamera(path) ? fault.reason : 'is the same for all cameras: set it outside of the list';
  return { ...fault, path: entryPath(index, path), reason };
}

function properties(node: Node): [key: string, value: Node][] {
  return (node.children ?? []).flatMap((property): [string, Node][] => {
    const [key, value] = property.children ?? [];
    return key === undefined || value === undefined ? [] : [[String(key.value), value]];
  });
}

function syntaxFault({ reason, offset }: SyntaxFault, place: (offset: number) => string): Fault {
  return { kind: 'file', path: '', source: place(offset), reason: `not valid JSON: ${reason}` };
}

/** `line:column`, both from 1. */
function position(text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n');
  return `${before.length}:${(before.at(-1) ?? '').length + 1}`;
}
