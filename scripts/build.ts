/**
 * Builds `dist/` from `src/`: checks the types, then puts the some 800 modules into few files, of which a command loads
 * only its own. Reading that many small files was a third of the daemon's start.
 *
 *     npx tsx scripts/build.ts [DIR]
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const ROOT = join(import.meta.dirname, '..');

/** Packages that are built in, for they are hundreds of small files themselves; the others stay in `node_modules/`. */
const BUILT_IN = ['zod'];

/**
 * Bundles programs, with the thread of retrainings beside them.
 *
 * @param programs paths from the root of the project, by the name of the file that each becomes, without `.js`
 */
export async function bundle(folder: string, programs: Readonly<Record<string, string>>): Promise<void> {
  const { dependencies, optionalDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const packages = Object.keys({ ...dependencies, ...optionalDependencies });
  await build({
    absWorkingDir: ROOT,
    entryPoints: { ...programs, worker: 'src/learning/retrain/worker.ts' },
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    external: packages.filter(name => !BUILT_IN.includes(name)),
    logLevel: 'warning',
  });
}

function checkTypes(): boolean {
  const require = createRequire(import.meta.url);
  const compiler = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');
  const { status } = spawnSync(process.execPath, [compiler, '-p', join(ROOT, 'tsconfig.build.json')], {
    stdio: ['ignore', 2, 2],
  });
  return status === 0;
}

if (import.meta.url === pathToFileURL(resolve(process.argv[1] ?? '')).href) {
  if (!checkTypes()) process.exit(1);
  await bundle(resolve(process.argv[2] ?? join(ROOT, 'dist')), { main: 'src/main.ts' });
}
