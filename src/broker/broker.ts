/**
 * The embedded broker: aedes, in memory. Everybody on this computer may read and write there but for what the daemon says.
 * What clients can take up is bounded, so that the daemon gets its messages through whatever they do.
 */
import type { Socket } from 'node:net';
import {
  Aedes,
  type AedesPublishPacket,
  type AuthenticateError,
  type Client,
  type ConnectPacket,
} from 'aedes';
import { MAX_TOPIC_BYTES } from '../messaging/packets.ts';
import { connectionsOf, MAX_FILTERS, MAX_PICTURES, unsentLimit } from './connections.ts';
import { filterMatches, isTopic } from './topics.ts';
import { turns } from './turns.ts';

const MAX_CLIENT_ID_BYTES = 256;
/** All clients together, the daemon not counted. */
const MAX_CLIENTS = 100;
const MAX_RETAINED = 200;
const MAX_TOPIC_LEVELS = 32;
/** Messages handed to their subscribers at a time. A hundred clients with overlapping filters make thousands of each. */
const DELIVERED_AT_ONCE = 2;
/** All clients together; each has at most what it sent at once. */
const MAX_WAITING = 20_000;
/** Commands reach the daemon 20 at once, then 100 a second: what it answers, it does between two frames. */
const COMMANDS_AT_ONCE = 20;
const COMMAND_MS = 200;
const MAX_WAITING_COMMANDS = 2_000;
/** A picture takes the daemon longer, the larger it is. */
const PICTURE_MS = 100;
const PICTURE_BYTES_PER_MS = 10_000;
/** Where a message goes that was delivered already. */
const NOWHERE = '$delivered';
/** CONNACK return codes of MQTT 3.1.1, section 3.2.2.3. */
const IDENTIFIER_REJECTED = 2;
const SERVER_UNAVAILABLE = 3;

export interface BrokerSetup {
  /** Topics below these are for the daemon alone to publish on, but for `taken`. */
  readonly bases: readonly string[];
  /** Filters of what the daemon listens to. */
  readonly taken: readonly string[];
  /** Beginnings of the topics of pictures: they may be large, and are passed on to the daemon alone. */
  readonly pictures: readonly string[];
  /** Told of what a client was not let do; may come for every message. */
  readonly onRefused: (what: string, about: object) => void;
}

export interface Broker {
  /** Takes the connection of a client. */
  readonly take: (socket: Socket) => void;
  /** Takes a connection of the daemon, which may do everything. */
  readonly takeOwn: (socket: Socket) => void;
  /** Ends all connections when the last messages have gone out. */
  readonly close: () => Promise<void>;
}

export async function createBroker(setup: BrokerSetup): Promise<Broker> {
  const { bases, taken, pictures, onRefused } = setup;
  const filtersOf = new WeakMap<Client, Set<string>>();
  /** The newest retained payload of each topic. */
  const retained = new Map<string, Buffer>();
  const retainedByClients = new Set<string>();
  const inTurn = turns(DELIVERED_AT_ONCE, MAX_WAITING);
  const asCommand = turns(COMMANDS_AT_ONCE, MAX_WAITING_COMMANDS);
  const asPicture = turns(1, MAX_PICTURES);
  const own = new Set<Client>();
  /** Numbers the messages: a client with several filters for one is sent it once. */
  let delivered = 0;

  const isBelow = (topic: string) => bases.some(base => topic === base || topic.startsWith(`${base}/`));
  const isOfPicture = (topic: string) => pictures.some(start => topic.startsWith(start));
  const isTaken = (topic: string) => taken.some(filter => filterMatches(filter, topic));
  const mayWrite = (topic: string) =>
    isTopic(topic) && !topic.startsWith('$') && (!isBelow(topic) || isTaken(topic));

  const aedes = await Aedes.createBroker({
    // Its own queue calls itself until the stack is full where nobody listens to what waits: `turns` is our queue.
    concurrency: 0,
    // Of the daemon too; `connections` ends those of others earlier.
    connectTimeout: 2 ** 31 - 1,
    maxTopicLevels: MAX_TOPIC_LEVELS,
    maxInflightInbound: 20,
    preConnect: (client, packet, done) => {
      const fault = own.has(client) ? undefined : connectFault(packet);
      // Nothing waits here for a client that is away.
      packet.clean = true;
      if (fault !== undefined) onRefused(fault, { client: packet.clientId.slice(0, MAX_CLIENT_ID_BYTES) });
      done(fault === undefined ? null : new Error(fault), fault === undefined);
    },
    authenticate: (client, _name, _secret, done) => {
      const code = own.has(client) ? 0 : refusalOf(client);
      if (code !== 0) return done(refusal(code), false);
      connections.loggedIn(client);
      filtersOf.set(client, new Set());
      done(null, true);
    },
    authorizePublish: (client, packet, done) => {
      const message = packet as AedesPublishPacket;
      if (client !== null && own.has(client)) return deliver(client, message, done);
      if (client === null || !mayWrite(message.topic)) {
        const about = { client: client?.id, topic: message.topic.slice(0, MAX_TOPIC_BYTES) };
        onRefused('a client may not publish what it sent', about);
        return done(new Error('publishing on this topic is not permitted'));
      }
      // Retained commands would be ignored.
      if (isBelow(message.topic)) message.retain = false;
      if (admit(client, message, done)) return;
      onRefused('too many messages wait to be delivered', { client: client.id });
      done(new Error('too many messages wait'));
    },
    authorizeSubscribe: (client, subscription, done) => {
      const { topic } = subscription;
      const filters = filtersOf.get(client);
      const isRefused =
        filters === undefined ||
        topic.startsWith('$') ||
        Buffer.byteLength(topic) > MAX_TOPIC_BYTES ||
        (!filters.has(topic) && filters.size >= MAX_FILTERS);
      if (isRefused) {
        onRefused('a client may not subscribe to this, or to so much', { client: client.id });
        return done(null, null);
      }
      filters.add(topic);
      done(null, subscription);
    },
    authorizeForward: (client, packet) => {
      if (!own.has(client)) {
        if (isOfPicture(packet.topic)) return null;
        if (!connections.hasRoom(client, unsentLimit(aedes.connectedClients))) {
          onRefused('a client takes what is sent to it too slowly', { client: client.id });
          if (packet.qos > 0) client.close();
          return null;
        }
      }
      if (!packet.retain) return packet;
      // It was looked up before: a newer value may have gone out to the client since.
      const payload = retained.get(packet.topic);
      return payload === undefined ? null : { ...packet, payload };
    },
  });

  const { mq, persistence } = aedes as unknown as Inside;
  const connections = connectionsOf({ handle: socket => aedes.handle(socket), isOfPicture, onRefused });

  function refusalOf(client: Client): number {
    // A second client with its id would throw the daemon out.
    const ours = [...own];
    if (ours.some(({ id }) => id === client.id)) return IDENTIFIER_REJECTED;
    if (aedes.connectedClients - ours.filter(({ connected }) => connected).length < MAX_CLIENTS) return 0;
    onRefused('too many clients, one was refused', { client: client.id });
    return SERVER_UNAVAILABLE;
  }

  /**
   * Delivers a client's message when it is its turn. Until then no more is read from that client.
   *
   * @returns false where too many wait
   */
  function admit(client: Client, message: AedesPublishPacket, done: Done): boolean {
    const { topic, payload } = message;
    if (isOfPicture(topic)) {
      const pauseMs = PICTURE_MS + payload.length / PICTURE_BYTES_PER_MS;
      return asPicture(end =>
        deliver(client, message, error => {
          connections.pictureDone(client);
          done(error);
          setTimeout(end, pauseMs);
        }),
      );
    }
    if (isTaken(topic)) {
      return asCommand(end => {
        deliver(client, message, done);
        setTimeout(end, COMMAND_MS);
      });
    }
    return inTurn(end => {
      if (message.retain) keepWithinBounds(message);
      deliver(client, message, error => {
        done(error);
        end();
      });
    });
  }

  function keepWithinBounds(message: AedesPublishPacket): void {
    const { topic, payload } = message;
    if (payload.length === 0) retainedByClients.delete(topic);
    else if (retainedByClients.has(topic) || retainedByClients.size < MAX_RETAINED)
      retainedByClients.add(topic);
    else {
      message.retain = false;
      onRefused('no more messages are retained', { topic });
    }
  }

  /**
   * Hands a message to its subscribers before it is acknowledged; aedes would acknowledge it first. All is handed over in
   * the order it came in: `aedes.publish()` lets a message overtake one that is retained or has a higher QoS, and then
   * drops the overtaken one, since it takes a lower number for a duplicate.
   */
  function deliver(_client: Client, message: AedesPublishPacket, done: Done): void {
    if (message.retain) {
      // A piece of what was received would hold all of it.
      message.payload = Buffer.from(message.payload);
      if (message.payload.length === 0) retained.delete(message.topic);
      else retained.set(message.topic, message.payload);
      void persistence.storeRetained(message);
    }
    delivered += 1;
    mq.emit({ ...message, brokerId: aedes.id, brokerCounter: delivered }, error => {
      Object.assign(message, { topic: NOWHERE, payload: Buffer.alloc(0), retain: false });
      done(error ?? null);
    });
  }

  aedes.on('unsubscribe', (filters, client) => {
    for (const filter of filters) filtersOf.get(client)?.delete(filter);
  });
  // A client that ends with an error is no fault of the broker.
  aedes.on('clientError', () => undefined);
  aedes.on('connectionError', () => undefined);

  return {
    take: connections.take,
    takeOwn: socket => {
      own.add(connections.takeOwn(socket));
    },
    close: () => new Promise(resolve => aedes.close(() => resolve())),
  };
}

type Done = (error?: Error | null) => void;

/** What aedes hands messages over with, and keeps retained ones in; its types leave both out. */
interface Inside {
  readonly mq: { emit(message: AedesPublishPacket, done: Done): void };
  /** Kept in memory: it is done when this returns. */
  readonly persistence: { storeRetained(message: AedesPublishPacket): Promise<void> };
}

/** MQTT 3.1.1, 3.3.2.1 and 3.1.3.2: no wildcards in the topic of a last will. The parser looks at those of PUBLISH alone. */
function connectFault({ will, clientId }: ConnectPacket): string | undefined {
  if (will !== undefined && !isTopic(will.topic)) return 'a client with a last will on no topic was refused';
  return Buffer.byteLength(clientId) > MAX_CLIENT_ID_BYTES
    ? 'a client with too long an id was refused'
    : undefined;
}

function refusal(returnCode: number): AuthenticateError {
  return Object.assign(new Error('refused'), { returnCode });
}
