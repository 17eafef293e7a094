import { ErrorWithReasonCode } from 'mqtt';
import { messageOf, SurfwatchError } from '../errors.ts';

/** What the errors of mqtt.js, Node's sockets and TLS mean to a user. */

/** CONNACK codes of MQTT 3.1.1 (4, 5) and MQTT 5 (134 and up) that speak of the login. */
const LOGIN_CODES = new Set([4, 5, 134, 135, 138, 140]);
const VERSION_CODES = new Set([1, 132]);
const TLS_CODES = /^(ERR_TLS|ERR_SSL|ERR_OSSL|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|EPROTO$)/;

/** Why a connection to the broker at `url` was not made or ended, as a coded error. */
export function connectFault(cause: Error | undefined, url: string): SurfwatchError {
  const place = `broker ${withoutCredentials(url)}`;
  if (cause === undefined) return new SurfwatchError('mqtt-unreachable', `${place} closed the connection`);
  const message = `${place}: ${messageWithAddress(cause)}`;
  if (cause instanceof ErrorWithReasonCode) {
    return new SurfwatchError(LOGIN_CODES.has(cause.code) ? 'mqtt-unauthorized' : 'mqtt-refused', message, {
      cause,
    });
  }
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  return new SurfwatchError(TLS_CODES.test(code) ? 'mqtt-tls-failed' : 'mqtt-unreachable', message, {
    cause,
  });
}

/** Why a message was not acknowledged: refused by the broker (a PUBACK of MQTT 5 says so), or the connection ended. */
export function publishFault(cause: unknown, topic: string): SurfwatchError {
  const code = cause instanceof ErrorWithReasonCode ? 'mqtt-refused' : 'mqtt-unreachable';
  return new SurfwatchError(code, `${topic}: ${messageOf(cause)}`, { cause });
}

/**
 * Whether another version of MQTT may be accepted where this one was not. A broker should answer an unknown version
 * with a code, but some just hang up.
 */
export function isVersionRefusal(cause: Error | undefined, reached: boolean): boolean {
  if (cause instanceof ErrorWithReasonCode) return VERSION_CODES.has(cause.code);
  return reached && cause === undefined;
}

/** The address for messages and logs. */
export function withoutCredentials(url: string): string {
  if (!URL.canParse(url)) return url.replace(/\/\/[^/]*@/, '//');
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname === '/' ? '' : pathname}`;
}

/** Node gives several failed addresses as one error with an empty message. */
function messageWithAddress(error: Error): string {
  if (error instanceof AggregateError)
    return error.errors.map(e => (e instanceof Error ? e.message : '')).join('; ');
  return error.message || error.name;
}
