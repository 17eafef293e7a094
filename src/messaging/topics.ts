import * as z from 'zod';
import { labelSchema } from './label-payload.ts';
import { trainingSchema } from './learning-payloads.ts';
import {
  activitySchema,
  availabilitySchema,
  commandSchema,
  eventSchema,
  healthSchema,
  infoSchema,
  problemSchema,
  responseSchema,
  stateSchema,
  zoneActivitySchema,
} from './payloads.ts';
import { ridersSchema } from './rider-payload.ts';
import { statsSchema } from './stats-payload.ts';

/** How a topic is used. Its payload is JSON, or bare text where the schema is a string or an enumeration. */
export interface TopicEntry {
  /** `out`: sent by the daemon; `in`: sent to it. */
  readonly direction: 'out' | 'in';
  readonly retained: boolean;
  readonly qos: 0 | 1;
  readonly payload: z.ZodType;
  readonly doc: string;
}

/** Every topic under `<base>/`; `<name>` stands for one level. The one source of types, JSON Schema and docs. */
export const TOPICS = {
  activity: {
    direction: 'out',
    retained: true,
    qos: 1,
    payload: activitySchema,
    doc: 'The beach as a whole: sent on every change, of a count too, and every heartbeat.',
  },
  'activity/state': {
    direction: 'out',
    retained: true,
    qos: 1,
    payload: z.string().min(1),
    doc: 'One bare word for simple clients: an activity, `none` or `unknown`.',
  },
  'zone/<zone>/activity': {
    direction: 'out',
    retained: true,
    qos: 1,
    payload: zoneActivitySchema,
    doc: 'The same as `activity` for one zone, if zones are configured.',
  },
  riders: {
    direction: 'out',
    retained: false,
    qos: 0,
    payload: ridersSchema,
    doc: 'Where in the frame each rider is, if `riders.publish` is on: at most once for each judged frame, and never late.',
  },
  event: {
    direction: 'out',
    retained: false,
    qos: 1,
    payload: eventSchema,
    doc: 'Sessions started, updated and ended; models promoted, rejected and rolled back: in order, kept until the broker has acknowledged them.',
  },
  snapshot: {
    direction: 'out',
    retained: true,
    qos: 0,
    payload: z.string().meta({ contentEncoding: 'binary' }).describe('A JPEG without metadata.'),
    doc: 'The picture the activity was read from, if `snapshot.publish` is on; removed (an empty retained payload) while that is off and during a pause.',
  },
  availability: {
    direction: 'out',
    retained: true,
    qos: 1,
    payload: availabilitySchema,
    doc: '`online` or `offline`: the process. Also the last will.',
  },
  'camera/availability': {
    direction: 'out',
    retained: true,
    qos: 1,
    payload: availabilitySchema,
    doc: '`online` or `offline`: the camera.',
  },
  state: {
    direction: 'out',
    retained: true,
    qos: 1,
    payload: stateSchema,
    doc: 'What the daemon is doing, and since when.',
  },
  health: {
    direction: 'out',
    retained: true,
    qos: 1,
    payload: healthSchema,
    doc: 'Uptime, rate, latency, frames, queues, memory, temperature, disk.',
  },
  info: {
    direction: 'out',
    retained: true,
    qos: 1,
    payload: infoSchema,
    doc: 'Version, engine and why it was chosen, model, zones.',
  },
  training: {
    direction: 'out',
    retained: true,
    qos: 1,
    payload: trainingSchema,
    doc: 'Progress and result of the training job.',
  },
  'stats/hourly': {
    direction: 'out',
    retained: true,
    qos: 1,
    payload: statsSchema,
    doc: 'Minutes and riders of each activity in the last 48 hours, today and yesterday: at the start, at each full hour and at midnight.',
  },
  problem: {
    direction: 'out',
    retained: true,
    qos: 1,
    payload: problemSchema,
    doc: 'Whether any alert is raised, and the text of each raised alert.',
  },
  'alert/<id>': {
    direction: 'out',
    retained: true,
    qos: 1,
    payload: z.string(),
    doc: 'Text while a fault lasts; removed (an empty retained payload) when it is over.',
  },
  command: {
    direction: 'in',
    retained: false,
    qos: 1,
    payload: commandSchema,
    doc: 'A command: JSON, or the bare verb. A retained one is ignored.',
  },
  'command/<verb>': {
    direction: 'in',
    retained: false,
    qos: 1,
    payload: commandSchema,
    doc: 'The same with the verb in the topic, so that a broker can permit verbs one by one. The payload may be empty.',
  },
  label: {
    direction: 'in',
    retained: false,
    qos: 1,
    payload: labelSchema,
    doc: 'A label for frames the daemon has seen: the same as the command `label`, answered on `response/label`. A retained one is ignored.',
  },
  'label/image/<labels>': {
    direction: 'in',
    retained: false,
    qos: 1,
    payload: z.string().meta({ contentEncoding: 'binary' }).describe('A JPEG, PNG or WebP of at most 10 MB.'),
    doc: 'A picture from anywhere with its labels: `surfing`, `surfing,kitesurfing`, `none`. Answered on `response/label`; a retained one is ignored.',
  },
  'response/<verb>': {
    direction: 'out',
    retained: false,
    qos: 1,
    payload: responseSchema,
    doc: 'The answer to each command; `response/unknown` if no verb could be read. With MQTT 5 it goes to the response topic of the command, if it names one.',
  },
} as const satisfies Record<string, TopicEntry>;

type Topics = typeof TOPICS;

/** `zone/<zone>/activity` as the type `zone/${string}/activity`. */
type Concrete<K extends string> = K extends `${infer Before}<${string}>${infer After}`
  ? `${Before}${string}${After}`
  : K;

/** The payload of each topic under `<base>/`. */
export type Payloads = { readonly [K in keyof Topics as Concrete<K>]: z.infer<Topics[K]['payload']> };

type WithRetained<K extends keyof Topics> = Topics[K]['retained'] extends true ? K : never;

type Passing = {
  [K in keyof Topics]: Topics[K] extends { direction: 'out'; retained: false; qos: 0 } ? K : never;
}[keyof Topics];

/** Topics for the moment: what cannot be sent at once is forgotten. */
export type PassingTopic = Concrete<Passing>;

/** Topics that hold a value: the broker keeps the newest. The picture has a way of its own. */
export type StateTopic = Exclude<
  Concrete<{ [K in keyof Topics]: WithRetained<K> }[keyof Topics]>,
  'snapshot'
>;

/** Alerts the daemon can raise; all are cleared at start, so that none of an earlier run stays. */
export const ALERTS = {
  'camera-lost': 'No picture comes from the camera.',
  'camera-stuck': 'The camera repeats the same picture.',
  'camera-dark': 'The picture is too dark by day.',
  'lens-obscured': 'Something covers the lens.',
  'camera-overexposed': 'Most of the picture is white: the sun in the lens, or a wrong exposure.',
  'lens-fogged': 'The picture is foggy or out of focus.',
  'lens-dirty': 'Drops, dirt or a cobweb are on the lens, or something is in front of part of it.',
  'camera-moved': 'The camera points somewhere else than before.',
  'picture-damaged': 'Parts of the picture are missing or have the wrong colours.',
  'picture-unreadable': 'The camera sends something that is not a picture.',
  'model-failed': 'The model cannot be run.',
  'disk-full': 'There is no space left for data.',
  'disk-worn': 'The flash memory of the board is near the end of its life.',
  'board-hot': 'The processor is too hot, and may be slowed down.',
  undervoltage: 'The power supply does not hold its voltage.',
  'clock-unset': 'The clock of the board is not set: times are wrong until it is.',
  'state-damaged': 'A file in the state folder was damaged; it was set aside, and a new one was started.',
  'state-not-kept': 'The state folder cannot be written to: anything new is lost when the daemon stops.',
  'learning-failed': 'The learning data cannot be opened: nothing is kept or learnt.',
  'history-not-kept':
    'The history of the activities cannot be written: unsaved minutes are lost when the daemon stops.',
  'events-not-kept': 'Events cannot be kept on disk: those that wait are lost when the daemon stops.',
  'broker-forbids': 'The broker’s access rules keep the daemon from some of its topics.',
  'options-ignored':
    'Settings changed at run time are ignored: their file is damaged, or the configuration contradicts them.',
  'pause-not-kept':
    'The pause on disk is not the one that holds: its file was damaged, and the camera stays paused until `resume`; or it cannot be written.',
  'archive-full': 'No more frames are kept to learn from: labelled ones fill the archive.',
  'model-held': 'A newly trained head may be wrong: it waits until somebody approves or rejects it.',
  'rollback-failed':
    'A new head misbehaves and cannot be rolled back, for example because the disk is full; the daemon tries again.',
  'model-drift': 'The pictures differ from those the model was trained on: somebody should look at them.',
} as const satisfies Record<string, string>;

export type AlertId = keyof typeof ALERTS;

/** The entry of a topic as it is used, `zone/north/activity` say. @throws RangeError where there is none. */
export function topicEntry(topic: string): TopicEntry {
  const entry = Object.entries(TOPICS).find(([pattern]) => matches(pattern, topic));
  if (entry === undefined) throw new RangeError(`no topic "${topic}"`);
  return entry[1];
}

function matches(pattern: string, topic: string): boolean {
  const levels = pattern.split('/');
  const given = topic.split('/');
  return (
    levels.length === given.length &&
    levels.every((level, i) =>
      level.startsWith('<') ? oneLevel(level).test(given[i] ?? '') : level === given[i],
    )
  );
}

function oneLevel(level: string): RegExp {
  return level === '<labels>' ? /^[a-z0-9-]+(,[a-z0-9-]+)*$/ : /^[a-z0-9-]+$/;
}

/** The topics of a direction below the base, as filters of MQTT: `zone/+/activity`. */
export function topicFilters(direction: TopicEntry['direction']): readonly string[] {
  const entries = Object.entries(TOPICS).filter(([, entry]) => entry.direction === direction);
  return entries.map(([name]) => name.replaceAll(/<\w+>/g, '+'));
}

/** Whether topics of a board alone begin with `surf/<name>`, so that no board of a fleet can have that name. */
export function isTopicName(name: string): boolean {
  return Object.keys(TOPICS).some(topic => topic.split('/')[0] === name);
}

/** What all topics begin with: `surf`, or `surf/<site>` in a fleet. */
export function topicBase({ fleet, site }: { readonly fleet: boolean; readonly site: string }): string {
  return fleet ? `surf/${site}` : 'surf';
}
