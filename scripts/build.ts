/**
 * Builds `dist/` from `src/`: checks the types, then puts its 800 modules and those of most packages into few files,
 * of which a command loads its own alone. Reading that many small files was a third of the daemon's start. The page goes
 * into `web/` of it.
 *
 *     npx tsx scripts/build.ts [DIR]
 */
import { spawnSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { build as buildWithVite } from 'vite';

const ROOT = join(import.meta.dirname, '..');

/** Packages that stay in `node_modules/`: they are native, look for files of their own, or are large and seldom needed. */
const APART = [
  '@tensorflow/*',
  'echarts',
  'h5wasm',
  'libsql',
  'node-webcam',
  'onnxruntime-node',
  'sharp',
  'undici',
];

/** CommonJS that is built in asks for parts of Node.js by this. */
const REQUIRE = `import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);`;

/**
 * Bundles programs, with the thread of retrainings and the program of the embedded broker beside them, in the place of what is in the folder.
 *
 * @param programs paths from the root of the project, by the name of the file that each becomes, without `.js`
 */
export async function bundle(folder: string, programs: Readonly<Record<string, string>>): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await build({
    absWorkingDir: ROOT,
    entryPoints: {
      ...programs,
      worker: 'src/learning/retrain/worker.ts',
      'broker-program': 'src/broker/program.ts',
    },
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    // Where a package has both, the ES modules.
    mainFields: ['module', 'main'],
    banner: { js: REQUIRE },
    external: APART,
    logLevel: 'warning',
  });
}

/** Builds the page that the daemon serves, in the place of what is in the folder. */
export async function buildPage(folder: string): Promise<void> {
  await buildWithVite({
    configFile: join(ROOT, 'src', 'web', 'ui', 'vite.config.ts'),
    build: { outDir: folder },
    logLevel: 'warn',
  });
}

function checkTypes(project: string): boolean {
  const require = createRequire(import.meta.url);
  const compiler = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');
  const { status } = spawnSync(process.execPath, [compiler, '--noEmit', '-p', join(ROOT, project)], {
    stdio: ['ignore', 2, 2],
  });
  return status === 0;
}

if (import.meta.url === pathToFileURL(resolve(process.argv[1] ?? '')).href) {
  if (!checkTypes('tsconfig.build.json') || !checkTypes('src/web/ui')) process.exit(1);
  const folder = resolve(process.argv[2] ?? join(ROOT, 'dist'));
  await bundle(folder, { main: 'src/main.ts' });
  await buildPage(join(folder, 'web'));
}
