import { ErrorWithReasonCode, ErrorWithSubackPacket, ReasonCodes } from 'mqtt';
import { type ErrorCode, messageOf, SurfwatchError } from '../errors.ts';

/** What the errors of mqtt.js and Node's sockets mean to a user. */

/** CONNACK codes of MQTT 3.1.1 (4, 5) and MQTT 5 (134 and up) that speak of the login. */
const LOGIN_CODES = new Set([4, 5, 134, 135, 138, 140]);
const VERSION_CODES = new Set([1, 132]);
/** The server is there, but does not serve: 3 of MQTT 3.1.1, unavailable, busy, shutting down. */
const AWAY_CODES = new Set([3, 136, 137, 139]);
const TAKEN_OVER = 142;
const NOT_AUTHORIZED = 135;
/** All that a SUBACK of MQTT 3.1.1 can say. */
const UNSPECIFIED = 128;

/** Why a connection to the broker at `url` was not made or ended, as a coded error. */
export function connectFault(cause: Error | undefined, url: string): SurfwatchError {
  const place = `broker ${withoutCredentials(url)}`;
  if (cause === undefined) return new SurfwatchError('mqtt-unreachable', `${place} closed the connection`);
  return new SurfwatchError(connectCode(cause), `${place}: ${messageWithAddress(cause)}`, { cause });
}

function connectCode(cause: Error): ErrorCode {
  if (cause instanceof ErrorWithReasonCode) {
    if (LOGIN_CODES.has(cause.code)) return 'mqtt-unauthorized';
    if (cause.code === TAKEN_OVER) return 'mqtt-id-taken';
    return AWAY_CODES.has(cause.code) ? 'mqtt-unreachable' : 'mqtt-refused';
  }
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  return tlsFaultCode(code) ?? 'mqtt-unreachable';
}

/** Whether a broker ended the connection without a word. */
export function isHangUp(fault: SurfwatchError): boolean {
  return fault.code === 'mqtt-unreachable' && fault.cause === undefined;
}

/** For a broker that hangs up again and again soon after it has accepted a client: Mosquitto 2.0.11 says no more. */
export function twinFault(address: string, clientId: string): SurfwatchError {
  const reason = `broker ${address} accepts the connection and soon closes it, again and again, as it does where another client has the id "${clientId}"`;
  return new SurfwatchError('mqtt-id-taken', reason);
}

/** What a DISCONNECT of MQTT 5 says. */
export function disconnection(reasonCode: number | undefined, reasonString: string | undefined): Error {
  const code = reasonCode ?? 0;
  const words = [ReasonCodes[code as keyof typeof ReasonCodes], reasonString].filter(Boolean).join(', ');
  return new ErrorWithReasonCode(`the broker ended the connection: ${words || `reason code ${code}`}`, code);
}

/** Why a message was not acknowledged: refused by the broker (a PUBACK of MQTT 5 says so), or the connection ended. */
export function publishFault(cause: unknown, topic: string): SurfwatchError {
  return new SurfwatchError(publishCode(cause), `${topic}: ${messageOf(cause)}`, { cause });
}

function publishCode(cause: unknown): ErrorCode {
  if (!(cause instanceof ErrorWithReasonCode)) return 'mqtt-unreachable';
  return cause.code === NOT_AUTHORIZED ? 'mqtt-forbidden' : 'mqtt-refused';
}

/** A subscription that the broker grants in part or not at all. */
export interface SubscribeRefusal {
  readonly fault: SurfwatchError;
  /** Those of the filters that were refused. */
  readonly refused: readonly string[];
}

/** Why a subscription failed: the broker says so for each filter, or the connection ended. */
export function subscribeFault(cause: unknown, filters: readonly string[]): SubscribeRefusal {
  const granted = cause instanceof ErrorWithSubackPacket ? (cause.packet?.granted ?? []) : [];
  const codes = granted.map(Number);
  const refused = filters.filter((_, index) => (codes[index] ?? 0) >= UNSPECIFIED);
  if (refused.length === 0) {
    const fault = new SurfwatchError('mqtt-unreachable', `${filters.join(', ')}: ${messageOf(cause)}`, {
      cause,
    });
    return { fault, refused };
  }
  const isForbidden = codes.some(code => code === NOT_AUTHORIZED || code === UNSPECIFIED);
  const fault = new SurfwatchError(
    isForbidden ? 'mqtt-forbidden' : 'mqtt-refused',
    `subscription to ${refused.join(', ')}: ${messageOf(cause)}`,
    { cause },
  );
  return { fault, refused };
}

/** Whether the broker has refused a message for good: it is not taken over another connection either. */
export function isRefusal(error: unknown): error is SurfwatchError {
  return (
    error instanceof SurfwatchError && (error.code === 'mqtt-refused' || error.code === 'mqtt-forbidden')
  );
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

/** What the codes of Node.js and OpenSSL mean where an encrypted connection is not made. */
const MEANINGS: readonly [RegExp, ErrorCode][] = [
  [/^(CERT_HAS_EXPIRED|CERT_NOT_YET_VALID)$/, 'mqtt-tls-expired'],
  [/^ERR_TLS_CERT_ALTNAME_(INVALID|FORMAT)$/, 'mqtt-tls-name'],
  [
    /^(SELF_SIGNED_CERT|DEPTH_ZERO_SELF_SIGNED|UNABLE_TO_(VERIFY|GET)|CERT_(UNTRUSTED|SIGNATURE|REJECTED))/,
    'mqtt-tls-untrusted',
  ],
  // What the broker says of the certificate it was shown, or was not shown: an alert of RFC 8446, section 6.2.
  [
    /^ERR_SSL_(TLSV1\w*|SSL\w*|TLSV13)_ALERT_(\w*CERTIFICATE\w*|UNKNOWN_CA|ACCESS_DENIED|HANDSHAKE_FAILURE)$/,
    'mqtt-tls-client',
  ],
  [/^(ERR_TLS|ERR_SSL|ERR_OSSL|CERT_|UNABLE_TO_|CRL_|EPROTO$)/, 'mqtt-tls-failed'],
];

/** The code for users; undefined where it was not the encryption. */
function tlsFaultCode(code: string): ErrorCode | undefined {
  return MEANINGS.find(([pattern]) => pattern.test(code))?.[1];
}
