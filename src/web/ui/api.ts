/** The daemon's HTTP interface, as the page uses it: by relative addresses, since a page may be that of one of several cameras. */
import type { Rectangle } from '../../base/geometry.ts';

/** What the daemon answers instead, with what to do about it. */
export class Refused extends Error {
  readonly code: string;
  readonly remedy: string;

  constructor({ code, message, remedy }: { code: string; message: string; remedy: string }) {
    super(message);
    this.code = code;
    this.remedy = remedy;
  }
}

/** Event of the window: the daemon asks for a login. */
export const LOGGED_OUT = 'surfwatch-logged-out';

/** @throws Refused; a network error where the daemon cannot be reached */
export async function ask<T>(method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown): Promise<T> {
  const response = await fetch(`./api${path}`, {
    method,
    ...(method !== 'GET' && {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body ?? {}),
    }),
  });
  const answer: unknown = await response.json();
  if (response.status === 401) dispatchEvent(new Event(LOGGED_OUT));
  if (!response.ok) throw new Refused(answer as ConstructorParameters<typeof Refused>[0]);
  return answer as T;
}

/** Has the daemon carry out a command, as over MQTT. @throws as `ask` */
export function command<T = unknown>(verb: string, args: object = {}): Promise<T> {
  return ask<T>('POST', `/commands/${verb}`, args);
}

/** Address of a frame's picture, or of a part of it in shares. @param id a ULID, or `latest` @param at of the camera's page */
export function pictureOf(
  id: string,
  options: { readonly width?: number; readonly part?: Rectangle } = {},
  at = '.',
): string {
  const { width, part } = options;
  const shares = Object.entries(part ?? {}).map(([name, share]) => [name, share.toFixed(4)]);
  const query = new URLSearchParams({
    ...(width !== undefined && { width: String(width) }),
    ...Object.fromEntries(shares),
  });
  return `${at}/api/frames/${encodeURIComponent(id)}/picture?${query}`;
}
