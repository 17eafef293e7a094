/** From a name and a password to a user, or to why there is none. */
import type { AuthenticateError } from 'aedes';
import type { Identity } from './access.ts';
import type { Directory } from './directory.ts';

/** CONNACK return codes of MQTT 3.1.1, section 3.2.2.3. */
const IDENTIFIER_REJECTED = 2;
export const SERVER_UNAVAILABLE = 3;
export const BAD_LOGIN = 4;

interface Attempt {
  readonly name: string | undefined;
  readonly secret: Buffer | undefined;
  readonly address: string;
  /** Whose the client id is, connected or away; asked when the password was checked. */
  readonly owner: () => string | undefined;
  readonly refuse: (what: string) => void;
}

/** @returns who it is, or the code of CONNACK */
export async function logIn(
  directory: Directory,
  { name, secret, address, owner, refuse }: Attempt,
): Promise<{ readonly identity: Identity } | number> {
  const login = await directory.login(name, secret, address);
  if (login.verdict !== 'right') {
    refuse(login.verdict === 'wrong' ? 'a client gave a wrong login' : 'too many logins to check them all');
    return login.verdict === 'wrong' ? BAD_LOGIN : SERVER_UNAVAILABLE;
  }
  const holder = owner();
  if (holder !== undefined && holder !== login.identity.name) {
    refuse("a client asked for another user's client id");
    return IDENTIFIER_REJECTED;
  }
  return { identity: login.identity };
}

export function refusal(returnCode: number): AuthenticateError {
  return Object.assign(new Error('refused'), { returnCode });
}
