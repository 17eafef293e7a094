/** `docs/mqtt.md`, from the topics, the schemas of their payloads and the examples. */
import type { z } from 'zod';
import { EXAMPLES, type Example } from '../../src/messaging/examples.ts';
import { ALERTS, TOPICS } from '../../src/messaging/topics.ts';
import { statusVerb, type Verbs } from '../../src/messaging/verbs.ts';
import { textOf, variantsOf } from './fields.ts';

/** Those the daemon answers. */
const VERBS: Verbs = { status: statusVerb(() => ({})) };

const INTRODUCTION = `# MQTT

<!-- Made from src/messaging by \`npm run docs\`. Change it there. -->

surfwatch publishes to the broker at \`mqtt.url\`. Where that is empty it starts a broker of its own on
\`mqtt://127.0.0.1:1883\` (see \`broker.*\` in [config.md](config.md)).

\`<base>\` is \`surf\`. Where several boards share a broker (\`fleet\` is true) it is \`surf/<site>\`. Names of sites and zones
hold \`a-z\`, \`0-9\` and \`-\`.

## Topics
`;

const RULES = `## What a subscriber can rely on

- State is retained: a new subscriber has the present state at once. Events, commands and answers are not retained.
- Every JSON payload has \`"v": 1\`. Under one version fields are only added, so ignore fields you don't know.
- \`activity\` is \`unknown\` where the picture can't be judged, and \`visibility\` says why: \`dark\`, \`obscured\`, \`frozen\`,
  \`unreadable\` or \`camera-lost\`. An old activity is never passed off as a fresh one: without a picture for
  \`activity.staleAfter\` it is \`unknown\`.
- \`activity\` is sent on every change and at least every \`activity.heartbeat\`. Treat it as lost when nothing has come for
  three of these.
- \`availability\` is the process, \`camera/availability\` the camera. Both must be \`online\` for the activity to be fresh. If
  the process dies or its network fails, the broker publishes the last will: \`offline\`.
- Events are sent in order, at least once. A delivery repeated after a lost connection has the same \`id\`. While the broker
  is away up to \`mqtt.maxQueuedEvents\` of them wait in memory; a restart of the daemon loses these.
- While the broker is away a state topic keeps only its newest value.
- A session ends with the time it was last seen, not the time that was noticed. It outlives an \`unknown\` of up to
  \`activity.sessionGap\`.
- Times are UTC (ISO 8601 with milliseconds), ids are ULIDs, scores and rectangles are shares from 0 to 1.
- The daemon subscribes to its command topics only.
`;

const COMMANDS = `## Commands

Send the bare verb or a JSON object to \`<base>/command\`, or anything that fits to \`<base>/command/<verb>\`, so that a broker
can permit verbs one by one. A command has at most 16,384 bytes.

- Every command is answered on \`<base>/response/<verb>\`; one whose verb can't be read on \`<base>/response/unknown\`. With
  MQTT 5 the answer goes to the command's response topic, with its correlation data.
- \`transaction\` is given back in the answer. A repeated one is answered again, but not run again.
- A retained command is ignored. 16 commands run at a time, each for 30 seconds at most.

| verb | arguments | what it does |
| --- | --- | --- |
`;

const TRY = `## Try it

\`\`\`sh
mosquitto_sub -t 'surf/#' -v
mosquitto_sub -t surf/activity/state -C 1
mosquitto_sub -t surf/response/status -C 1 -W 10 & sleep 1; mosquitto_pub -t surf/command -m status; wait
\`\`\`

With Mosquitto 2 and MQTT 5 at an external broker:

\`\`\`sh
mosquitto_rr -V 5 -t surf/command/status -e surf/response/mine -m '' -W 10
\`\`\`
`;

export function mqttPage(): string {
  return [
    INTRODUCTION,
    topicTable(),
    RULES,
    '## Payloads\n',
    ...payloadSections(),
    alertTable(),
    COMMANDS + verbRows(),
    TRY,
  ].join('\n');
}

function topicTable(): string {
  const rows = Object.entries(TOPICS).map(([name, { direction, retained, qos, doc }]) => {
    const way = direction === 'out' ? 'from the daemon' : 'to the daemon';
    return `| \`<base>/${name}\` | ${way} | ${retained ? 'yes' : 'no'} | ${qos} | ${cell(doc)} |`;
  });
  return `| topic | direction | retained | QoS | what it says |\n| --- | --- | --- | --- | --- |\n${rows.join('\n')}\n`;
}

/** One section a payload: topics that share one stand together. */
function payloadSections(): string[] {
  const bySchema = new Map<z.ZodType, (keyof typeof EXAMPLES)[]>();
  for (const name of Object.keys(TOPICS) as (keyof typeof EXAMPLES)[]) {
    const { payload } = TOPICS[name];
    bySchema.set(payload, [...(bySchema.get(payload) ?? []), name]);
  }
  return [...bySchema].map(([schema, names]) => payloadSection(schema, names));
}

function payloadSection(schema: z.ZodType, names: readonly (keyof typeof EXAMPLES)[]): string {
  const heading = `### ${names.map(name => `\`${name}\``).join(' and ')}\n`;
  const examples = names.flatMap(name => EXAMPLES[name] as readonly Example[]).map(example);
  return [heading, ...fieldTables(schema), ...examples].join('\n');
}

function fieldTables(schema: z.ZodType): string[] {
  const variants = variantsOf(schema);
  return variants.map(({ title, fields }) => {
    if (fields.length === 0) return `${bareText(schema)}\n`;
    const rows = fields.map(({ path, type, doc }) => `| \`${path}\` | ${cell(type)} | ${cell(doc)} |`);
    return `${title}\n\n| field | type | meaning |\n| --- | --- | --- |\n${rows.join('\n')}\n`;
  });
}

function bareText(schema: z.ZodType): string {
  const text = textOf(schema);
  return text === 'text' ? 'Bare text, no JSON.' : `Bare text, no JSON: ${text}.`;
}

function example({ topic, payload }: Example): string {
  if (typeof payload === 'string') return `\`surf/${topic}\`\n\n\`\`\`text\n${payload}\n\`\`\`\n`;
  return `\`surf/${topic}\`\n\n\`\`\`json\n${JSON.stringify(payload, null, 2)}\n\`\`\`\n`;
}

function alertTable(): string {
  const rows = Object.entries(ALERTS).map(([id, doc]) => `| \`${id}\` | ${cell(doc)} |`);
  return `## Alerts\n\n| id | while |\n| --- | --- |\n${rows.join('\n')}\n`;
}

function verbRows(): string {
  return Object.entries(VERBS)
    .map(([name, { doc, args }]) => {
      const fields = variantsOf(args).flatMap(variant => variant.fields);
      const shown = fields.map(({ path, type }) => `\`${path}\`: ${type}`).join(', ') || 'none';
      return `| \`${name}\` | ${cell(shown)} | ${cell(doc)} |\n`;
    })
    .join('');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
