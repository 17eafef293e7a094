/** The connections of the embedded broker's clients: how much may come in by them, and how much may wait to go out. */
import type { Socket } from 'node:net';
import type { Client } from 'aedes';
import { CONNECT, MAX_TOPIC_BYTES, PUBLISH, packetReader } from '../messaging/packets.ts';

/** Subscriptions of one client. */
export const MAX_FILTERS = 100;
const MAX_CONNECTIONS = 120;
/** What a client may take, and send, until it has logged in: its CONNECT, with its last will. */
const LOGIN_TIMEOUT_MS = 5_000;
const MAX_CONNECT_BYTES = 8_192;
const MAX_MESSAGE_BYTES = 65_536;
/** Largest SUBSCRIBE or UNSUBSCRIBE: each filter with its length and QoS. */
const MAX_FILTERS_BYTES = MAX_FILTERS * (MAX_TOPIC_BYTES + 3) + 16;
/** Largest picture to learn from, with its topic. */
export const MAX_PICTURE_BYTES = 16_777_216;
/** Pictures that come in, or wait to be handed on, at a time. */
export const MAX_PICTURES = 4;
const PICTURE_TIMEOUT_MS = 30_000;
/** Read at once, they are 64 KiB at most: packets as small as possible would take up a hundred times that. */
const MAX_PACKETS_AT_ONCE = 1_000;
/** What may wait to go out: to all clients, and to each of them. */
const MAX_UNSENT_BYTES = 33_554_432;
const MAX_UNSENT_BYTES_EACH = 4_194_304;
/** What a message that waits takes up beside its bytes. */
const UNSENT_OVERHEAD_BYTES = 1_024;

export interface ConnectionsSetup {
  /** Hands a connection to the broker. */
  readonly handle: (socket: Socket) => Client;
  /** Whether the messages of a topic may be large. */
  readonly isOfPicture: (topic: string) => boolean;
  readonly onRefused: (what: string, about: object) => void;
}

export interface Connections {
  readonly take: (socket: Socket) => void;
  /** The daemon's own, without bounds. */
  readonly takeOwn: (socket: Socket) => Client;
  /** To be called when a client is let in. */
  readonly loggedIn: (client: Client) => void;
  /** Whether a client takes what is sent to it fast enough to be sent one more message. */
  readonly hasRoom: (client: Client, maxBytes: number) => boolean;
  /** To be called when a picture of a client was handed on. */
  readonly pictureDone: (client: Client) => void;
}

/** A picture of a connection. */
interface Picture {
  lastByteMs: number;
  isComing: boolean;
  timeout?: NodeJS.Timeout;
}

export function connectionsOf({ handle, isOfPicture, onRefused }: ConnectionsSetup): Connections {
  const all = new Set<Socket>();
  /** Not logged in yet, oldest first, each with what ends it. */
  const strangers = new Map<Socket, NodeJS.Timeout>();
  const large = new Map<Socket, Picture>();
  /** Messages given to a connection since nothing waited on it. */
  const unsent = new WeakMap<object, number>();

  function take(socket: Socket): void {
    const [oldest] = strangers.keys();
    if (all.size >= MAX_CONNECTIONS) {
      onRefused('too many connections: the oldest without a login, or the new one, was ended', {});
      (oldest ?? socket).destroy();
    }
    socket.on('error', () => undefined);
    if (socket.destroyed) return;
    all.add(socket);
    strangers.set(
      socket,
      setTimeout(() => socket.destroy(), LOGIN_TIMEOUT_MS),
    );
    socket.once('close', () => {
      all.delete(socket);
      leaveStrangers(socket);
      forgetPicture(socket);
    });
    watchReading(socket);
    neverWait(socket);
    handle(socket);
  }

  function leaveStrangers(socket: Socket): void {
    clearTimeout(strangers.get(socket));
    strangers.delete(socket);
  }

  /** Bounds what comes in by a connection; beyond it is ended. */
  function watchReading(socket: Socket): void {
    let bytesBefore = 0;
    const packetsIn = packetReader({
      maxBytes: maxBytesOf,
      mayBeLarge: (topic, bytes) => {
        const may = isOfPicture(topic) && bytes <= MAX_PICTURE_BYTES && makeRoom(socket);
        if (may) expectPicture(socket);
        return may;
      },
      onLargeEnd: () => {
        const picture = large.get(socket);
        if (picture === undefined) return;
        clearTimeout(picture.timeout);
        picture.isComing = false;
      },
    });
    const isSound = (chunk: Buffer): boolean => {
      if (strangers.has(socket)) bytesBefore += chunk.length;
      const picture = large.get(socket);
      if (picture !== undefined) picture.lastByteMs = performance.now();
      const packets = packetsIn(chunk);
      return bytesBefore <= MAX_CONNECT_BYTES && packets !== undefined && packets <= MAX_PACKETS_AT_ONCE;
    };
    // aedes takes its bytes by read(): the one place to see them first without a stream in between, which costs time.
    const read = socket.read.bind(socket);
    socket.read = size => {
      const chunk = read(size);
      if (chunk === null || isSound(chunk)) return chunk;
      onRefused('a client sent a packet that is too large, or too many at once', {});
      socket.destroy();
      return null;
    };
  }

  /** The one coming in that has been silent longest gives way to a new one. */
  function makeRoom(socket: Socket): boolean {
    if (large.has(socket) || large.size < MAX_PICTURES) return true;
    const [slowest] = [...large]
      .filter(([, { isComing }]) => isComing)
      .sort(([, a], [, b]) => a.lastByteMs - b.lastByteMs);
    if (slowest === undefined) return false;
    forgetPicture(slowest[0]);
    slowest[0].destroy();
    return true;
  }

  function expectPicture(socket: Socket): void {
    clearTimeout(large.get(socket)?.timeout);
    const timeout = setTimeout(() => socket.destroy(), PICTURE_TIMEOUT_MS).unref();
    large.set(socket, { lastByteMs: performance.now(), isComing: true, timeout });
  }

  function forgetPicture(socket: Socket): void {
    clearTimeout(large.get(socket)?.timeout);
    large.delete(socket);
  }

  return {
    take,
    takeOwn: socket => {
      socket.on('error', () => undefined);
      neverWait(socket);
      return handle(socket);
    },
    loggedIn: ({ conn }) => leaveStrangers(conn as Socket),
    hasRoom: ({ conn }, maxBytes) => {
      const messages = conn.writableLength === 0 ? 0 : (unsent.get(conn) ?? 0);
      unsent.set(conn, messages + 1);
      return conn.writableLength + messages * UNSENT_OVERHEAD_BYTES <= maxBytes;
    },
    pictureDone: ({ conn }) => {
      if (large.get(conn as Socket)?.isComing === false) forgetPicture(conn as Socket);
    },
  };
}

function maxBytesOf(type: number): number {
  if (type === CONNECT) return MAX_CONNECT_BYTES;
  return type === PUBLISH ? MAX_MESSAGE_BYTES : MAX_FILTERS_BYTES;
}

/** How much may wait for one of so many clients. */
export function unsentLimit(clients: number): number {
  return Math.min(MAX_UNSENT_BYTES_EACH, MAX_UNSENT_BYTES / Math.max(1, clients));
}

/** aedes would hold up the delivery to all others until this client has taken its part; {@link Connections.hasRoom} bounds it. */
function neverWait(socket: Socket): void {
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
  socket.write = (...args: unknown[]) => {
    write(...args);
    return true;
  };
}
