/** `surfwatch version`: what runs here, for a report of a fault. */
import { readFileSync } from 'node:fs';
import { arch, platform, release } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { PACKAGE_ROOT } from '../base/paths.ts';
import { packageVersion } from '../base/version.ts';

/** What computes, decodes and talks; found by name, as loading them takes a second. */
const PACKAGES = [
  'onnxruntime-node',
  '@tensorflow/tfjs-node',
  '@tensorflow/tfjs',
  '@tensorflow/tfjs-backend-wasm',
  'sharp',
  'mqtt',
  'aedes',
];

export function versionCommand(): Command {
  return new Command('version')
    .description('print the versions of surfwatch, Node.js and the packages that compute, decode and talk')
    .option('--json', 'answer as one JSON object', false)
    .action(({ json }: { json: boolean }) => {
      const versions = {
        surfwatch: packageVersion(),
        node: process.versions.node,
        system: `${platform()} ${release()} ${arch()}`,
        packages: Object.fromEntries(PACKAGES.map(name => [name, installedVersion(name)])),
      };
      if (json) console.log(JSON.stringify(versions));
      else say({ ...versions, ...versions.packages });
    });
}

function say({ packages: _, ...versions }: Record<string, unknown>): void {
  for (const [name, version] of Object.entries(versions)) {
    console.log(`${name.padEnd(30)} ${version ?? 'not installed'}`);
  }
}

/** From the nearest `node_modules` that has it, as Node looks for it; null where it is not installed. */
export function installedVersion(name: string): string | null {
  for (const folder of nodeModulesAbove(PACKAGE_ROOT)) {
    try {
      const { version } = JSON.parse(readFileSync(join(folder, name, 'package.json'), 'utf8'));
      return String(version);
    } catch {
      // Not in this one.
    }
  }
  return null;
}

function nodeModulesAbove(folder: string): string[] {
  const parent = join(folder, '..');
  const here = join(folder, 'node_modules');
  return parent === folder ? [here] : [here, ...nodeModulesAbove(parent)];
}
