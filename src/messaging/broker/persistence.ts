/** What aedes asks of a store of retained messages and sessions: bounded, and kept over a restart. */
import type { Aedes, AedesPublishPacket, Client, Subscription } from 'aedes';
import memory from 'aedes-persistence';
import type { Logger } from 'pino';
import type { Clock } from '../../base/clock.ts';
import type { BrokerOptions } from '../options.ts';
import type { SavedSession } from './broker-file.ts';
import { MAX_TOPIC_BYTES } from './filters.ts';
import { Keeper } from './keeper.ts';
import { OutgoingQueues } from './outgoing.ts';
import { RetainedMessages } from './retained.ts';
import { awayMs, type Session, Sessions } from './sessions.ts';

export interface PersistenceSetup {
  /** The file; where absent, all is kept in memory alone. */
  readonly path?: string;
  readonly options: Pick<
    BrokerOptions,
    | 'maxQueuedMessages'
    | 'maxQueuedBytes'
    | 'maxRetained'
    | 'maxRetainedBytes'
    | 'maxSessions'
    | 'maxSubscriptions'
    | 'sessionExpiryMs'
  >;
  /** Whose a client is: the name of the user, '' for anonymous. */
  readonly userOf: (client: { readonly id: string }) => string;
  readonly isUser: (name: string) => boolean;
  /** Whether a user may be sent what comes on a topic. */
  readonly mayRead: (user: string, topic: string) => boolean;
  /** Topics whose values are not to outlive the process, which says them anew when it starts. */
  readonly isOwn: (topic: string) => boolean;
  readonly onRefused: (what: string, topic: string) => void;
  readonly clock: Clock;
  readonly log: Logger;
}

interface ClientId {
  readonly id: string;
}

/** aedes's own store, whose methods return promises where they are given no callback. */
interface Memory {
  setup(broker: unknown): Promise<void>;
  storeRetained(packet: object): Promise<void>;
  addSubscriptions(client: ClientId, subscriptions: readonly Subscription[]): Promise<void>;
  removeSubscriptions(client: ClientId, topics: readonly string[]): Promise<void>;
  cleanSubscriptions(client: ClientId): Promise<void>;
  subscriptionsByTopic(topic: string): Promise<readonly { clientId: string; qos?: number }[]>;
}

/** What that store does by itself: lookups, wills, and what comes in at QoS 2. */
const BY_MEMORY = [
  ...['createRetainedStream', 'createRetainedStreamCombi', 'subscriptionsByTopic', 'countOffline'],
  ...['incomingStorePacket', 'incomingGetPacket', 'incomingDelPacket', 'cleanIncoming'],
  ...['putWill', 'getWill', 'delWill', 'streamWill', 'getClientList'],
] as const;

/** What the queues do. */
const BY_QUEUES = [
  'outgoingEnqueue',
  'outgoingEnqueueCombi',
  'outgoingUpdate',
  'outgoingClearMessageId',
  'outgoingStream',
] as const;

/** Its method names are those of aedes; {@link BY_MEMORY} has the others. */
export class BrokerPersistence {
  broker: Aedes | undefined;
  readonly #setup: PersistenceSetup;
  readonly #sessions: Sessions;
  readonly #keeper: Keeper;
  readonly #retained: RetainedMessages;
  readonly #memory = (memory as unknown as () => Memory)();
  readonly #outgoing: OutgoingQueues;

  constructor(setup: PersistenceSetup) {
    this.#setup = setup;
    this.#sessions = new Sessions(setup.options);
    this.#retained = new RetainedMessages(setup.options);
    const memory = this.#memory as unknown as Record<string, (...args: unknown[]) => unknown>;
    for (const name of BY_MEMORY) Object.assign(this, { [name]: memory[name]?.bind(memory) });
    this.#keeper = new Keeper({
      ...setup,
      everything: () => ({
        retained: this.#retained.all,
        sessions: [...this.#sessions.all.values()].map(session => this.#saved(session)),
        waiting: [...this.#sessions.all.values()].flatMap(({ queue }) => queue),
      }),
      sessionOf: clientId => {
        const session = this.#sessions.all.get(clientId);
        return session && this.#saved(session);
      },
      retainedOn: topic => this.#retained.on(topic),
      isWaiting: waiting => this.#sessions.all.get(waiting.clientId)?.queue.includes(waiting) ?? false,
    });
    this.#outgoing = new OutgoingQueues({ ...setup, sessions: this.#sessions, keeper: this.#keeper });
    for (const name of BY_QUEUES) Object.assign(this, { [name]: this.#outgoing[name].bind(this.#outgoing) });
  }

  get dropped(): number {
    return this.#sessions.dropped;
  }

  /** Whose session a client id has; undefined where it has none. */
  ownerOf(clientId: string): string | undefined {
    return this.#sessions.all.get(clientId)?.user;
  }

  /** The payloads of what waits for a client, as text. */
  waitingFor(clientId: string): string[] {
    return this.#sessions.all.get(clientId)?.queue.map(({ packet }) => String(packet.payload)) ?? [];
  }

  get hasRoom(): boolean {
    return this.#sessions.all.size < this.#setup.options.maxSessions;
  }

  async setup(broker: Aedes): Promise<void> {
    this.broker = broker;
    await this.#memory.setup(broker);
    const file = this.#keeper.open();
    for (const one of file?.retained ?? []) {
      if (this.#retained.set(one)) await this.#memory.storeRetained({ cmd: 'publish', retain: true, ...one });
    }
    for (const saved of file?.sessions ?? []) await this.#restore(saved);
    for (const waiting of file?.waiting ?? []) {
      const session = this.#sessions.all.get(waiting.clientId);
      if (session !== undefined) this.#sessions.restore(session, waiting);
    }
    await this.expire();
  }

  /** Ends sessions that were away for too long, and those whose users are no more. */
  async expire(): Promise<void> {
    const { options, clock, isUser } = this.#setup;
    for (const session of [...this.#sessions.all.values()]) {
      const isOver = awayMs(session, clock.monotonic()) >= options.sessionExpiryMs;
      if (isOver || !isUser(session.user)) await this.cleanSubscriptions({ id: session.clientId });
    }
  }

  away(clientId: string): void {
    const session = this.#sessions.all.get(clientId);
    if (session === undefined) return;
    session.away = { sinceMs: this.#setup.clock.monotonic(), beforeMs: 0 };
    this.#keeper.session(clientId);
  }

  back(clientId: string): void {
    const session = this.#sessions.all.get(clientId);
    if (session === undefined) return;
    session.away = null;
    this.#keeper.session(clientId);
  }

  /** As {@link OutgoingQueues.hold}, for all sessions a message is for. */
  async hold(packet: AedesPublishPacket): Promise<void> {
    const subscriptions = await this.#memory.subscriptionsByTopic(packet.topic);
    if (subscriptions.length > 0) await this.#outgoing.hold(subscriptions, packet);
  }

  async storeRetained(packet: AedesPublishPacket): Promise<void> {
    const { topic, qos } = packet;
    const payload = Buffer.from(packet.payload);
    if (this.#setup.isOwn(topic) || payload.length === 0) {
      if (this.#retained.delete(topic)) this.#keeper.retained(topic);
    } else if (this.#retained.set({ topic, payload, qos })) this.#keeper.retained(topic);
    else return this.#setup.onRefused('no more messages are retained', topic);
    // A piece of what was received would hold all of it.
    await this.#memory.storeRetained({ ...packet, payload });
    if (qos > 0) await this.#keeper.written();
  }

  async addSubscriptions(client: Client, subscriptions: readonly Subscription[]): Promise<void> {
    const session = this.#sessions.open(client.id, this.#setup.userOf(client));
    const { maxSubscriptions } = this.#setup.options;
    // aedes hands on those too that were refused.
    const taken: Subscription[] = [];
    for (const one of subscriptions) {
      const isNew = !session.subscriptions.has(one.topic);
      const isTooMuch = isNew && session.subscriptions.size >= maxSubscriptions;
      if (isTooMuch || Buffer.byteLength(one.topic) > MAX_TOPIC_BYTES) continue;
      session.subscriptions.set(one.topic, { ...one });
      taken.push(one);
    }
    await this.#memory.addSubscriptions(client, taken);
    this.#keeper.session(client.id);
    await this.#keeper.written();
  }

  async removeSubscriptions(client: Client, topics: readonly string[]): Promise<void> {
    const session = this.#sessions.all.get(client.id);
    for (const topic of topics) session?.subscriptions.delete(topic);
    await this.#memory.removeSubscriptions(client, topics);
    if (session?.subscriptions.size === 0) this.#end(session);
    this.#keeper.session(client.id);
  }

  async cleanSubscriptions(client: ClientId): Promise<void> {
    const session = this.#sessions.all.get(client.id);
    if (session === undefined) return;
    this.#end(session);
    await this.#memory.cleanSubscriptions(client);
  }

  async subscriptionsByClient(client: ClientId): Promise<Subscription[]> {
    return [...(this.#sessions.all.get(client.id)?.subscriptions.values() ?? [])].map(one => ({ ...one }));
  }

  async destroy(): Promise<void> {
    this.#keeper.close();
  }

  async #restore({ clientId, user, subscriptions, awaySince }: SavedSession): Promise<void> {
    const session = this.#sessions.open(clientId, user);
    for (const one of subscriptions) session.subscriptions.set(one.topic, one);
    const { clock } = this.#setup;
    // One that was connected when the process ended has been away since about now.
    const beforeMs = Math.max(0, clock.now() - (awaySince ?? clock.now()));
    session.away = { sinceMs: clock.monotonic(), beforeMs };
    await this.#memory.addSubscriptions({ id: clientId }, subscriptions);
    if (awaySince === null) this.#keeper.session(clientId);
  }

  #end(session: Session): void {
    for (const waiting of this.#sessions.end(session)) this.#keeper.notWaiting(waiting);
    this.#keeper.session(session.clientId);
  }

  #saved(session: Session): SavedSession {
    const { clock } = this.#setup;
    const { clientId, user, subscriptions, away } = session;
    const awaySince = away === null ? null : Math.round(clock.now() - awayMs(session, clock.monotonic()));
    return { clientId, user, subscriptions: [...subscriptions.values()], awaySince };
  }
}
