/** JSON Schemas of all payloads, from the topics and the verbs. */
import * as z from 'zod';
import { transactionSchema } from '../../src/messaging/payloads.ts';
import { TOPICS } from '../../src/messaging/topics.ts';
import type { Verbs } from '../../src/messaging/verbs.ts';

export type TopicName = keyof typeof TOPICS;
export type JsonSchema = Readonly<Record<string, unknown>>;

/** A payload, by the name its schema has in all documents. Topics that share one share its name. */
export interface Payload {
  readonly name: string;
  readonly schema: JsonSchema;
  readonly topics: readonly TopicName[];
}

/** `zone/<zone>/activity` as `zone-activity`. */
export function nameOf(topic: TopicName): string {
  const levels = topic.split('/').filter(level => !level.startsWith('<'));
  return levels.join('-');
}

/** The payload of each topic. */
export function payloads(): Payload[] {
  const topics = Object.keys(TOPICS) as TopicName[];
  const bySchema = new Map<z.ZodType, TopicName[]>();
  for (const topic of topics) {
    const { payload } = TOPICS[topic];
    bySchema.set(payload, [...(bySchema.get(payload) ?? []), topic]);
  }
  return [...bySchema].map(([schema, names]) => ({
    name: nameOf(names[0] as TopicName),
    schema: toJsonSchema(schema),
    topics: names,
  }));
}

/** What may be sent to `command/<verb>`, by verb. */
export function commandSchemas(verbs: Verbs): Record<string, JsonSchema> {
  const entries = Object.entries(verbs).map(([verb, { doc, args }]): [string, JsonSchema] => {
    const { properties, ...rest } = toJsonSchema(args);
    const transaction = toJsonSchema(transactionSchema);
    const all = { ...(properties as JsonSchema | undefined), transaction };
    return [verb, { ...rest, properties: all, description: doc }];
  });
  return Object.fromEntries(entries);
}

/**
 * JSON Schema, draft 07: what AsyncAPI understands without further ado. Objects are open, as fields may be added to any
 * payload.
 */
function toJsonSchema(schema: z.ZodType): JsonSchema {
  const { $schema: _, ...node } = z.toJSONSchema(schema, {
    target: 'draft-7',
    io: 'input',
    override: ({ jsonSchema }) => {
      // The name of the format says as much as a pattern of five lines; that it is UTC it does not say.
      if (jsonSchema.format === 'date-time') jsonSchema.pattern = 'Z$';
      // No format of the standard; the pattern says it.
      if (jsonSchema.format === 'ulid') delete jsonSchema.format;
    },
  });
  return node;
}
