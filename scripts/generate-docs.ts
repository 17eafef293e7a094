/** Writes the reference pages that are made from the source; with `--check` it names those that differ and fails. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PACKAGE_ROOT } from '../src/base/paths.ts';
import { configMarkdown } from '../src/config/reference.ts';
import { asyncapiPage } from './docs/asyncapi.ts';
import { cliPage } from './docs/cli-page.ts';
import { errorsPage } from './docs/errors-page.ts';
import { withMetricsTable } from './docs/metrics-table.ts';
import { mqttPage } from './docs/mqtt-page.ts';
import { openapiPage, withRouteTable } from './docs/openapi.ts';
import { SCHEMA_FOLDER, schemaFiles } from './docs/schema-files.ts';

/** Each page, by its path in the package, and what makes it. */
const PAGES: Readonly<Record<string, () => string | Promise<string>>> = {
  'docs/asyncapi.yaml': asyncapiPage,
  'docs/cli.md': cliPage,
  'docs/config.md': configMarkdown,
  'docs/errors.md': errorsPage,
  'docs/monitoring.md': () =>
    withMetricsTable(readFileSync(join(PACKAGE_ROOT, 'docs/monitoring.md'), 'utf8')),
  'docs/mqtt.md': mqttPage,
  'docs/page.md': () => withRouteTable(readFileSync(join(PACKAGE_ROOT, 'docs/page.md'), 'utf8')),
  'docs/schemas/openapi.json': openapiPage,
  ...schemaFiles(),
};

interface Difference {
  readonly page: string;
  readonly made: string;
  /** The first line that differs, counted from 1; undefined where there is no such file. */
  readonly line: number | undefined;
}

/** The pages whose file is missing or says something else. */
async function differences(): Promise<Difference[]> {
  const all: Difference[] = [];
  for (const [page, make] of Object.entries(PAGES)) {
    const file = join(PACKAGE_ROOT, page);
    const made = await make();
    const found = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
    if (found !== made) all.push({ page, made, line: firstDifference(found, made) });
  }
  return all;
}

/** Schemas of what is no more. */
function leftOver(): string[] {
  const folder = join(PACKAGE_ROOT, SCHEMA_FOLDER);
  const found = existsSync(folder) ? readdirSync(folder).map(name => `${SCHEMA_FOLDER}/${name}`) : [];
  return found.filter(page => !Object.hasOwn(PAGES, page));
}

function firstDifference(found: string | undefined, made: string): number | undefined {
  if (found === undefined) return undefined;
  const lines = found.split('\n');
  const index = made.split('\n').findIndex((line, at) => line !== lines[at]);
  return (index === -1 ? made.split('\n').length : index) + 1;
}

if (process.argv.includes('--check')) {
  for (const { page, line } of await differences()) {
    const where =
      line === undefined ? `${page} is missing` : `${page}:${line} differs from the source it is made from`;
    console.error(`${where}; run npm run docs`);
    process.exitCode = 1;
  }
  for (const page of leftOver()) {
    console.error(`${page} is made from nothing any more; run npm run docs`);
    process.exitCode = 1;
  }
} else {
  for (const page of leftOver()) {
    rmSync(join(PACKAGE_ROOT, page));
    console.log(`removed ${page}`);
  }
  for (const { page, made } of await differences()) {
    const file = join(PACKAGE_ROOT, page);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, made);
    console.log(`wrote ${page}`);
  }
}
