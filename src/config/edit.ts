/** Changes in the text of a config file: its comments stay. Pure. */
import { applyEdits, createScanner, findNodeAtLocation, getNodeValue, modify } from 'jsonc-parser';
import { CAMERAS_KEY, isOfCamera } from './cameras.ts';
import { isPlaceholder, showValue } from './effective.ts';
import { parseConfig } from './parse.ts';
import { SETTINGS } from './schema.ts';
import type { Setting } from './setting.ts';

/** jsonc-parser's is a const enum, which cannot be imported: 5 is its `CommaToken`. */
const COMMA_TOKEN = 5;

/** As the config files of this project are written. */
const FORMATTING = { formattingOptions: { insertSpaces: true, tabSize: 2 } };

/** Where a setting stands in a file: its dotted path, or for one of an entry of `cameras` all names and places from the top. */
export type Place = string | readonly (string | number)[];

function namesOf(place: Place): (string | number)[] {
  return typeof place === 'string' ? place.split('.') : [...place];
}

/** Undefined where the file does not set it. */
export function valueAt(text: string, place: Place): { readonly value: unknown } | undefined {
  const { root } = parseConfig(text);
  const node = root === undefined ? undefined : findNodeAtLocation(root, namesOf(place));
  return node === undefined ? undefined : { value: getNodeValue(node) };
}

export function setAt(text: string, place: Place, value: unknown): string {
  const changed = applyEdits(text, modify(text, namesOf(place), value, FORMATTING));
  const { root } = parseConfig(changed);
  const node = root && findNodeAtLocation(root, namesOf(place));
  if (node === undefined) return changed;
  const end = node.offset + node.length;
  return changed.slice(0, node.offset) + onOneLine(changed.slice(node.offset, end)) + changed.slice(end);
}

/** Corners of a zone as people write them, `[0.1, 0.2]`: jsonc-parser gives each number a line of its own. */
function onOneLine(text: string): string {
  return text.replace(/\[\n\s*([-+.\de]+),\n\s*([-+.\de]+)\n\s*\]/g, '[$1, $2]');
}

/**
 * Where the settings of a camera are to be set: in its entry of `cameras` those it can have for itself, at the top all others;
 * and where there is no such entry all. A login at the broker is that of all cameras, unless the entry has its own.
 */
export function placesOf(text: string, site: string): (path: string) => Place {
  const index = entriesOf(text).findIndex(entry => entry?.site === site);
  return path => {
    const place = [CAMERAS_KEY, index, ...path.split('.')];
    const isOwn = path.startsWith('mqtt.') ? valueAt(text, place) !== undefined : isOfCamera(path);
    return index >= 0 && isOwn ? place : path;
  };
}

function entriesOf(text: string): readonly ({ readonly site?: unknown } | null)[] {
  const list = valueAt(text, CAMERAS_KEY)?.value;
  return Array.isArray(list) ? list : [];
}

/** Takes a setting away with the comma behind it; jsonc-parser would take the comments around it too. */
export function removeAt(text: string, place: Place): string {
  const { root } = parseConfig(text);
  const property = root && findNodeAtLocation(root, namesOf(place))?.parent;
  if (property === undefined) return text;
  const end = property.offset + property.length;
  const scanner = createScanner(text, true);
  scanner.setPosition(end);
  const hasComma = scanner.scan() === COMMA_TOKEN;
  const comma = scanner.getTokenOffset();
  const rest = hasComma ? text.slice(end, comma) + text.slice(comma + 1) : text.slice(end);
  return text.slice(0, property.offset) + rest;
}

/** Those whose value may be a secret, or an address with one in it. */
const SECRET_SETTINGS = SETTINGS.filter(
  ({ setting: { sensitive, format } }) => sensitive === true || ['url', 'servers', 'source'].includes(format),
);

/** The same at every place of a file where they can stand. */
function secretPlaces(text: string): { readonly place: Place; readonly setting: Setting }[] {
  const inEntries = entriesOf(text).flatMap((_, index) =>
    SECRET_SETTINGS.map(({ path, setting }) => ({
      place: [CAMERAS_KEY, index, ...path.split('.')],
      setting,
    })),
  );
  return [...SECRET_SETTINGS.map(({ path, setting }) => ({ place: path, setting })), ...inEntries];
}

/** The text with `[secret]` in place of passwords, also of those in addresses. */
export function withoutSecrets(text: string): string {
  return secretPlaces(text).reduce((shown, { place, setting }) => {
    const found = valueAt(shown, place);
    if (found === undefined) return shown;
    const value = showValue(found.value, setting);
    return isPlaceholder(value, setting) ? setAt(shown, place, value) : shown;
  }, text);
}

/** The reverse: what still reads as {@link withoutSecrets} shows it is again what it is in `original`. */
export function withSecretsOf(original: string, text: string): string {
  return secretPlaces(text).reduce((filled, { place, setting }) => {
    const [found, before] = [valueAt(filled, place), valueAt(original, placeBefore(original, text, place))];
    if (found === undefined || before === undefined || !isPlaceholder(found.value, setting)) return filled;
    const isSame = JSON.stringify(found.value) === JSON.stringify(showValue(before.value, setting));
    return isSame ? setAt(filled, place, before.value) : filled;
  }, text);
}

/** Entries of `cameras` may have been moved: the one of that name is meant. */
function placeBefore(original: string, text: string, place: Place): Place {
  const [list, index, ...path] = namesOf(place);
  if (list !== CAMERAS_KEY || typeof index !== 'number') return place;
  const site = entriesOf(text)[index]?.site;
  const before = entriesOf(original).findIndex(entry => entry?.site === site);
  return before < 0 ? place : [CAMERAS_KEY, before, ...path];
}
