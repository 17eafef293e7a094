/** What the embedded broker keeps for clients that may come back: who they are, what they subscribed to, what waits for them. */
import type { AedesPublishPacket, Subscription } from 'aedes';

/** A message, or the release of one at QoS 2, that a client has not acknowledged. */
export interface Waiting {
  /** Orders all that waits, over restarts too. */
  readonly seq: number;
  readonly clientId: string;
  readonly bytes: number;
  packet: QueuedPacket;
  /** aedes has not handed it on yet. */
  isHeld: boolean;
}

/** As aedes hands it on. */
export interface QueuedPacket {
  readonly cmd: 'publish' | 'pubrel';
  brokerId?: string | undefined;
  brokerCounter?: number;
  topic: string;
  payload: Buffer;
  qos: 0 | 1 | 2;
  retain: boolean;
  dup: boolean;
  messageId?: number | undefined;
}

export interface Session {
  readonly clientId: string;
  /** Name of the user whose session it is; '' for anonymous. */
  readonly user: string;
  readonly subscriptions: Map<string, Subscription>;
  queue: Waiting[];
  bytes: number;
  /** How long it has been away for, at `sinceMs`; null while it is connected. */
  away: { readonly sinceMs: number; readonly beforeMs: number } | null;
}

export interface QueueBounds {
  readonly maxQueuedMessages: number;
  readonly maxQueuedBytes: number;
}

/** Of all sessions together. */
const MAX_BYTES_IN_ALL = 33_554_432;
/** What a message takes beside its topic and payload. */
const OVERHEAD_BYTES = 200;

export class Sessions {
  readonly all = new Map<string, Session>();
  /** Messages given up because a queue was full. */
  dropped = 0;
  readonly #bounds: QueueBounds;
  #bytes = 0;
  #seq = 0;

  constructor(bounds: QueueBounds) {
    this.#bounds = bounds;
  }

  /** The session of a client, made where there is none. */
  open(clientId: string, user: string): Session {
    const found = this.all.get(clientId);
    if (found !== undefined) return found;
    const session: Session = { clientId, user, subscriptions: new Map(), queue: [], bytes: 0, away: null };
    this.all.set(clientId, session);
    return session;
  }

  /** Takes up what was on disk, in its order. */
  restore(session: Session, waiting: Waiting): void {
    this.#seq = Math.max(this.#seq, waiting.seq);
    this.#push(session, waiting);
  }

  /** @returns what is no more */
  end(session: Session): Waiting[] {
    this.all.delete(session.clientId);
    this.#bytes -= session.bytes;
    return session.queue;
  }

  /**
   * Lets a message wait, within the bounds: beyond them the oldest is dropped. A value (one that is retained) takes the
   * place of the one before it.
   *
   * @param maxQos of the subscription
   * @returns what waits now, undefined where there is no room, and what is dropped for it
   */
  add(
    session: Session,
    packet: Readonly<Partial<AedesPublishPacket>>,
    maxQos: number,
  ): { readonly added: Waiting | undefined; readonly removed: Waiting[] } {
    const payload = Buffer.from(packet.payload ?? '');
    const topic = packet.topic ?? '';
    const bytes = payload.length + Buffer.byteLength(topic) + OVERHEAD_BYTES;
    const removed = packet.retain === true ? this.#takeValue(session, topic) : [];
    const { maxQueuedMessages, maxQueuedBytes } = this.#bounds;
    const isFull = () =>
      session.queue.length >= maxQueuedMessages ||
      session.bytes + bytes > maxQueuedBytes ||
      this.#bytes + bytes > MAX_BYTES_IN_ALL;
    while (bytes <= maxQueuedBytes && isFull() && session.queue.length > 0) {
      removed.push(...this.#takeAt(session, 0));
      this.dropped += 1;
    }
    if (isFull()) {
      this.dropped += 1;
      return { added: undefined, removed };
    }
    const added: Waiting = {
      seq: ++this.#seq,
      clientId: session.clientId,
      bytes,
      isHeld: false,
      packet: {
        cmd: 'publish',
        brokerId: packet.brokerId,
        brokerCounter: packet.brokerCounter ?? 0,
        topic,
        payload,
        qos: Math.min(packet.qos ?? 0, maxQos) as 0 | 1 | 2,
        // To a subscription that was there before, a message is not a retained one: MQTT-3.3.1-9.
        retain: false,
        dup: false,
        messageId: undefined,
      },
    };
    this.#push(session, added);
    return { added, removed };
  }

  /** Takes out the first for which `is` holds. */
  take(session: Session, is: (packet: QueuedPacket) => boolean): Waiting | undefined {
    const index = session.queue.findIndex(({ packet }) => is(packet));
    return index === -1 ? undefined : this.#takeAt(session, index)[0];
  }

  #push(session: Session, waiting: Waiting): void {
    session.queue.push(waiting);
    session.bytes += waiting.bytes;
    this.#bytes += waiting.bytes;
  }

  /** A value that is not yet under way. */
  #takeValue(session: Session, topic: string): Waiting[] {
    const index = session.queue.findLastIndex(({ packet }) => packet.topic === topic);
    return index === -1 || session.queue[index]?.packet.messageId !== undefined
      ? []
      : this.#takeAt(session, index);
  }

  #takeAt(session: Session, index: number): Waiting[] {
    const taken = session.queue.splice(index, 1);
    for (const { bytes } of taken) {
      session.bytes -= bytes;
      this.#bytes -= bytes;
    }
    return taken;
  }
}

/** How long a session has been away, in ms. @param nowMs monotonic */
export function awayMs({ away }: Session, nowMs: number): number {
  return away === null ? 0 : away.beforeMs + (nowMs - away.sinceMs);
}
