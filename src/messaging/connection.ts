import { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { connect, type IPublishPacket, MqttClient } from 'mqtt';
import { SurfwatchError } from '../errors.ts';
import { type ConnectionSettings, clientOptions, type Message } from './connection-options.ts';
import {
  connectFault,
  disconnection,
  isVersionRefusal,
  publishFault,
  type SubscribeRefusal,
  subscribeFault,
} from './faults.ts';
import { packetReader } from './packets.ts';

/** A message with what only those need who ask: bytes, and where the answer is wanted. */
export interface Publication extends Omit<Message, 'payload'> {
  readonly payload: string | Buffer;
  /** MQTT 5 only. */
  readonly responseTopic?: string;
  /** MQTT 5 only: the broker does not hand it on later than this. Whole seconds. */
  readonly expiresAfterS?: number;
}

/** A message that came in. */
export interface Incoming {
  readonly topic: string;
  readonly payload: Buffer;
  readonly retained: boolean;
  /** MQTT 5 only. */
  readonly responseTopic?: string;
  readonly correlationData?: Buffer;
}

/** A connection the broker has accepted. */
export interface Connection {
  /** How many messages may wait for their acknowledgement at one time. */
  readonly window: number;
  /** Resolves with the reason when the connection ends, however it does. */
  readonly ended: Promise<SurfwatchError>;
  /**
   * Resolves when the message is acknowledged; may stay open when the connection ends first.
   *
   * @throws SurfwatchError `mqtt-forbidden`, `mqtt-refused` where the broker refuses it, `mqtt-unreachable` where the
   *   connection ends.
   */
  publish(message: Publication): Promise<void>;
  /**
   * @param options.retained whether a retained message is of interest; default: no
   * @param options.qos the highest that messages come with; default: 1
   * @returns why the broker refuses some of the filters, or the connection ended; undefined where all are granted
   */
  subscribe(
    filters: readonly string[],
    options?: { readonly retained?: boolean; readonly qos?: 0 | 1 },
  ): Promise<SubscribeRefusal | undefined>;
  /** Says goodbye, so that the broker does not send the last will; cuts the connection after `graceMs`. */
  close(graceMs: number): Promise<void>;
  /** Cuts the connection: the broker sends the last will. */
  drop(reason: SurfwatchError): void;
}

export type Opened =
  | { readonly ok: true; readonly connection: Connection }
  | { readonly ok: false; readonly fault: SurfwatchError; readonly tryOtherVersion: boolean };

/** Our own bound on messages in flight; an MQTT 5 broker may set a lower one. */
const WINDOW = 16;

/**
 * Opens one network connection, used once: mqtt.js's own reconnecting, queues and resending stay unused, so that
 * what is kept over a lost connection is in the outbox alone.
 */
export async function openConnection(
  settings: ConnectionSettings,
  onMessage: (message: Incoming) => void,
  signal: AbortSignal,
): Promise<Opened> {
  const { stream, url } = settings;
  const options = clientOptions(settings);
  const client = stream === undefined ? connect(url, options) : new MqttClient(() => stream, options);
  const end = watch(client, settings, signal);
  client.on('message', (topic, payload, packet) => onMessage(incoming(topic, payload, packet)));
  const accepted = new Promise<'accepted'>(resolve => client.once('connect', () => resolve('accepted')));
  const outcome = await Promise.race([accepted, end.ended]);
  if (outcome !== 'accepted') {
    return { ok: false, fault: outcome, tryOtherVersion: isVersionRefusal(end.cause(), end.reached()) };
  }
  const window = Math.min(client.serverProperties?.receiveMaximum ?? WINDOW, WINDOW);
  return { ok: true, connection: connectionOf(client, window, end) };
}

interface End {
  readonly ended: Promise<SurfwatchError>;
  /** Ends the connection for a reason of our own. */
  readonly drop: (reason: SurfwatchError) => void;
  /** What mqtt.js said last before the end. */
  readonly cause: () => Error | undefined;
  /** Whether the network connection stood, so that the broker itself must have ended it. */
  readonly reached: () => boolean;
}

function watch(client: MqttClient, settings: ConnectionSettings, signal: AbortSignal): End {
  let cause: Error | undefined;
  let own: SurfwatchError | undefined;
  let reached = false;
  const drop = (reason: SurfwatchError) => {
    own ??= reason;
    client.end(true);
    // end() does nothing where a goodbye is under way already.
    client.stream.destroy();
  };
  const packetsIn = packetReader({ maxBytes: () => settings.maxPacketBytes });
  // Beside mqtt.js's own pipe: in MQTT 3.1.1 there is no other way to bound what a broker sends.
  client.stream.on('data', (chunk: Buffer) => {
    reached = true;
    if (packetsIn(chunk) === undefined)
      drop(new SurfwatchError('mqtt-refused', 'the broker sent a packet that is too large'));
  });
  if (client.stream instanceof Socket) {
    // An acknowledged publication must not wait for Nagle's algorithm and the peer's delayed ACK (up to 40 ms).
    client.stream.setNoDelay(true);
    client.stream.once('connect', () => {
      reached = true;
    });
  }
  client.on('error', error => {
    cause = error;
    // A protocol error leaves the stream open.
    if (!client.disconnecting) client.end(true);
  });
  // Not all are handed on: not what a web server says where it has no WebSocket at that path.
  client.stream.on('error', error => {
    cause ??= error;
  });
  client.on('disconnect', ({ reasonCode, properties }) => {
    cause ??= disconnection(reasonCode, properties?.reasonString);
  });
  const abort = () => drop(new SurfwatchError('mqtt-unreachable', 'stopped'));
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  const ended = new Promise<SurfwatchError>(resolve => {
    client.once('close', () => {
      signal.removeEventListener('abort', abort);
      client.end(true);
      resolve(own ?? connectFault(cause, settings.url));
    });
  });
  return { ended, drop, cause: () => cause, reached: () => reached };
}

function connectionOf(client: MqttClient, window: number, { ended, drop }: End): Connection {
  const { maximumPacketSize, topicAliasMaximum = 0 } = client.serverProperties ?? {};
  const aliasOf = topicAliases(topicAliasMaximum);
  return {
    window,
    ended,
    drop,
    publish: async message => {
      const { topic, payload, qos, retain } = message;
      const bytes = packetBytes(message);
      // A broker ends the connection over such a packet, and would again after each new one.
      if (maximumPacketSize !== undefined && bytes > maximumPacketSize) {
        const reason = `${topic}: about ${bytes} bytes, and the broker takes ${maximumPacketSize} at most`;
        throw new SurfwatchError('mqtt-refused', reason);
      }
      const properties = propertiesOf(message, aliasOf(topic));
      const options = { qos, retain, ...(Object.keys(properties).length > 0 && { properties }) };
      await client.publishAsync(topic, payload, options).catch((error: unknown) => {
        throw publishFault(error, topic);
      });
    },
    subscribe: async (filters, { retained = false, qos = 1 } = {}) => {
      try {
        // rh 2: an MQTT 5 broker does not send retained messages where they would be ignored anyway.
        await client.subscribeAsync([...filters], { qos, rh: retained ? 0 : 2 });
        return undefined;
      } catch (error) {
        return subscribeFault(error, filters);
      }
    },
    close: async graceMs => {
      client.end(false);
      const cancel = new AbortController();
      const late = delay(graceMs, 'late', { signal: cancel.signal }).catch(() => 'ended');
      if ((await Promise.race([ended, late])) === 'late') client.stream.destroy();
      cancel.abort();
      await ended;
    },
  };
}

/** The rest of a PUBLISH packet: its header, its packet id, and the numbers among its properties. */
const PACKET_OVERHEAD_BYTES = 48;

/** Not less than the packet will have. */
function packetBytes({ topic, payload, responseTopic = '', correlationData }: Publication): number {
  const texts = Buffer.byteLength(topic) + Buffer.byteLength(responseTopic);
  return texts + Buffer.byteLength(payload) + (correlationData?.length ?? 0) + PACKET_OVERHEAD_BYTES;
}

function propertiesOf(message: Publication, topicAlias: number | undefined) {
  const { correlationData, responseTopic, expiresAfterS } = message;
  return {
    ...(correlationData !== undefined && { correlationData }),
    ...(responseTopic !== undefined && { responseTopic }),
    ...(expiresAfterS !== undefined && { messageExpiryInterval: expiresAfterS }),
    ...(topicAlias !== undefined && { topicAlias }),
  };
}

function incoming(topic: string, payload: Buffer, packet: IPublishPacket): Incoming {
  const { responseTopic, correlationData } = packet.properties ?? {};
  return {
    topic,
    payload,
    retained: packet.retain,
    ...(responseTopic !== undefined && { responseTopic }),
    ...(correlationData !== undefined && { correlationData }),
  };
}

/** More topic aliases would save nothing: the daemon has fewer topics that it sends often. */
const MOST_ALIASES = 32;

/**
 * Chooses the topic aliases of an MQTT 5 connection. A topic gets one when it is sent a second time, as long as there
 * are any: topics that are sent once leave them to the others.
 *
 * @param maximum how many the broker takes (its Topic Alias Maximum)
 * @returns a function to be given each topic in the order of sending; it returns the alias to be made known with it,
 *   once for each topic
 */
export function topicAliases(maximum: number): (topic: string) => number | undefined {
  const most = Math.min(maximum, MOST_ALIASES);
  const sentOnce = new Set<string>();
  const aliased = new Set<string>();
  return topic => {
    if (aliased.size >= most || aliased.has(topic)) return undefined;
    if (!sentOnce.delete(topic)) {
      if (sentOnce.size >= 4 * MOST_ALIASES) sentOnce.clear();
      sentOnce.add(topic);
      return undefined;
    }
    aliased.add(topic);
    return aliased.size;
  };
}
