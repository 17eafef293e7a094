/**
 * Checks that imports in src/ go down the order of folders only, types included, and that no files import each other
 * in a circle; prints the order. Part of `npm run check`. The tools that do this read TypeScript by its compiler's
 * JavaScript interface, which TypeScript 7 no longer has; the formatter keeps imports in one shape, so a pattern does.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, sep } from 'node:path';
import { PACKAGE_ROOT } from '../src/base/paths.ts';

/** From the bottom up: a folder imports from those before it. Each with what it is for. */
const ORDER = [
  ['errors', 'every error a user can meet'],
  ['base', 'clock, log, durable files, database, durations, names'],
  ['simulator', 'pictures of beaches that are not there'],
  ['board', 'what the operating system tells of the computer: memory, heat, disk, power, clock'],
  ['capture', 'cameras'],
  ['vision', 'decoding, quality gates, engines, the pass over the frame'],
  ['activity', 'head, riders, evidence over time, zones, sessions'],
  ['messaging', 'the MQTT client, topics, payloads, outbox, discovery'],
  ['broker', 'the embedded broker'],
  ['schedule', 'when the camera is watched'],
  ['history', 'what was seen, hour by hour'],
  ['learning', 'on the board: archive, labels, retraining, gate, models'],
  ['training', 'on a workstation: data, embedding, fitting, report'],
  ['exchange', 'models from and for other programs'],
  ['config', 'all settings'],
  ['pipeline', 'leads a frame through the folders above'],
  ['control', 'what changes by command'],
  ['host', 'systemd, metrics, the state folder, doctor'],
  ['web', 'the page, its HTTP interface and the widget'],
  ['daemon', 'builds and wires the parts'],
  ['cli', 'the commands'],
  ['main', 'the command line'],
] as const;

const FOLDERS = ORDER.map(([name]) => name as string);
const files = readdirSync(join(PACKAGE_ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .filter(file => /\.tsx?$/.test(file))
  .map(file => join('src', file))
  .sort();
const imports = new Map(files.map(file => [file, importsOf(file)]));
const faults = [...unknownFolders(), ...upward(), ...circles()];

console.log('Imports go down only, a folder may use those below it:');
for (const [name, use] of [...ORDER].reverse()) console.log(`  ${name.padEnd(10)} ${use}`);
for (const fault of faults) console.error(fault);
if (faults.length > 0) {
  console.error(`${faults.length} import(s) against the order of folders, see docs/architecture.md.`);
  process.exitCode = 1;
}

function importsOf(file: string): string[] {
  const text = readFileSync(join(PACKAGE_ROOT, file), 'utf8');
  const specifiers = text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'(\.[^']+\.tsx?)'/g);
  return [...specifiers].map(([, specifier = '']) => normalize(join(dirname(file), specifier)));
}

/** `vision` for `src/vision/cells/bands.ts`, `errors` for `src/errors.ts`. */
function folderOf(file: string): string {
  return (file.split(sep)[1] ?? '').replace(/\.ts$/, '');
}

function unknownFolders(): string[] {
  const unknown = new Set(files.map(folderOf).filter(folder => !FOLDERS.includes(folder)));
  return [...unknown].map(folder => `src/${folder} has no place in the order: scripts/check-order.ts`);
}

function upward(): string[] {
  const rank = (file: string) => FOLDERS.indexOf(folderOf(file));
  return [...imports].flatMap(([file, targets]) =>
    targets.filter(target => rank(target) > rank(file)).map(target => `upward: ${file} → ${target}`),
  );
}

/** A depth-first walk; every import of a file that is still being walked closes a circle. */
function circles(): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) {
      found.push(`circle: ${[...path.slice(path.indexOf(file)), file].join(' → ')}`);
      return;
    }
    if (done.has(file)) return;
    for (const target of imports.get(file) ?? []) visit(target, [...path, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
  return found;
}
