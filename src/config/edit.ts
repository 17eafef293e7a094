/** Changes in the text of a config file: its comments stay. Pure. */
import { applyEdits, createScanner, findNodeAtLocation, getNodeValue, modify } from 'jsonc-parser';
import { isPlaceholder, showValue } from './effective.ts';
import { parseConfig } from './parse.ts';
import { SETTINGS } from './schema.ts';

/** jsonc-parser's is a const enum, which cannot be imported: 5 is its `CommaToken`. */
const COMMA_TOKEN = 5;

/** As the config files of this project are written. */
const FORMATTING = { formattingOptions: { insertSpaces: true, tabSize: 2 } };

/** Undefined where the file does not set it. @param path dotted */
export function valueAt(text: string, path: string): { readonly value: unknown } | undefined {
  const { root } = parseConfig(text);
  const node = root === undefined ? undefined : findNodeAtLocation(root, path.split('.'));
  return node === undefined ? undefined : { value: getNodeValue(node) };
}

export function setAt(text: string, path: string, value: unknown): string {
  const changed = applyEdits(text, modify(text, path.split('.'), value, FORMATTING));
  const { root } = parseConfig(changed);
  const node = root && findNodeAtLocation(root, path.split('.'));
  if (node === undefined) return changed;
  const end = node.offset + node.length;
  return changed.slice(0, node.offset) + onOneLine(changed.slice(node.offset, end)) + changed.slice(end);
}

/** Corners of a zone as people write them, `[0.1, 0.2]`: jsonc-parser gives each number a line of its own. */
function onOneLine(text: string): string {
  return text.replace(/\[\n\s*([-+.\de]+),\n\s*([-+.\de]+)\n\s*\]/g, '[$1, $2]');
}

/** Takes a setting away with the comma behind it; jsonc-parser would take the comments around it too. */
export function removeAt(text: string, path: string): string {
  const { root } = parseConfig(text);
  const property = root && findNodeAtLocation(root, path.split('.'))?.parent;
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

/** The text with `[secret]` in place of passwords, also of those in addresses. */
export function withoutSecrets(text: string): string {
  return SECRET_SETTINGS.reduce((shown, { path, setting }) => {
    const found = valueAt(shown, path);
    if (found === undefined) return shown;
    const value = showValue(found.value, setting);
    return isPlaceholder(value, setting) ? setAt(shown, path, value) : shown;
  }, text);
}

/** The reverse: what still reads as {@link withoutSecrets} shows it is again what it is in `original`. */
export function withSecretsOf(original: string, text: string): string {
  return SECRET_SETTINGS.reduce((filled, { path, setting }) => {
    const [found, before] = [valueAt(filled, path), valueAt(original, path)];
    if (found === undefined || before === undefined || !isPlaceholder(found.value, setting)) return filled;
    const isSame = JSON.stringify(found.value) === JSON.stringify(showValue(before.value, setting));
    return isSame ? setAt(filled, path, before.value) : filled;
  }, text);
}
