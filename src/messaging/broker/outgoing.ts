/** Messages on their way to the clients of sessions, until they are acknowledged. Method names are those of aedes. */
import { Readable } from 'node:stream';
import type { AedesPublishPacket } from 'aedes';
import type { Keeper } from './keeper.ts';
import type { QueuedPacket, Session, Sessions, Waiting } from './sessions.ts';

export interface OutgoingSetup {
  readonly sessions: Sessions;
  readonly keeper: Keeper;
  readonly userOf: (client: ClientId) => string;
  readonly mayRead: (user: string, topic: string) => boolean;
  readonly onRefused: (what: string, topic: string) => void;
}

type Packet = Readonly<Partial<AedesPublishPacket>>;

interface ClientId {
  readonly id: string;
}

interface Subscribed {
  readonly clientId: string;
  readonly qos?: number;
}

export class OutgoingQueues {
  readonly #setup: OutgoingSetup;
  /** What waits on disk of a message that aedes has not handed on yet, by its payload: that is not copied on the way. */
  readonly #held = new WeakMap<object, readonly Waiting[]>();

  constructor(setup: OutgoingSetup) {
    this.#setup = setup;
  }

  /**
   * Lets a message wait for all sessions it is for, before its sender is told that it has arrived. Resolves when it is
   * on disk. aedes itself acknowledges a message first.
   */
  async hold(subscriptions: readonly Subscribed[], packet: AedesPublishPacket): Promise<void> {
    if (typeof packet.payload === 'string') return;
    const held = this.#enqueue(subscriptions, packet);
    for (const one of held) one.isHeld = true;
    this.#held.set(packet.payload, held);
    await this.#setup.keeper.written();
  }

  async outgoingEnqueue(subscription: { clientId: string }, packet: Packet): Promise<void> {
    this.#enqueue([subscription], packet);
  }

  async outgoingEnqueueCombi(subscriptions: readonly Subscribed[], packet: Packet): Promise<void> {
    const held = (typeof packet.payload === 'object' && this.#held.get(packet.payload)) || [];
    for (const one of held) {
      one.isHeld = false;
      one.packet.brokerId = packet.brokerId;
      one.packet.brokerCounter = packet.brokerCounter ?? 0;
    }
    const served = new Set(held.map(({ clientId }) => clientId));
    this.#enqueue(
      subscriptions.filter(({ clientId }) => !served.has(clientId)),
      packet,
    );
  }

  async outgoingUpdate(client: ClientId, packet: Packet | QueuedPacket): Promise<void> {
    const waiting = this.#setup.sessions.all
      .get(client.id)
      ?.queue.find(({ packet: own }) =>
        packet.brokerId !== undefined && own.brokerId === packet.brokerId
          ? own.brokerCounter === packet.brokerCounter
          : packet.cmd === 'pubrel' && own.messageId === packet.messageId,
      );
    // One that was dropped for want of room is on its way to the client all the same.
    if (waiting === undefined) return;
    if (packet.cmd === 'pubrel') waiting.packet = packet as QueuedPacket;
    else waiting.packet.messageId = packet.messageId;
    // At QoS 1 another id will do after a restart.
    if (waiting.packet.qos === 2 || waiting.packet.cmd === 'pubrel') this.#setup.keeper.waiting(waiting);
  }

  async outgoingClearMessageId(client: ClientId, packet: Packet): Promise<QueuedPacket | undefined> {
    const session = this.#setup.sessions.all.get(client.id);
    const taken =
      session &&
      this.#setup.sessions.take(session, own =>
        packet.messageId === undefined
          ? own.brokerId !== undefined &&
            own.brokerId === packet.brokerId &&
            own.brokerCounter === packet.brokerCounter
          : own.messageId === packet.messageId,
      );
    if (taken !== undefined) this.#setup.keeper.notWaiting(taken);
    return taken?.packet;
  }

  outgoingStream(client: ClientId): Readable {
    const queue = this.#setup.sessions.all.get(client.id)?.queue ?? [];
    // What aedes has not handed on yet comes by way of the subscription.
    const ready = queue.filter(({ isHeld }) => !isHeld).map(({ packet }) => packet);
    return Readable.from(ready);
  }

  #enqueue(subscriptions: readonly Subscribed[], packet: Packet): Waiting[] {
    const served = new Map<string, number>();
    for (const { clientId, qos = 2 } of subscriptions) {
      served.set(clientId, Math.max(qos, served.get(clientId) ?? 0));
    }
    return [...served].flatMap(([clientId, maxQos]): Waiting[] => {
      const session = this.#setup.sessions.all.get(clientId) ?? this.#opened(clientId);
      if (!this.#setup.mayRead(session.user, packet.topic ?? '')) return [];
      const before = this.#setup.sessions.dropped;
      const { added, removed } = this.#setup.sessions.add(session, packet, maxQos);
      for (const one of removed) this.#setup.keeper.notWaiting(one);
      if (this.#setup.sessions.dropped > before) {
        this.#setup.onRefused('too much waits for a client: the oldest is dropped', packet.topic ?? '');
      }
      if (added === undefined) return [];
      this.#setup.keeper.waiting(added);
      return [added];
    });
  }

  /** aedes's own tests let messages wait for clients that did not subscribe. */
  #opened(clientId: string): Session {
    return this.#setup.sessions.open(clientId, this.#setup.userOf({ id: clientId }));
  }
}
