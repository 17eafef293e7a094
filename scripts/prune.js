/**
 * Removes from `node_modules/` what Node.js never loads on this platform, three fifths of what npm installs: the native
 * libraries of other platforms in onnxruntime-node, and the builds for browsers and the source maps in @tensorflow. npm
 * runs this at the end of `npm ci` in a clone, and `scripts/build-deb.sh` for the architecture of a package.
 *
 *     node scripts/prune.js [FOLDER [CPU]]
 *
 * FOLDER holds `node_modules/`; CPU is `x64` or `arm64`, of Linux. By default those of this clone and machine.
 */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const [folder = join(import.meta.dirname, '..'), cpu] = process.argv.slice(2);
const packages = join(folder, 'node_modules');
const platform = cpu === undefined ? `${process.platform}/${process.arch}` : `linux/${cpu}`;

const libraries = filesIn(join(packages, 'onnxruntime-node', 'bin'));
const isOurs = (/** @type {string} */ path) => path.includes(`/${platform}/`);
// Where there is none for this platform, nothing says which are in the way.
if (libraries.some(isOurs)) remove(libraries.filter(path => !isOurs(path)));

remove(
  filesIn(join(packages, '@tensorflow')).filter(
    path => /\.map$|\/miniprogram\/|\/dist\/tf[^/]*\.(js|html)$/.test(path) && !path.endsWith('.node.js'),
  ),
);

/**
 * @param {string} folder
 * @returns {string[]} paths with slashes; none where there is no such folder
 */
function filesIn(folder) {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => join(entry.parentPath, entry.name).replaceAll('\\', '/'));
  } catch {
    return [];
  }
}

/** @param {string[]} paths */
function remove(paths) {
  for (const path of paths) rmSync(path);
}
