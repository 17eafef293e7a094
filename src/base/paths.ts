import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The nearest folder at or above a module with a package.json: the same from `src/` and from `dist/`. */
export function packageRootOf(moduleUrl: string): string {
  let folder = dirname(fileURLToPath(moduleUrl));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error(`No package.json above ${fileURLToPath(moduleUrl)}.`);
    folder = parent;
  }
  return folder;
}

/** The folder that holds `config/`, `models/` and the program itself. Absolute. */
export const PACKAGE_ROOT = packageRootOf(import.meta.url);

/** The models that come with the program. */
export const SHIPPED_MODELS = join(PACKAGE_ROOT, 'models');
