#!/usr/bin/env node
/**
 * The command `surfwatch`. Runs what is built; in a clone it builds first where `dist/` is missing or older than `src/`.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const sources = join(root, 'src');
const program = join(root, 'scripts', 'build.js');
const built = join(root, 'dist');
const main = join(built, 'main.js');

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `surfwatch needs Node.js 20.19 or newer; this is ${process.versions.node} (https://nodejs.org).`,
  );
  process.exit(1);
}
if (!isFresh()) build();
// A board has little memory, and pictures pass through it all day: V8 shall collect early rather than grow. Measured by
// `npm run bench`: about 20 MB less resident memory for the daemon.
setFlagsFromString('--max-semi-space-size=2');
setFlagsFromString('--semi-space-growth-factor=1');
await import(pathToFileURL(main).href);

/** An installed package has no sources, and is as it was packed. */
function isFresh() {
  if (!existsSync(sources)) return true;
  if (!existsSync(main)) return false;
  const builtAt = statSync(main).mtimeMs;
  const inputs = readdirSync(sources, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath ?? entry.path, entry.name));
  return [...inputs, program, join(root, 'tsconfig.json')].every(file => statSync(file).mtimeMs <= builtAt);
}

/** Built aside and then moved into place: a second `surfwatch` started at the same time never loads half of it. */
function build() {
  console.error('surfwatch: building dist/ from src/ …');
  const aside = join(root, `.dist-${process.pid}`);
  const old = join(root, `.dist-${process.pid}-old`);
  try {
    const { status, error } = spawnSync(process.execPath, [program, aside], { stdio: ['ignore', 2, 2] });
    if (error) throw error;
    if (status !== 0) throw new Error(`scripts/build.js ended with ${status}`);
    if (existsSync(built)) renameSync(built, old);
    renameSync(aside, built);
  } catch (error) {
    // Another that built at the same time was quicker, and its result is as good.
    if (isFresh()) return;
    console.error(`surfwatch: building failed: ${error.message}`);
    console.error('Run `npm ci`, then `npm run build`.');
    process.exit(1);
  } finally {
    rmSync(aside, { recursive: true, force: true });
    rmSync(old, { recursive: true, force: true });
  }
}
