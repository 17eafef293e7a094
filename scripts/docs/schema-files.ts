/** `docs/schemas/`: a JSON Schema of each payload that is JSON, and of the arguments of each command. */

import { commandSchemas, type JsonSchema, payloads } from './json-schemas.ts';
import { VERBS } from './mqtt-page.ts';

export const SCHEMA_FOLDER = 'docs/schemas';

const DRAFT = 'http://json-schema.org/draft-07/schema#';

/** What makes each file, by its path in the package. */
export function schemaFiles(): Record<string, () => string> {
  const ofTopics = payloads().filter(({ schema }) => schema.type !== 'string');
  const all: [string, JsonSchema][] = [
    ...ofTopics.map(({ name, schema }): [string, JsonSchema] => [name, schema]),
    ...Object.entries(commandSchemas(VERBS)).map(([verb, schema]): [string, JsonSchema] => [
      `command-${verb}`,
      schema,
    ]),
  ];
  return Object.fromEntries(
    all.map(([name, schema]) => [`${SCHEMA_FOLDER}/${name}.json`, () => fileOf(name, schema)]),
  );
}

function fileOf(name: string, schema: JsonSchema): string {
  return `${JSON.stringify({ $schema: DRAFT, title: name, ...schema }, null, 2)}\n`;
}
