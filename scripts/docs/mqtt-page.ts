/** `docs/mqtt.md`, from the topics, the schemas of their payloads and the examples. */
import type { z } from 'zod';
import { controlVerbs } from '../../src/control/verbs.ts';
import { learningVerbs } from '../../src/learning/board/verbs.ts';
import { REASONS } from '../../src/messaging/reasons.ts';
import { ALERTS, TOPICS } from '../../src/messaging/topics.ts';
import { statusVerb, type Verbs } from '../../src/messaging/verbs.ts';
import { CONTROL } from './control-section.ts';
import { EXAMPLES } from './examples/all.ts';
import type { Example } from './examples/example.ts';
import { textOf, variantsOf } from './fields.ts';

const nothing = () => ({});
/** The page only reads what the verbs say of themselves. */
const unasked = () => Promise.reject(new Error('no daemon'));

/** Those the daemon answers. */
export const VERBS: Verbs = {
  status: statusVerb(nothing),
  ...learningVerbs({
    labels: {
      labelFrames: async () => ({ labelled: [], counts: {} }),
      undo: frame => ({ frame, labels: null }),
    },
    retrain: () => ({ job: '' }),
    cancel: nothing,
    rollback: nothing,
    models: nothing,
    approve: nothing,
    reject: nothing,
    overlay: nothing,
    next: nothing,
    explain: nothing,
    frame: nothing,
  }),
  ...controlVerbs({
    pause: { pause: unasked, resume: unasked },
    capture: unasked,
    options: { change: unasked },
    view: { describe: unasked },
  }),
};

const INTRODUCTION = `# MQTT

<!-- Made from src/messaging by \`npm run docs\`. Change it there. -->

surfwatch publishes to the broker at \`mqtt.url\`. If that is empty, it starts its own broker on \`mqtt://127.0.0.1:1883\`
(see \`broker.*\` in [config.md](config.md)). To use a broker of yours, see [brokers.md](brokers.md).

\`<base>\` is \`surf\`. If several boards share a broker (\`fleet\` is true), or the
daemon has several cameras ([cameras.md](cameras.md#several-cameras)), it is \`surf/<site>\`. Names of sites and zones
consist of \`a-z\`, \`0-9\` and \`-\`.

Programs can read the same contract: [asyncapi.yaml](asyncapi.yaml) describes topics and payloads as AsyncAPI 3.0, and
\`docs/schemas/\` has a JSON Schema (draft 07) of each payload. For Home Assistant and Node-RED see
[home-assistant.md](home-assistant.md).

## Topics
`;

const RULES = `## What a subscriber can rely on

- State is retained: a new subscriber receives the current state at once. Events, commands and answers are not retained.
- Every JSON payload has \`"v": 1\`. Within one version fields are only added, so ignore fields you do not know.
- \`activity\` is \`unknown\` if the picture cannot be judged, and \`visibility\` says why: \`dark\`, \`fogged\`, \`frozen\`,
  \`camera-lost\`, \`paused\` or another ([all of them](troubleshooting.md#visibility)). An old activity is never passed off
  as a fresh one: after \`activity.staleAfter\` without a picture it is \`unknown\`.
- \`activity\` is sent on every change and at least every \`activity.heartbeat\`. Treat it as lost if nothing has come for
  three heartbeats.
- \`availability\` is about the process, \`camera/availability\` about the camera. Both must be \`online\` for the activity
  to be fresh. If the process dies or its network fails, the broker publishes the last will: \`offline\`.
- Events are sent in order, at least once. After a lost connection or a restart one of them may be repeated, with the same
  \`id\`; after a power cut the last 64 may be.
- The *embedded* broker keeps no sessions, and nothing across a restart: a subscriber never receives what is sent while it is
  away.
- Up to 1,000 events wait on disk until the broker has acknowledged them, across restarts of the daemon too. Beyond that the
  oldest is dropped and counted in \`health\` (\`outbox.droppedEvents\`). When the broker is back, the daemon sends the
  states first, then 100 events a second. If the disk fails, events wait in memory, and the alert \`events-not-kept\` says
  so.
- While the broker is away, a state topic keeps only its newest value.
- A session ends at the time its activity was last seen, not when the daemon noticed. It continues through an \`unknown\` of
  up to \`activity.sessionGap\`.
- Times are UTC (ISO 8601 with milliseconds), ids are ULIDs, scores and rectangles are fractions from 0 to 1.
- The daemon subscribes only to its command and label topics and, with \`discovery.enabled\`, to Home Assistant's
  \`<discovery.prefix>/status\`.
`;

const REASONS_SAY = `Why a head was promoted, held, rejected or rolled back (\`training\`, \`event\`, \`models\`), and why a frame is worth a label
(\`next\`). Each is an object of \`code\`, \`text\`, the English sentence, and \`values\`, from which a program can make a sentence
of its own.`;

const COMMANDS = `## Commands

Send the bare verb or a JSON object to \`<base>/command\`, or the arguments to \`<base>/command/<verb>\`, so that a broker
can permit verbs one by one. A command has at most 16,384 bytes.

- The daemon answers every command on \`<base>/response/<verb>\`, or on \`<base>/response/unknown\` if it cannot read the
  verb. With MQTT 5 the answer goes to the command's response topic, with its correlation data.
- The answer repeats the \`transaction\`. A command that repeats one is answered again, but not run again; with other
  arguments it is refused (\`transaction-reused\`).
- \`ts\` says when it was sent, as \`"2026-06-01T09:14:03Z"\` or in milliseconds since 1970. A command older than five
  minutes is answered \`command-stale\` and not run; see [brokers.md](brokers.md#sessions).
- A retained command is ignored. At most 16 commands run at a time, each for at most 30 seconds.

| verb | arguments | what it does |
| --- | --- | --- |
`;

const LABELS = `## Labels

You can say what a frame shows in one of these ways, with the same meaning:

- \`<base>/label\`, or the command \`label\`: for frames whose ids came on \`activity\`.
- \`<base>/label/image/<labels>\`: the bytes of a picture from anywhere. \`<labels>\` is \`none\` or activities separated by
  \`,\`: \`surfing,kitesurfing\`. (Not \`+\`: MQTT forbids it in topic names, and brokers end the connection of a client that
  uses it.)
- The folder \`labelled/<labels>/\` and the command \`surfwatch label\`. A folder's name may use \`+\` or \`,\`.

A label is about the whole frame (\`labels\`), about riders at places in it (\`riders\`, at most 200, with \`complete\` if
these are all), or a review of what the daemon saw (\`confirm\`, \`not\`, \`also\`): its detections are numbered from 1, the
surest first, by their scores when the frame was kept. If neither the place of a point nor a picture to read it from is kept,
the answer is \`label-place-unknown\`, and nothing is labelled. [learning.md](learning.md#labelling) says what is learnt from
a label.

The daemon answers each label on \`<base>/response/label\` once it is on disk. The same picture sent again is the same frame;
a label that already holds is not recorded again. A picture is a JPEG, PNG or WebP of at most 10 MB and 50 megapixels; it is
kept as a JPEG of at most 2560 pixels without EXIF or GPS. 16 pictures or 40 MB may wait, others are answered
\`command-busy\`. A packet above 16 MiB cannot be answered: the connection ends, or the broker does not deliver it.

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
    reasonTable(),
    COMMANDS + verbRows(),
    LABELS + CONTROL + TRY,
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
  if (text === 'bytes') return `Bytes, no JSON. ${schema.description ?? ''}`;
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

function reasonTable(): string {
  const rows = Object.entries(REASONS).map(([code, text]) => `| \`${code}\` | ${cell(text)} |`);
  return `## Reasons\n\n${REASONS_SAY}\n\n| code | text |\n| --- | --- |\n${rows.join('\n')}\n`;
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
