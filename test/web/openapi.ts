/** Whether an answer is what `docs/schemas/openapi.json` says. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { PACKAGE_ROOT } from '../../src/base/paths.ts';

const FILE = 'docs/schemas/openapi.json';

interface Operation {
  readonly responses: Readonly<
    Record<string, { readonly content: Readonly<Record<string, { readonly schema: object }>> }>
  >;
}

export const OPENAPI = JSON.parse(readFileSync(join(PACKAGE_ROOT, FILE), 'utf8')) as {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
};

const ajv = new Ajv2020({ strict: false, allErrors: true });
// Its types are those of CommonJS.
(addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
ajv.addSchema(OPENAPI, 'openapi');
const compiled = new Map<string, ValidateFunction>();

/** @throws Error naming what differs; also where a path that answers with success is not described */
export function checkAnswer(method: string, path: string, status: number, body: unknown): void {
  const [template] = Object.keys(OPENAPI.paths).filter(one =>
    new RegExp(`^${one.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path),
  );
  if (template === undefined && status !== 404) throw new Error(`${path} is not in ${FILE}`);
  const steps =
    status === 200 && template !== undefined
      ? ['paths', template, method.toLowerCase(), 'responses', '200', 'content', 'application/json', 'schema']
      : ['components', 'schemas', 'Error'];
  check(steps, `${method} ${path}`, body);
}

/** @throws Error naming what differs from the event `frame` of `/api/live` */
export function checkFrame(frame: unknown): void {
  check(['components', 'schemas', 'Frame'], 'frame', frame);
}

function check(steps: readonly string[], what: string, value: unknown): void {
  const escaped = steps.map(step => encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1')));
  const place = `openapi#/${escaped.join('/')}`;
  const validate = compiled.get(place) ?? ajv.compile({ $ref: place });
  compiled.set(place, validate);
  if (!validate(value)) throw new Error(`${what}: ${ajv.errorsText(validate.errors)}`);
}
