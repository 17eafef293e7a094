/** What Mosquitto needs to serve boards on a network: its settings, its users, and who may read and write what. */
import { pbkdf2Sync, randomBytes } from 'node:crypto';
import { discoveryTopic } from './discovery/message.ts';
import { topicFilters } from './topics.ts';

/** What a user of the broker is there for. */
export const ROLES = {
  board: 'a board: publishes what it sees, and receives commands and labels, its own too',
  reader: 'reads what the boards say; no pictures, no answers to commands',
  operator: 'reads everything, pictures too, sends commands and labels, and speaks to Home Assistant',
} as const satisfies Record<string, string>;

export type Role = keyof typeof ROLES;

export interface MosquittoUser {
  /** In a fleet that of a board is its site. */
  readonly name: string;
  readonly role: Role;
}

export interface MosquittoSetup {
  readonly users: readonly MosquittoUser[];
  /** Boards have their topics below `surf/<site>`, which is also their name; else there is one, below `surf`. */
  readonly fleet: boolean;
  /** Site of the one board, where there is no fleet. */
  readonly site: string;
  /** Home Assistant's part of the topics. */
  readonly discoveryPrefix: string;
}

/** Topics that show a picture, or may: not for readers. */
const PICTURES: readonly string[] = ['snapshot', 'response/+'];

/** The rules of access, as Mosquitto's `acl_file`: a user may do what is named, and nothing else. */
export function aclText(setup: MosquittoSetup): string {
  const parts = setup.users.map(user => [`user ${user.name}`, ...rulesOf(user, setup), ''].join('\n'));
  return ['# Written by `surfwatch broker mosquitto`.', '', ...parts].join('\n');
}

function rulesOf({ name, role }: MosquittoUser, { fleet, site, discoveryPrefix }: MosquittoSetup): string[] {
  const boards = fleet ? 'surf/+' : 'surf';
  const told = topicFilters('out').filter(topic => role === 'operator' || !PICTURES.includes(topic));
  const read = told.map(topic => `topic read ${boards}/${topic}`);
  if (role === 'reader') return read;
  if (role === 'operator') {
    const write = topicFilters('in').map(topic => `topic write ${boards}/${topic}`);
    return [...read, ...write, `topic readwrite ${discoveryPrefix}/#`];
  }
  const own = fleet ? `surf/${name}` : 'surf';
  return [
    // `surfwatch fleet status -c` with its login.
    ...(fleet ? read : []),
    // `surfwatch status -c` with its login gets its answers.
    ...[...topicFilters('out'), ...topicFilters('in')].map(topic => `topic readwrite ${own}/${topic}`),
    `topic readwrite ${discoveryTopic(discoveryPrefix, fleet ? name : site)}`,
    `topic read ${discoveryPrefix}/status`,
  ];
}

export interface MosquittoFiles {
  readonly passwords: string;
  readonly acl: string;
  readonly cert?: string;
  readonly key?: string;
}

/** Mosquitto's settings, to be included by its `mosquitto.conf`. @param files absolute paths */
export function configText(files: MosquittoFiles, port: number): string {
  return [
    '# Written by `surfwatch broker mosquitto`.',
    `listener ${port}`,
    ...(files.cert === undefined ? [] : [`certfile ${files.cert}`, `keyfile ${files.key}`]),
    'allow_anonymous false',
    `password_file ${files.passwords}`,
    `acl_file ${files.acl}`,
    // Pictures to learn from are the largest of messages.
    'message_size_limit 16777216',
    '# For subscribers that keep a session: events that come while they are away wait.',
    'max_queued_messages 10000',
    '',
  ].join('\n');
}

/** Random, so that Mosquitto need not spend long on a hash, which it does on the thread that serves all clients. */
const PASSWORD_BYTES = 18;
const ITERATIONS = 1_000;
const HASH_BYTES = 64;

/** A password nobody guesses: 24 characters. */
export function newPassword(): string {
  return randomBytes(PASSWORD_BYTES).toString('base64url');
}

/** A password as `mosquitto_passwd` of Mosquitto 2 keeps it: PBKDF2 with SHA-512. @param salt default: random */
export function passwordHash(password: string, salt: Uint8Array = randomBytes(12)): string {
  const hash = pbkdf2Sync(password, salt, ITERATIONS, HASH_BYTES, 'sha512');
  return `$7$${ITERATIONS}$${Buffer.from(salt).toString('base64')}$${hash.toString('base64')}`;
}
