/** Decides by {@link TOPIC_ACCESS} what a user of the embedded broker may do. */
import { parseCommand } from '../command.ts';
import { TOPICS } from '../topics.ts';
import {
  OTHER_TOPICS,
  OTHER_VERBS,
  type Role,
  type Rule,
  TOPIC_ACCESS,
  VERB_ACCESS,
} from './access-table.ts';
import { filterMatches, filtersMeet } from './filters.ts';

/** Who a client is logged in as. */
export interface Identity {
  /** '' for anonymous. */
  readonly name: string;
  readonly role: Role;
  /** Filters of what may be read or written beside what the role allows; never what the daemon says. */
  readonly read: readonly string[];
  readonly write: readonly string[];
}

export const ANONYMOUS: Identity = { name: '', role: 'anonymous', read: [], write: [] };

export interface AccessRules {
  /** Whether a message on the topic may be passed on to a user. */
  mayRead(user: Identity, topic: string): boolean;
  /** Whether a filter lets anything through that the user may read. */
  maySubscribe(user: Identity, filter: string): boolean;
  /** Whether a user may publish a message. A command is judged by its verb, wherever that is. */
  mayWrite(user: Identity, topic: string, payload: string | Uint8Array): boolean;
}

interface Entry {
  readonly filter: string;
  readonly read: Rule;
  readonly write: Rule;
}

/** @param base what the daemon's topics begin with; @param discoveryPrefix of Home Assistant's topics */
export function accessRules(base: string, discoveryPrefix: string): AccessRules {
  const below: Entry[] = Object.entries(TOPIC_ACCESS).map(([name, rules]) => ({
    filter: `${base}/${name.replaceAll(/<\w+>/g, '+')}`,
    ...rules,
  }));
  const beyond: Entry[] = OTHER_TOPICS.map(entry => ({
    ...entry,
    filter: entry.filter.replace('<discovery.prefix>', discoveryPrefix),
  }));
  const isOurs = (topic: string) => topic === base || topic.startsWith(`${base}/`);

  function entryOf(topic: string): Entry | undefined {
    return (isOurs(topic) ? below : beyond).find(({ filter }) => filterMatches(filter, topic));
  }

  /** Filters of all that a role can read, for the test of subscriptions alone: `by verb` is the verbs it may send. */
  function readable(role: Role): string[] {
    return [...below, ...beyond].flatMap(({ filter, read }) => {
      if (read !== 'by verb') return read.includes(role) ? [filter] : [];
      return Object.entries(VERB_ACCESS).flatMap(([verb, roles]) =>
        roles.includes(role) ? [filter.replace('+', verb)] : [],
      );
    });
  }

  const readableBy = new Map<Role, string[]>();

  return {
    mayRead({ role, read }, topic) {
      const entry = entryOf(topic);
      const byRole =
        entry === undefined ? isOurs(topic) && isOperator(role) : allows(entry.read, role, lastLevel(topic));
      return byRole || read.some(filter => filterMatches(filter, topic));
    },
    maySubscribe({ role, read }, filter) {
      const own = readableBy.get(role) ?? readable(role);
      readableBy.set(role, own);
      return [...own, ...read].some(other => filtersMeet(filter, other));
    },
    mayWrite({ role, write }, topic, payload) {
      if (topic.startsWith('$')) return false;
      const entry = entryOf(topic);
      if (entry === undefined || (isOurs(topic) && !takesMessages(topic, base))) return false;
      const verb = entry.write === 'by verb' ? verbOf(topic, payload, base) : '';
      const listed = entry.write === 'by verb' ? `${base}/command/${verb}` : topic;
      return allows(entry.write, role, verb) || write.some(filter => filterMatches(filter, listed));
    },
  };
}

/** Topics of the base that are in no table are the daemon's; who may do all reads them too. */
function isOperator(role: Role): boolean {
  return OTHER_VERBS.includes(role);
}

function allows(rule: Rule, role: Role, verb: string): boolean {
  if (rule !== 'by verb') return rule.includes(role);
  return (Object.hasOwn(VERB_ACCESS, verb) ? (VERB_ACCESS[verb] ?? OTHER_VERBS) : OTHER_VERBS).includes(role);
}

function takesMessages(topic: string, base: string): boolean {
  return Object.entries(TOPICS).some(
    ([name, { direction }]) =>
      direction === 'in' && filterMatches(`${base}/${name.replaceAll(/<\w+>/g, '+')}`, topic),
  );
}

/** The verb the daemon would carry out, read as it reads it; `unknown` where it can read none. */
function verbOf(topic: string, payload: string | Uint8Array, base: string): string {
  const bytes = Buffer.isBuffer(payload) ? payload : Buffer.from(payload);
  const parsed = parseCommand({ topic, payload: bytes, retained: false }, base);
  return parsed.ok ? parsed.command.verb : 'unknown';
}

function lastLevel(topic: string): string {
  return topic.slice(topic.lastIndexOf('/') + 1);
}
