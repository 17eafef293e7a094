/** Who may log in at the embedded broker, kept up to date with the users file. */
import type { Logger } from 'pino';
import type { Clock } from '../../base/clock.ts';
import { SurfwatchError } from '../../errors.ts';
import { loginMatches } from '../access.ts';
import type { BrokerOptions } from '../options.ts';
import { ANONYMOUS, type Identity } from './access.ts';
import { watchFiles } from './file-changes.ts';
import { readUsers, type Users } from './users-file.ts';
import { newVerifier } from './verifier.ts';

export interface DirectorySetup {
  readonly options: Pick<BrokerOptions, 'username' | 'password' | 'usersFile'>;
  /** A removed user is cut off within this time. */
  readonly lookEveryMs: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** Called when a user's rights or password changed, or the user is no more. */
  readonly onChanged: (name: string) => void;
}

export type Login =
  | { readonly verdict: 'right'; readonly identity: Identity }
  | { readonly verdict: 'wrong' | 'busy' };

export interface Directory {
  /** Whether there is anybody to log in as; where nobody is set up, all are anonymous. */
  readonly isOpen: boolean;
  /** How many can log in. */
  readonly size: number;
  /** The user of that name as it is now; undefined where there is none. */
  identity(name: string): Identity | undefined;
  login(name: string | undefined, password: Uint8Array | undefined, address: string): Promise<Login>;
}

/** Reads the users file, if one is set, and watches it. @throws SurfwatchError `broker-users-invalid` */
export async function openDirectory(setup: DirectorySetup): Promise<Directory> {
  const { options, clock, log, signal } = setup;
  const { username, password, usersFile } = options;
  const operator = username && password ? { username, password } : undefined;
  const verifier = newVerifier(clock);
  let users: Users = {};

  async function reload(path: string): Promise<void> {
    try {
      const before = users;
      const read = await readUsers(path);
      checkTwice(read, operator?.username);
      users = read;
      for (const [name, user] of Object.entries(before)) {
        if (JSON.stringify(user) !== JSON.stringify(users[name])) setup.onChanged(name);
      }
      log.info({ users: Object.keys(users).length }, 'the users of the embedded broker were read again');
    } catch (error) {
      log.error({ err: error }, 'the users file can not be read: those from before still hold');
    }
  }

  if (usersFile !== undefined) {
    await watchFiles({
      paths: [usersFile],
      everyMs: setup.lookEveryMs,
      clock,
      signal,
      onChange: () => reload(usersFile),
    });
    users = await readUsers(usersFile);
    checkTwice(users, operator?.username);
  }
  const isOpen = operator === undefined && usersFile === undefined;
  const identity = (name: string): Identity | undefined => {
    if (isOpen) return name === '' ? ANONYMOUS : undefined;
    if (name === operator?.username) return { name, role: 'operator', read: [], write: [] };
    const user = users[name];
    return user && { name, role: user.role, read: user.read, write: user.write };
  };
  return {
    isOpen,
    get size() {
      return Object.keys(users).length + (operator === undefined ? 0 : 1);
    },
    identity,
    async login(name = '', secret = Buffer.alloc(0), address) {
      if (isOpen) return { verdict: 'right', identity: ANONYMOUS };
      if (operator === undefined || !loginMatches(operator, name, secret)) {
        if (usersFile === undefined) return { verdict: 'wrong' };
        const verdict = await verifier.verify(name, secret, users[name]?.password, address);
        if (verdict !== 'right') return { verdict };
      }
      // The file may have changed meanwhile.
      const found = identity(name);
      return found === undefined ? { verdict: 'wrong' } : { verdict: 'right', identity: found };
    },
  };
}

function checkTwice(users: Users, operator: string | undefined): void {
  if (operator === undefined || users[operator] === undefined) return;
  throw new SurfwatchError(
    'broker-users-invalid',
    `"${operator}" stands in broker.usersFile and in broker.username: one of the two must go`,
  );
}
