/** The servers that `mqtt.url` names: one, or several that are tried in turn. */
import { withoutCredentials } from './faults.ts';
import type { MqttOptions } from './options.ts';

/** A server, and what became known of it. */
export interface Server {
  /** As it is configured, perhaps with a login. */
  readonly url: string;
  /** Without credentials, for logs. */
  readonly address: string;
  /** The version of MQTT that is tried next; 4 is 3.1.1. */
  version: 4 | 5;
  /** The other version was tried since it was last connected. */
  otherTried: boolean;
}

/** The addresses in the order they are tried in; none stands for the embedded broker. */
export function serverUrls(url: MqttOptions['url']): readonly string[] {
  if (typeof url !== 'string') return url;
  return url === '' ? [] : [url];
}

export function serversOf({ url, protocolVersion }: MqttOptions): readonly Server[] {
  return serverUrls(url).map(one => ({
    url: one,
    address: withoutCredentials(one),
    version: protocolVersion === '4' ? 4 : 5,
    otherTried: false,
  }));
}

/**
 * Turns to the other version of MQTT where a server refuses the one that was tried.
 *
 * @returns whether that is worth an attempt at once
 */
export function tryOtherVersion(server: Server): boolean {
  server.version = server.version === 5 ? 4 : 5;
  if (server.otherTried) return false;
  server.otherTried = true;
  return true;
}

/** The login in the options goes before one in the address. */
export function loginOf(url: string, username?: string, password?: string) {
  const inUrl = URL.canParse(url) ? new URL(url) : undefined;
  const name = username ?? (inUrl?.username ? decoded(inUrl.username) : undefined);
  const secret = password ?? (inUrl?.password ? decoded(inUrl.password) : undefined);
  return { ...(name !== undefined && { username: name }), ...(secret !== undefined && { password: secret }) };
}

/** A `%` that begins no escape means itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function urlWithoutLogin(url: string): string {
  const bare = new URL(url);
  bare.username = '';
  bare.password = '';
  return bare.href;
}
