/** Decides on each message and subscription of the embedded broker's clients. */
import type { Aedes, AedesOptions, AedesPublishPacket, Client, Subscription } from 'aedes';
import type { BrokerOptions } from '../options.ts';
import { throttle } from '../throttle.ts';
import type { AccessRules } from './access.ts';
import { filterMatches, isTopic, MAX_TOPIC_BYTES } from './filters.ts';
import { type Guest, Guests, type GuestsSetup } from './guests.ts';
import { isAnswered, refusalAnswer } from './refusal.ts';

/** What waits for all connected clients together, and what each may have of it at the least. */
const MAX_UNSENT_BYTES = 67_108_864;
const MIN_UNSENT_BYTES = 65_536;
/** Where a message goes that is acknowledged and given to nobody. */
const NOWHERE = '$refused';

export interface GatekeeperSetup extends Omit<GuestsSetup, 'onRefused'> {
  readonly options: BrokerOptions;
  readonly base: string;
  readonly rules: AccessRules;
}

export class Gatekeeper {
  /** Topics on which the daemon has retained something. */
  readonly ownTopics = new Set<string>();
  readonly #setup: GatekeeperSetup;
  readonly #guests: Guests;
  /** Payloads of answers to those who were refused: for them alone. */
  readonly #answers = new WeakSet<object>();
  readonly #mayWarn = new Map<string, () => boolean>();

  constructor(setup: GatekeeperSetup) {
    this.#setup = setup;
    this.#guests = new Guests({ ...setup, onRefused: (what, about) => this.refused(what, about) });
  }

  /** '' also for one that is not known. */
  userOf(client: object): string {
    return this.#guests.userOf(client);
  }

  /** At most once a minute of each kind. */
  refused(what: string, about: object): void {
    const mayWarn = this.#mayWarn.get(what) ?? throttle(this.#setup.clock, 60_000);
    if (this.#mayWarn.size < 100) this.#mayWarn.set(what, mayWarn);
    if (mayWarn()) this.#setup.log.warn(about, what);
  }

  /** Ends the connections of a user. */
  cutOff(name: string): void {
    this.#guests.cutOff(name);
  }

  watch(aedes: Aedes): void {
    this.#guests.watch(aedes);
  }

  get handlers(): AedesOptions {
    return {
      ...this.#guests.handlers,
      authorizePublish: (client, packet, done) => {
        const goOn = () =>
          void this.#admit(client, packet as AedesPublishPacket).then(() => done(null), done);
        const guest = client === null ? undefined : this.#guests.of(client);
        // The last will of one that is gone is not held back.
        if (guest === undefined || client?.closed) goOn();
        else guest.pacer.pass(goOn);
      },
      authorizeSubscribe: (client, subscription, done) => {
        const guest = this.#guests.of(client);
        if (guest === undefined) return done(null, this.#guests.isOwn(client) ? subscription : null);
        guest.pacer.pass(() =>
          done(null, this.#maySubscribe(client, guest, subscription) ? subscription : null),
        );
      },
      authorizeForward: (client, packet) => this.#forward(client, packet),
    };
  }

  /** @throws Error to end the connection */
  async #admit(client: Client | null, packet: AedesPublishPacket): Promise<void> {
    const { base, rules, persistence } = this.#setup;
    if (client !== null && this.#guests.isOwn(client)) {
      if (packet.retain) this.ownTopics.add(packet.topic);
    } else {
      const guest = client === null ? undefined : this.#guests.of(client);
      if (
        guest === undefined ||
        client === null ||
        !isTopic(packet.topic) ||
        !rules.mayWrite(guest.identity, packet.topic, packet.payload)
      ) {
        this.#refuse(client, guest, packet);
        return;
      }
      // Retained commands and pictures would be ignored at best, and fill the memory.
      if (packet.topic.startsWith(`${base}/`)) packet.retain = false;
    }
    if (packet.qos > 0) await persistence.hold(packet);
  }

  /** A command is answered; after anything else the connection is ended. */
  #refuse(client: Client | null, guest: Guest | undefined, packet: AedesPublishPacket): void {
    const topic = packet.topic.slice(0, MAX_TOPIC_BYTES);
    const about = { client: client?.id, user: guest?.identity.name, topic };
    this.refused('a client may not publish what it sent', about);
    if (
      client === null ||
      guest === undefined ||
      client.closed ||
      !isAnswered(packet.topic, this.#setup.base)
    ) {
      throw new Error(`publishing on ${topic} is not permitted`);
    }
    const answer = refusalAnswer(packet, this.#setup.base, guest.identity);
    if ([...guest.filters].some(filter => filterMatches(filter, answer.topic))) {
      const payload = Buffer.from(answer.payload);
      this.#answers.add(payload);
      client.publish({ ...answer, cmd: 'publish', payload, qos: 0, dup: false }, () => undefined);
    }
    Object.assign(packet, { topic: NOWHERE, payload: Buffer.alloc(0), retain: false });
  }

  #maySubscribe(client: Client, guest: Guest, { topic }: Subscription): boolean {
    const { options, rules } = this.#setup;
    const { identity, filters } = guest;
    const about = { client: client.id, user: identity.name, filter: topic.slice(0, MAX_TOPIC_BYTES) };
    const isFull = !filters.has(topic) && filters.size >= options.maxSubscriptions;
    if (isFull || Buffer.byteLength(topic) > MAX_TOPIC_BYTES) {
      this.refused('too many or too long subscriptions', about);
      return false;
    }
    if (!rules.maySubscribe(identity, topic)) {
      this.refused('a client may not read what it subscribed to', about);
      return false;
    }
    filters.add(topic);
    return true;
  }

  /** A message on its way to a client, unless that may not read it or takes none. */
  #forward(client: Client, packet: AedesPublishPacket): AedesPublishPacket | null {
    if (this.#guests.isOwn(client)) return packet;
    const guest = this.#guests.of(client);
    if (guest === undefined) return null;
    const isAnswer = typeof packet.payload === 'object' && this.#answers.has(packet.payload);
    if (!isAnswer && !this.#setup.rules.mayRead(guest.identity, packet.topic)) return null;
    // Retained messages, and those of a session, come one by one as the client takes them.
    if (packet.retain || unsentBytes(client) <= this.maxUnsentBytes) return packet;
    this.refused('a client takes what is sent to it too slowly', {
      client: client.id,
      user: guest.identity.name,
    });
    if (packet.qos === 0) return null;
    client.close();
    return client.clean ? null : packet;
  }

  /** Of one client. */
  get maxUnsentBytes(): number {
    const share = Math.max(MIN_UNSENT_BYTES, MAX_UNSENT_BYTES / Math.max(1, this.#guests.count));
    return Math.min(this.#setup.options.maxQueuedBytes, share);
  }
}

function unsentBytes({ conn }: Client): number {
  return conn.writableLength;
}
