/**
 * Builds the page and serves it with the beach of the tests, to be looked at while it is worked on:
 *
 *     PORT=8322 PASSWORD=secret npx tsx test/web/serve.ts
 */
import { join } from 'node:path';
import { buildPage } from '../../scripts/build.js';
import { PACKAGE_ROOT } from '../../src/base/paths.ts';
import { demoBeach } from './beach.ts';
import { servePage } from './page-server.ts';

const FRAME_MS = 4_000;
const { PORT = '8322', PASSWORD } = process.env;

const folder = join(PACKAGE_ROOT, '.cache', 'page');
await buildPage(folder);
const beach = await demoBeach();
const page = await servePage({
  folder,
  port: Number(PORT),
  ...(PASSWORD !== undefined && { password: PASSWORD }),
  routes: beach.routes,
  picture: beach.picture,
});
beach.sayAll(page);
console.log(`The page with a beach of the tests: ${page.url}`);
setInterval(() => beach.nextFrame(page), FRAME_MS);
