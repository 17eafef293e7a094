import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv, type Options, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { describe, expect, it, test } from 'vitest';
import { parse } from 'yaml';
import { EXAMPLES } from '../../scripts/docs/examples/all.ts';
import { nameOf, type TopicName } from '../../scripts/docs/json-schemas.ts';
import { VERBS } from '../../scripts/docs/mqtt-page.ts';
import { PACKAGE_ROOT } from '../../src/base/paths.ts';
import { TOPICS, topicEntry } from '../../src/messaging/topics.ts';
import { blocks } from './pages.ts';

interface Document {
  readonly asyncapi: string;
  readonly channels: Readonly<Record<string, { address: string; messages: Record<string, unknown> }>>;
  readonly operations: Readonly<
    Record<
      string,
      {
        action: string;
        channel: { $ref: string };
        bindings: { mqtt: { qos: number; retain: boolean } };
        reply?: unknown;
      }
    >
  >;
  readonly components: { readonly schemas: Readonly<Record<string, Record<string, unknown>>> };
}

const text = readFileSync(join(PACKAGE_ROOT, 'docs', 'asyncapi.yaml'), 'utf8');
const document: Document = parse(text);

function ajv(options: Options = {}): Ajv {
  const made = new Ajv({ strict: false, allErrors: true, ...options });
  // Its types are those of CommonJS.
  (addFormats as unknown as (ajv: Ajv) => void)(made);
  return made;
}

/** The schema that the AsyncAPI initiative publishes for its documents. */
const official: Record<string, unknown> = JSON.parse(
  readFileSync(fileURLToPath(import.meta.resolve('@asyncapi/specs/schemas/3.0.0.json')), 'utf8'),
);
// It brings draft 07 along.
const validDocument = ajv({ meta: false, validateSchema: false }).compile(official);

describe('asyncapi.yaml', () => {
  it('is a document of AsyncAPI 3.0', () => {
    validDocument(document);
    expect(validDocument.errors).toBeNull();
  });

  it('would be found not to be one', () => {
    expect(validDocument({ ...document, asyncapi: '3' })).toBe(false);
    const [[name = '', operation] = []] = Object.entries(document.operations);
    const broken = { ...document.operations, [name]: { ...operation, action: 'publish' } };
    expect(validDocument({ ...document, operations: broken })).toBe(false);
  });

  it('refers to what is there', () => {
    const refs = [...text.matchAll(/\$ref: "?(#[^"\s]+)/g)].map(([, ref = '']) => ref);
    expect(refs.length).toBeGreaterThan(50);
    const at = (ref: string) =>
      ref
        .slice(2)
        .split('/')
        .reduce<unknown>((node, level) => (node as Record<string, unknown> | undefined)?.[level], document);
    expect(refs.filter(ref => at(ref) === undefined)).toEqual([]);
  });

  it.each(Object.entries(TOPICS))('has the topic %s as it is used', (topic, { direction, qos, retained }) => {
    const operations = Object.values(document.operations).filter(({ channel }) => {
      const { address = '' } = document.channels[channel.$ref.split('/').at(-1) ?? ''] ?? {};
      const pattern = topic === 'command/<verb>' ? /^\{base\}\/command\/.+$/ : undefined;
      return (
        pattern?.test(address) ?? address === `{base}/${topic.replaceAll('<', '{').replaceAll('>', '}')}`
      );
    });
    expect(operations).toHaveLength(topic === 'command/<verb>' ? Object.keys(VERBS).length : 1);
    for (const { action, bindings, reply } of operations) {
      expect(action).toBe(direction === 'out' ? 'send' : 'receive');
      expect(bindings.mqtt).toMatchObject({ qos, retain: retained });
      expect(reply === undefined).toBe(direction === 'out');
    }
  });
});

const compiled = new Map<string, ValidateFunction>();

/** Checks by the schema in the document, and by the file of its own where there is one. */
function validatorOf(name: string): ValidateFunction {
  const known = compiled.get(name);
  if (known !== undefined) return known;
  const schema = document.components.schemas[name];
  if (schema === undefined) throw new Error(`no schema ${name}`);
  const validate = ajv().compile(schema);
  compiled.set(name, validate);
  return validate;
}

function errorsOf(name: string, payload: unknown): unknown {
  const validate = validatorOf(name);
  return validate(payload) ? null : validate.errors;
}

/** The name of the schema of a topic, `zone/north/activity` say. */
function schemaOf(topic: string): string {
  const { payload } = topicEntry(topic);
  const sharing = (Object.keys(TOPICS) as TopicName[]).filter(name => TOPICS[name].payload === payload);
  return nameOf(sharing[0] as TopicName);
}

describe('the JSON Schemas', () => {
  const examples = Object.values(EXAMPLES).flat();

  it.each(examples.map((example, index) => [`${example.topic} ${index}`, example] as const))(
    'accept the example %s',
    (_, { topic, payload }) => {
      expect(errorsOf(schemaOf(topic), payload)).toBeNull();
    },
  );

  const onMqttPage = blocks('json').filter(({ page }) => page === 'docs/mqtt.md');
  it.each(onMqttPage.map(block => [block.at, block] as const))('accept what %s shows', (_, block) => {
    const topic = /^`surf\/(.+)`$/.exec(block.before)?.[1] ?? '';
    expect(errorsOf(schemaOf(topic), JSON.parse(block.text))).toBeNull();
  });

  it('accept fields that a later version adds', () => {
    const [{ payload }] = EXAMPLES.activity;
    expect(errorsOf('activity', { ...payload, crowd: 12 })).toBeNull();
    expect(errorsOf('command-retrain', { epochs: 20, crowd: 12 })).toBeNull();
  });

  it.each([
    ['activity', { ...EXAMPLES.activity[0].payload, scores: { surfing: 2 } }],
    ['activity', { ...EXAMPLES.activity[0].payload, since: '2026-06-01T09:13:31.000+02:00' }],
    ['activity', { ...EXAMPLES.activity[0].payload, since: '2026-13-01T09:13:31.000Z' }],
    ['activity', { ...EXAMPLES.activity[0].payload, frame: '7' }],
    ['event', { ...EXAMPLES.event[0].payload, type: 'session_began' }],
    ['availability', 'away'],
    ['command-retrain', { epochs: 0 }],
    ['command-label', { frame: 'x' }],
    ['response', { v: 1, status: 'error', error: 'no code' }],
  ])('refuse a wrong %s', (name, payload) => {
    expect(errorsOf(name, payload)).not.toBeNull();
  });

  it('are the same in files of their own', () => {
    const inFiles = Object.entries(document.components.schemas).filter(([, { type }]) => type !== 'string');
    expect(inFiles.length).toBeGreaterThan(15);
    for (const [name, schema] of inFiles) {
      const file = readFileSync(join(PACKAGE_ROOT, 'docs', 'schemas', `${name}.json`), 'utf8');
      const { $schema, title, ...rest } = JSON.parse(file);
      expect(rest).toEqual(schema);
      expect({ $schema, title }).toEqual({ $schema: `${official.$schema}#`, title: name });
    }
  });

  it('say of each field what it is', () => {
    const without: string[] = [];
    const look = (node: unknown, path: string): void => {
      if (typeof node !== 'object' || node === null) return;
      const { properties, items, oneOf } = node as {
        properties?: Record<string, { description?: string }>;
        items?: unknown;
        oneOf?: unknown[];
      };
      for (const [name, property] of Object.entries(properties ?? {})) {
        if (property.description === undefined) without.push(`${path}.${name}`);
        look(property, `${path}.${name}`);
      }
      look(items, `${path}[]`);
      for (const variant of oneOf ?? []) look(variant, path);
    };
    for (const [name, schema] of Object.entries(document.components.schemas)) look(schema, name);
    expect(without).toEqual([]);
  });
});

test('every command has a channel of its own', () => {
  const channels = Object.values(document.channels).map(({ address }) => address);
  for (const verb of Object.keys(VERBS)) expect(channels).toContain(`{base}/command/${verb}`);
});
