/** Who looks at the page, and what they may do. */
import { signal } from '@preact/signals';
import { ask, LOGGED_OUT } from './api.ts';

export interface Session {
  /** null: they have to log in. */
  readonly role: 'look' | 'operate' | null;
  /** Whether this page asks for a password at all. */
  readonly login: boolean;
  /** Since when the daemon runs: another time after a restart. */
  readonly started: string;
  /** Whether this is the page of the only camera, of one of several (`entry`), or the list of these. */
  readonly page: 'only' | 'entry' | 'list';
}

/** null until the daemon has answered. */
export const session = signal<Session | null>(null);
/** Whether a session ended while the page was open. */
export const hasEnded = signal(false);

/** @throws a network error where the daemon cannot be reached */
export async function readSession(): Promise<void> {
  const before = session.value?.role ?? null;
  session.value = await ask<Session>('GET', '/session');
  hasEnded.value = session.value.role === null && before !== null;
}

/** @throws Refused where the password is wrong */
export async function logIn(password: string): Promise<void> {
  await ask('POST', '/login', { password });
  await readSession();
}

export async function logOut(): Promise<void> {
  await ask('POST', '/logout');
  endSession();
}

function endSession(): void {
  if (session.value !== null) session.value = { ...session.value, role: null, login: true };
}

addEventListener(LOGGED_OUT, () => {
  if ((session.value?.role ?? null) === null) return;
  endSession();
  hasEnded.value = true;
});
