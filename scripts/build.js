/**
 * Builds `dist/` from `src/`: its 800 modules and those of most packages in few files, of which a command loads its own
 * alone. Reading that many small files was a third of the daemon's start. The page goes into `web/` of it. JavaScript, so
 * that a clone without development packages can build; `npm run check` checks the types.
 *
 *     node scripts/build.js [DIR]
 */
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const ROOT = join(import.meta.dirname, '..');

/** Packages that stay in `node_modules/`, alone in the Debian package: they are native, look for files of their own, or are large and seldom needed. */
export const APART = [
  '@tensorflow/*',
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
 * @param {string} folder
 * @param {Readonly<Record<string, string>>} programs paths from the root of the project, by the name of the file that each becomes, without `.js`
 */
export async function bundle(folder, programs) {
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

/**
 * Builds the page that the daemon serves, in the place of what is in the folder.
 *
 * @param {string} folder
 */
export async function buildPage(folder) {
  const sources = join(ROOT, 'src', 'web', 'ui');
  await rm(folder, { recursive: true, force: true });
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: { index: join(sources, 'main.tsx') },
    outdir: join(folder, 'assets'),
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    target: 'es2023',
    metafile: true,
    logLevel: 'warning',
  });
  const outputs = Object.entries(metafile.outputs);
  const [script = '', main] =
    outputs.find(([, { entryPoint }]) => entryPoint === 'src/web/ui/main.tsx') ?? [];
  // The page is served at the top, or below the name of one of several cameras.
  const address = (path = '') => `./${relative(folder, join(ROOT, path))}`;
  const page = await readFile(join(sources, 'index.html'), 'utf8');
  await writeFile(
    join(folder, 'index.html'),
    page.replace('./style.css', () => address(main?.cssBundle)).replace('./main.tsx', () => address(script)),
  );
  // The styles of the main program are all styles of the page: it is one file.
  const rest = outputs
    .map(([path]) => path)
    .filter(path => path.endsWith('.css') && path !== main?.cssBundle);
  for (const path of rest) await rm(join(ROOT, path));
  await cp(join(sources, 'public'), folder, { recursive: true });
}

if (import.meta.url === pathToFileURL(resolve(process.argv[1] ?? '')).href) {
  const folder = resolve(process.argv[2] ?? join(ROOT, 'dist'));
  await bundle(folder, { main: 'src/main.ts' });
  await buildPage(join(folder, 'web'));
}
