/** A connection with MQTT 5, or with 3.1.1 where the broker refuses that. */
import { randomUUID } from 'node:crypto';
import { loginOf, urlWithoutLogin } from './client.ts';
import { type Connection, type Incoming, openConnection } from './connection.ts';
import type { MqttOptions } from './options.ts';
import { readTls } from './tls.ts';

export interface AnyVersion {
  readonly connection: Connection;
  /** 4 is MQTT 3.1.1. */
  readonly version: 4 | 5;
}

/**
 * Connects beside the daemon: under an id of its own, as the broker would throw out a client with the same.
 *
 * @throws SurfwatchError `mqtt-unreachable`, `mqtt-unauthorized`, `mqtt-refused`, `mqtt-tls-failed`, `mqtt-tls-invalid`
 */
export async function connectAnyVersion(
  options: MqttOptions,
  maxPacketBytes: number,
  onMessage: (message: Incoming) => void,
): Promise<AnyVersion> {
  const { url, username, password, clientId, keepaliveMs, connectTimeoutMs, protocolVersion } = options;
  const tls = await readTls(options);
  const settings = {
    ...loginOf(url, username, password),
    url: urlWithoutLogin(url),
    clientId: `${clientId}-${randomUUID().slice(0, 8)}`,
    keepaliveMs,
    connectTimeoutMs,
    maxPacketBytes,
    ...(tls !== undefined && { tls }),
  };
  const open = (version: 4 | 5) =>
    openConnection({ ...settings, protocolVersion: version }, onMessage, new AbortController().signal);
  const first = protocolVersion === '4' ? 4 : 5;
  const opened = await open(first);
  if (opened.ok) return { connection: opened.connection, version: first };
  if (!opened.tryOtherVersion || protocolVersion !== 'auto') throw opened.fault;
  const older = await open(4);
  if (older.ok) return { connection: older.connection, version: 4 };
  throw older.fault;
}
