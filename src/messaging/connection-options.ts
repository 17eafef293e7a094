import type { RequestOptions } from 'node:https';
import type { Duplex } from 'node:stream';
import type { IClientOptions } from 'mqtt';
import type { TlsMaterial } from './tls.ts';

/**
 * What mqtt.js is told. The session is clean, and ends with the connection: a command that was sent while the daemon
 * was away must not be run when it comes back, and what the daemon has to say waits in its own outbox.
 */
export function clientOptions(settings: ConnectionSettings): IClientOptions {
  const { will, tls, username, password } = settings;
  return {
    clientId: settings.clientId,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    protocolVersion: settings.protocolVersion,
    ...(settings.protocolVersion === 5 && {
      properties: { maximumPacketSize: settings.maxPacketBytes },
      autoUseTopicAlias: true,
    }),
    clean: true,
    keepalive: Math.ceil(settings.keepaliveMs / 1000),
    connectTimeout: settings.connectTimeoutMs,
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
    timerVariant: 'native',
    // Else 65,536 buffers are made at the first packet, for packet ids it may have one day: 7 MB.
    writeCache: false,
    ...(tls && { ...tls }),
    // Of all that is set about TLS, mqtt.js hands this alone not on to WebSocket.
    ...(tls?.servername !== undefined && { wsOptions: webSocketTls(tls.servername) }),
    ...(will && { will: { ...will, payload: Buffer.from(will.payload) } }),
  };
}

function webSocketTls(servername: string): NonNullable<IClientOptions['wsOptions']> {
  const options: RequestOptions = { servername };
  return options;
}

export interface ConnectionSettings {
  /** Without credentials. */
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  readonly clientId: string;
  readonly protocolVersion: 4 | 5;
  readonly keepaliveMs: number;
  readonly connectTimeoutMs: number;
  readonly tls?: TlsMaterial;
  /** Largest packet taken from the broker, in bytes; a larger one ends the connection. */
  readonly maxPacketBytes: number;
  /** What the broker publishes where the connection breaks. */
  readonly will?: Message;
  /** The network connection, where it stands already; else one to `url` is made. */
  readonly stream?: Duplex;
}

/** A message on its way out. */
export interface Message {
  readonly topic: string;
  readonly payload: string;
  readonly qos: 0 | 1;
  readonly retain: boolean;
  /** MQTT 5 only: given back so that the asker knows which question is answered. */
  readonly correlationData?: Buffer;
}
