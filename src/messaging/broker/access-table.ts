/** Who may read and write what at the embedded broker: the one source of the decisions, their tests and the docs. */
import type { TOPICS } from '../topics.ts';

/** What a user of the embedded broker is there for. */
export const ROLES = {
  anonymous: 'Everybody, where no user is set up: only this computer can reach the broker then.',
  reader: 'Reads what the daemon says of the beach and of itself.',
  integration: 'Reads the same, and reads and writes all below the discovery prefix: for Home Assistant.',
  labeller: 'Labels pictures, and reads what is needed for it.',
  operator: 'May do all that a client can.',
  listed: 'May do nothing but what its own lists `read` and `write` name.',
} as const satisfies Record<string, string>;

export type Role = keyof typeof ROLES;

const NOBODY: readonly Role[] = [];
const OPERATORS: readonly Role[] = ['anonymous', 'operator'];
const LABELLERS: readonly Role[] = ['anonymous', 'labeller', 'operator'];
const READERS: readonly Role[] = ['anonymous', 'reader', 'integration', 'labeller', 'operator'];

/** `by verb`: as {@link VERB_ACCESS} says of the verb in the topic or, on `command`, in the payload. */
export type Rule = readonly Role[] | 'by verb';

interface Access {
  readonly read: Rule;
  readonly write: Rule;
}

const SAID_BY_DAEMON: Access = { read: READERS, write: NOBODY };

/** Of each topic below `<base>/`. What the daemon says, nobody else may write. */
export const TOPIC_ACCESS: Readonly<Record<keyof typeof TOPICS, Access>> = {
  activity: SAID_BY_DAEMON,
  'activity/state': SAID_BY_DAEMON,
  'zone/<zone>/activity': SAID_BY_DAEMON,
  riders: SAID_BY_DAEMON,
  event: SAID_BY_DAEMON,
  snapshot: SAID_BY_DAEMON,
  availability: SAID_BY_DAEMON,
  'camera/availability': SAID_BY_DAEMON,
  state: SAID_BY_DAEMON,
  health: SAID_BY_DAEMON,
  info: SAID_BY_DAEMON,
  training: SAID_BY_DAEMON,
  'stats/hourly': SAID_BY_DAEMON,
  problem: SAID_BY_DAEMON,
  'alert/<id>': SAID_BY_DAEMON,
  command: { read: OPERATORS, write: 'by verb' },
  'command/<verb>': { read: OPERATORS, write: 'by verb' },
  label: { read: OPERATORS, write: LABELLERS },
  'label/image/<labels>': { read: OPERATORS, write: LABELLERS },
  // An answer may hold a picture.
  'response/<verb>': { read: 'by verb', write: NOBODY },
};

/** Who may send a command, and so read its answers. `unknown`: one whose verb can not be read. */
export const VERB_ACCESS: Readonly<Record<string, readonly Role[]>> = {
  status: LABELLERS,
  models: LABELLERS,
  next: LABELLERS,
  explain: LABELLERS,
  frame: LABELLERS,
  label: LABELLERS,
  unknown: LABELLERS,
  retrain: OPERATORS,
  cancel: OPERATORS,
  rollback: OPERATORS,
  approve: OPERATORS,
  reject: OPERATORS,
  capture: OPERATORS,
  pause: OPERATORS,
  resume: OPERATORS,
  options: OPERATORS,
  view: OPERATORS,
};

/** Of a verb that {@link VERB_ACCESS} does not know. */
export const OTHER_VERBS = OPERATORS;

/** Topics outside of `<base>/`, the first that fits. Topics that begin with `$` nobody may write. */
export const OTHER_TOPICS: readonly (Access & { readonly filter: string })[] = [
  { filter: '$SYS/#', read: OPERATORS, write: NOBODY },
  {
    filter: '<discovery.prefix>/#',
    read: [...OPERATORS, 'integration'],
    write: [...OPERATORS, 'integration'],
  },
  { filter: '#', read: OPERATORS, write: OPERATORS },
];
