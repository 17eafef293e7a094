/** `docs/asyncapi.yaml`: topics, payloads and commands as AsyncAPI 3.0, https://www.asyncapi.com/docs/reference/specification/v3.0.0. */
import { stringify } from 'yaml';
import { ALERTS, TOPICS } from '../../src/messaging/topics.ts';
import { EXAMPLES } from './examples/all.ts';
import {
  commandSchemas,
  type JsonSchema,
  nameOf,
  type Payload,
  payloads,
  type TopicName,
} from './json-schemas.ts';
import { VERBS } from './mqtt-page.ts';

/** Version of the contract: `v` of the payloads. */
const VERSION = '1';
const MQTT_BINDING = '0.2.0';

const HEAD = `# Made from src/messaging by \`npm run docs\`. Change it there.
`;

const DESCRIPTION = `surfwatch tells surfing, windsurfing and kitesurfing apart on a beach camera and publishes it over MQTT.

Under one version fields are only added, so ignore fields you don't know.`;

/** What stands in an address in place of a level. */
const PARAMETERS: Readonly<Record<string, JsonSchema>> = {
  base: {
    description:
      '`surf`, or `surf/<site>` where several boards share a broker, and of each of several cameras.',
    default: 'surf',
  },
  zone: { description: 'Name of a zone: `a-z`, `0-9` and `-`.' },
  id: { description: 'Id of the alert.', enum: Object.keys(ALERTS) },
  labels: {
    description: '`none`, or activities with `,` between them.',
    examples: ['surfing', 'surfing,kitesurfing', 'none'],
  },
  verb: {
    description: 'The verb of the command; `unknown` where none could be read.',
    enum: [...Object.keys(VERBS), 'unknown'],
  },
};

export function asyncapiPage(): string {
  const all = payloads();
  const topics = (Object.keys(TOPICS) as TopicName[]).filter(name => name !== 'command/<verb>');
  const commands = commandSchemas(VERBS);
  const document = {
    asyncapi: '3.0.0',
    info: {
      title: 'surfwatch',
      version: VERSION,
      description: DESCRIPTION,
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    defaultContentType: 'application/json',
    servers: {
      broker: {
        host: 'localhost:1883',
        protocol: 'mqtt',
        description: 'The broker inside surfwatch, or the one at `mqtt.url`.',
      },
    },
    channels: {
      ...Object.fromEntries(topics.map(topic => [nameOf(topic), channel(topic, all)])),
      ...Object.fromEntries(Object.keys(VERBS).map(verb => [`command-${verb}`, commandChannel(verb)])),
    },
    operations: {
      ...Object.fromEntries(topics.map(topic => operation(nameOf(topic), topic))),
      ...Object.fromEntries(Object.keys(VERBS).map(verb => operation(`command-${verb}`, 'command/<verb>'))),
    },
    components: {
      messages: {
        ...Object.fromEntries(all.map(payload => [payload.name, message(payload)])),
        ...Object.fromEntries(Object.keys(VERBS).map(verb => [`command-${verb}`, commandMessage(verb)])),
      },
      schemas: {
        ...Object.fromEntries(all.map(({ name, schema }) => [name, schema])),
        ...Object.fromEntries(Object.entries(commands).map(([verb, schema]) => [`command-${verb}`, schema])),
      },
    },
  };
  return HEAD + stringify(document, { lineWidth: 0, aliasDuplicateObjects: false });
}

function channel(topic: TopicName, all: readonly Payload[]) {
  const payload = all.find(({ topics }) => topics.includes(topic))?.name ?? '';
  return channelOf(topic, payload, TOPICS[topic].doc);
}

function commandChannel(verb: string) {
  return channelOf(`command/${verb}`, `command-${verb}`, VERBS[verb]?.doc ?? '');
}

function channelOf(topic: string, payload: string, description: string) {
  const address = `{base}/${topic.replaceAll('<', '{').replaceAll('>', '}')}`;
  const names = [...address.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  return {
    address,
    description,
    messages: { [payload]: ref('components/messages', payload) },
    parameters: Object.fromEntries(names.map(name => [name, PARAMETERS[name]])),
  };
}

/** From the view of the daemon, as AsyncAPI has it: it sends what is its own and receives commands. */
function operation(name: string, topic: TopicName): [string, unknown] {
  const { direction, qos, retained } = TOPICS[topic];
  const action = direction === 'out' ? 'send' : 'receive';
  return [
    `${action}-${name}`,
    {
      action,
      channel: ref('channels', name),
      bindings: { mqtt: { qos, retain: retained, bindingVersion: MQTT_BINDING } },
      ...(direction === 'in' && { reply: { channel: ref('channels', 'response') } }),
    },
  ];
}

function message({ name, schema, topics }: Payload) {
  const examples = topics.flatMap(topic => EXAMPLES[topic].map(({ payload }) => ({ payload })));
  const bytes = schema.contentEncoding === 'binary';
  return {
    name,
    contentType: bytes ? 'image/jpeg' : schema.type === 'string' ? 'text/plain' : 'application/json',
    payload: ref('components/schemas', name),
    ...(!bytes && { examples }),
  };
}

function commandMessage(verb: string) {
  return {
    name: `command-${verb}`,
    description: 'The payload may also be empty, or the bare verb.',
    payload: ref('components/schemas', `command-${verb}`),
  };
}

function ref(place: string, name: string) {
  return { $ref: `#/${place}/${name}` };
}
