/** Lets clients of the embedded broker in, and decides on each message and subscription of theirs. */
import type { Aedes, AedesOptions, AedesPublishPacket, Client, Subscription } from 'aedes';
import type { Logger } from 'pino';
import type { Clock } from '../../ops/clock.ts';
import { type Credentials, loginMatches } from '../access.ts';
import type { BrokerOptions } from '../options.ts';
import { throttle } from '../throttle.ts';
import type { AccessRules, Identity } from './access.ts';
import type { Directory } from './directory.ts';
import { filterMatches } from './filters.ts';
import { BAD_LOGIN, logIn, refusal, SERVER_UNAVAILABLE } from './login.ts';
import { newPacer, type Pacer } from './pacer.ts';
import type { BrokerPersistence } from './persistence.ts';
import { isAnswered, refusalAnswer } from './refusal.ts';

const MAX_CLIENT_ID_BYTES = 256;
const MAX_TOPIC_BYTES = 512;
const MAX_WILL_BYTES = 65_536;
/** What waits for all connected clients together, and what each may have of it at the least. */
const MAX_UNSENT_BYTES = 67_108_864;
const MIN_UNSENT_BYTES = 65_536;
/** Where a message goes that is acknowledged and given to nobody. */
const NOWHERE = '$refused';

export interface GatekeeperSetup {
  readonly options: BrokerOptions;
  readonly base: string;
  /** The daemon's own login: it may do everything. */
  readonly own: Credentials & { readonly clientId: string };
  /** Whether a connection came in by the way that only the daemon itself knows. */
  readonly cameOwnWay: (client: Client) => boolean;
  readonly rules: AccessRules;
  readonly directory: () => Directory;
  readonly persistence: BrokerPersistence;
  readonly clock: Clock;
  readonly log: Logger;
}

interface Guest {
  readonly identity: Identity;
  readonly pacer: Pacer;
  readonly filters: Set<string>;
}

export class Gatekeeper {
  /** Topics on which the daemon has retained something. */
  readonly ownTopics = new Set<string>();
  readonly #setup: GatekeeperSetup;
  readonly #ownClients = new WeakSet<object>();
  readonly #guests = new WeakMap<object, Guest>();
  readonly #connected = new Set<Client>();
  /** Payloads of answers to those who were refused: for them alone. */
  readonly #answers = new WeakSet<object>();
  readonly #mayWarn = new Map<string, () => boolean>();

  constructor(setup: GatekeeperSetup) {
    this.#setup = setup;
  }

  /** '' also for one that is not known. */
  userOf(client: object): string {
    return this.#guests.get(client)?.identity.name ?? '';
  }

  /** At most once a minute of each kind. */
  refused(what: string, about: object): void {
    const mayWarn = this.#mayWarn.get(what) ?? throttle(this.#setup.clock, 60_000);
    if (this.#mayWarn.size < 100) this.#mayWarn.set(what, mayWarn);
    if (mayWarn()) this.#setup.log.warn(about, what);
  }

  /** Ends the connections of a user. */
  cutOff(name: string): void {
    for (const client of this.#connected) {
      if (this.#guests.get(client)?.identity.name === name) client.close();
    }
  }

  watch(aedes: Aedes): void {
    const { persistence } = this.#setup;
    aedes.on('client', client => void this.#connected.add(client));
    aedes.on('clientReady', client => persistence.back(client.id));
    aedes.on('clientDisconnect', client => {
      this.#connected.delete(client);
      this.#guests.get(client)?.pacer.stop();
      if (!client.clean) persistence.away(client.id);
    });
    aedes.on('unsubscribe', (filters, client) => {
      for (const filter of filters) this.#guests.get(client)?.filters.delete(filter);
    });
  }

  get handlers(): AedesOptions {
    return {
      preConnect: (client, packet, done) => {
        const { persistence } = this.#setup;
        const willBytes = packet.will?.payload.length ?? 0;
        if (willBytes > MAX_WILL_BYTES || Buffer.byteLength(packet.clientId) > MAX_CLIENT_ID_BYTES) {
          this.refused('a client with too long an id or last will was refused', {
            address: addressOf(client),
          });
          return done(new Error('id or last will too long'), false);
        }
        const isKnown = persistence.ownerOf(packet.clientId) !== undefined;
        if (!packet.clean && !isKnown && (packet.clientId === '' || !persistence.hasRoom)) {
          this.refused('no more sessions are kept', { client: packet.clientId });
          packet.clean = true;
        }
        done(null, true);
      },
      authenticate: (client, name, secret, done) => {
        this.#logIn(client, name, secret).then(
          code => done(code === 0 ? null : refusal(code), code === 0),
          error => {
            this.#setup.log.error({ err: error }, 'a login could not be checked');
            done(refusal(SERVER_UNAVAILABLE), false);
          },
        );
      },
      authorizePublish: (client, packet, done) => {
        const goOn = () =>
          void this.#admit(client, packet as AedesPublishPacket).then(() => done(null), done);
        const guest = client === null ? undefined : this.#guests.get(client);
        // The last will of one that is gone is not held back.
        if (guest === undefined || client?.closed) goOn();
        else guest.pacer.pass(goOn);
      },
      authorizeSubscribe: (client, subscription, done) => {
        const guest = this.#guests.get(client);
        if (guest === undefined) return done(null, this.#ownClients.has(client) ? subscription : null);
        guest.pacer.pass(() =>
          done(null, this.#maySubscribe(client, guest, subscription) ? subscription : null),
        );
      },
      authorizeForward: (client, packet) => this.#forward(client, packet),
    };
  }

  /** @returns the code for CONNACK */
  async #logIn(client: Client, name: string | undefined, secret: Buffer | undefined): Promise<number> {
    const { own, options, persistence, directory } = this.#setup;
    if (loginMatches(own, name ?? '', secret ?? Buffer.alloc(0))) {
      this.#ownClients.add(client);
      return 0;
    }
    // A second client with its id would throw the daemon's own client out.
    if (client.id === own.clientId || this.#setup.cameOwnWay(client)) return BAD_LOGIN;
    const address = addressOf(client);
    if (this.#connected.size > options.maxConnections) {
      this.refused('too many clients, one was refused', { address, maxConnections: options.maxConnections });
      return SERVER_UNAVAILABLE;
    }
    const owner = () => {
      const holder = [...this.#connected].find(other => other.id === client.id);
      return holder === undefined ? persistence.ownerOf(client.id) : this.userOf(holder);
    };
    const refuse = (what: string) => this.refused(what, { client: client.id, user: name, address });
    const login = await logIn(directory(), { name, secret, address, owner, refuse });
    if (typeof login === 'number') return login;
    const { identity } = login;
    const { maxMessagesPerSecond } = options;
    const rate = { burst: 2 * maxMessagesPerSecond, perSecond: maxMessagesPerSecond };
    const pacer = newPacer(rate, this.#setup.clock, () =>
      this.refused('a client sends too fast: it is slowed down', { client: client.id, address }),
    );
    this.#guests.set(client, { identity, pacer, filters: new Set() });
    return 0;
  }

  /** @throws Error to end the connection */
  async #admit(client: Client | null, packet: AedesPublishPacket): Promise<void> {
    const { base, rules, persistence } = this.#setup;
    if (client !== null && this.#ownClients.has(client)) {
      if (packet.retain) this.ownTopics.add(packet.topic);
    } else {
      const guest = client === null ? undefined : this.#guests.get(client);
      const isFit = Buffer.byteLength(packet.topic) <= MAX_TOPIC_BYTES;
      if (
        guest === undefined ||
        client === null ||
        !isFit ||
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
    if (this.#ownClients.has(client)) return packet;
    const guest = this.#guests.get(client);
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
    const share = Math.max(MIN_UNSENT_BYTES, MAX_UNSENT_BYTES / Math.max(1, this.#connected.size));
    return Math.min(this.#setup.options.maxQueuedBytes, share);
  }
}

function addressOf({ conn }: Client): string {
  return 'remoteAddress' in conn ? String(conn.remoteAddress) : '';
}

function unsentBytes({ conn }: Client): number {
  return conn.writableLength;
}
