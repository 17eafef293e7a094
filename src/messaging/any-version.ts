/** A connection with MQTT 5, or with 3.1.1 where the broker refuses that; to the first server that takes it. */
import { randomUUID } from 'node:crypto';
import { SurfwatchError } from '../errors.ts';
import { type Connection, type Incoming, type Opened, openConnection } from './connection.ts';
import { MQTT_PACE, type MqttOptions } from './options.ts';
import { loginOf, type Server, serversOf, tryOtherVersion, urlWithoutLogin } from './servers.ts';
import { checkTls, readTls } from './tls.ts';

export interface AnyVersion {
  readonly connection: Connection;
  /** 4 is MQTT 3.1.1. */
  readonly version: 4 | 5;
  /** Address of the server, without credentials. */
  readonly address: string;
}

/**
 * Connects beside the daemon: under an id of its own, as the broker would throw out a client with the same.
 *
 * @throws SurfwatchError `mqtt-unreachable`, `mqtt-unauthorized`, `mqtt-refused`, `mqtt-tls-*`: of several servers that
 *   of the first
 */
export async function connectAnyVersion(
  options: MqttOptions,
  maxPacketBytes: number,
  onMessage: (message: Incoming) => void,
): Promise<AnyVersion> {
  await checkTls(options);
  const faults: SurfwatchError[] = [];
  for (const server of serversOf(options)) {
    const opened = await openServer(server, options, maxPacketBytes, onMessage);
    if (opened.ok) return { connection: opened.connection, version: server.version, address: server.address };
    faults.push(opened.fault);
  }
  const [first] = faults;
  if (first === undefined) throw new SurfwatchError('mqtt-unreachable', 'mqtt.url names no server');
  if (faults.length === 1) throw first;
  const reasons = faults.map(({ message }) => message).join('; ');
  throw new SurfwatchError(first.code, reasons, { cause: first });
}

/** Opens a connection to one server, under an id of its own. `server.version` is then the one that is spoken. */
export async function openServer(
  server: Server,
  options: MqttOptions,
  maxPacketBytes: number,
  onMessage: (message: Incoming) => void,
  signal = new AbortController().signal,
): Promise<Opened> {
  const { username, password, clientId, protocolVersion } = options;
  const { connectTimeoutMs, keepaliveMs } = { ...MQTT_PACE, ...options };
  const tls = await readTls(options, server.url);
  const settings = {
    ...loginOf(server.url, username, password),
    url: urlWithoutLogin(server.url),
    clientId: `${clientId}-${randomUUID().slice(0, 8)}`,
    keepaliveMs,
    connectTimeoutMs,
    maxPacketBytes,
    ...(tls !== undefined && { tls }),
  };
  for (;;) {
    const opened = await openConnection({ ...settings, protocolVersion: server.version }, onMessage, signal);
    const again = !opened.ok && opened.tryOtherVersion && protocolVersion === 'auto';
    if (!again || !tryOtherVersion(server)) return opened;
  }
}
