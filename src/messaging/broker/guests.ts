/** The clients of the embedded broker: lets them in, and knows who is connected as whom. */
import type { Aedes, AedesOptions, Client } from 'aedes';
import type { Logger } from 'pino';
import type { Clock } from '../../base/clock.ts';
import { type Credentials, loginMatches } from '../access.ts';
import type { BrokerOptions } from '../options.ts';
import type { Identity } from './access.ts';
import type { Directory } from './directory.ts';
import { isTopic, MAX_TOPIC_BYTES } from './filters.ts';
import { BAD_LOGIN, logIn, refusal, SERVER_UNAVAILABLE } from './login.ts';
import { newPacer, type Pacer } from './pacer.ts';
import type { BrokerPersistence } from './persistence.ts';

const MAX_CLIENT_ID_BYTES = 256;
const MAX_WILL_BYTES = 65_536;

export interface GuestsSetup {
  readonly options: Pick<BrokerOptions, 'maxConnections' | 'maxMessagesPerSecond'>;
  /** The daemon's own login: it may do everything. */
  readonly own: Credentials & { readonly clientId: string };
  /** Whether a connection came in by the way that only the daemon itself knows. */
  readonly cameOwnWay: (client: Client) => boolean;
  readonly directory: () => Directory;
  readonly persistence: BrokerPersistence;
  /** Told why one was not let in, or is slowed down. */
  readonly onRefused: (what: string, about: object) => void;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface Guest {
  readonly identity: Identity;
  readonly pacer: Pacer;
  /** What it subscribed to. */
  readonly filters: Set<string>;
}

export class Guests {
  readonly #setup: GuestsSetup;
  readonly #ownClients = new WeakSet<object>();
  readonly #guests = new WeakMap<object, Guest>();
  readonly #connected = new Set<Client>();

  constructor(setup: GuestsSetup) {
    this.#setup = setup;
  }

  /** How many are connected, the daemon included. */
  get count(): number {
    return this.#connected.size;
  }

  /** Whether it is the daemon itself. */
  isOwn(client: object): boolean {
    return this.#ownClients.has(client);
  }

  /** Undefined for the daemon itself, and for one that is not logged in. */
  of(client: object): Guest | undefined {
    return this.#guests.get(client);
  }

  /** '' also for one that is not known. */
  userOf(client: object): string {
    return this.#guests.get(client)?.identity.name ?? '';
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

  get handlers(): Pick<AedesOptions, 'preConnect' | 'authenticate'> {
    return {
      preConnect: (client, packet, done) => {
        const { persistence } = this.#setup;
        // MQTT 3.1.1, 3.3.2.1 and 3.1.3.2: no wildcards. The parser looks at those of PUBLISH alone.
        if (packet.will !== undefined && !isTopic(packet.will.topic)) {
          this.#setup.onRefused('a client with a last will on no topic was refused', {
            address: addressOf(client),
            topic: packet.will.topic.slice(0, MAX_TOPIC_BYTES),
          });
          return done(new Error('the topic of the last will is none'), false);
        }
        const willBytes = packet.will?.payload.length ?? 0;
        if (willBytes > MAX_WILL_BYTES || Buffer.byteLength(packet.clientId) > MAX_CLIENT_ID_BYTES) {
          this.#setup.onRefused('a client with too long an id or last will was refused', {
            address: addressOf(client),
          });
          return done(new Error('id or last will too long'), false);
        }
        const isKnown = persistence.ownerOf(packet.clientId) !== undefined;
        if (!packet.clean && !isKnown && (packet.clientId === '' || !persistence.hasRoom)) {
          this.#setup.onRefused('no more sessions are kept', { client: packet.clientId });
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
      this.#setup.onRefused('too many clients, one was refused', {
        address,
        maxConnections: options.maxConnections,
      });
      return SERVER_UNAVAILABLE;
    }
    const owner = () => {
      const holder = [...this.#connected].find(other => other.id === client.id);
      return holder === undefined ? persistence.ownerOf(client.id) : this.userOf(holder);
    };
    const refuse = (what: string) => this.#setup.onRefused(what, { client: client.id, user: name, address });
    const login = await logIn(directory(), { name, secret, address, owner, refuse });
    if (typeof login === 'number') return login;
    const { identity } = login;
    const { maxMessagesPerSecond } = options;
    const rate = { burst: 2 * maxMessagesPerSecond, perSecond: maxMessagesPerSecond };
    const pacer = newPacer(rate, this.#setup.clock, () =>
      this.#setup.onRefused('a client sends too fast: it is slowed down', { client: client.id, address }),
    );
    this.#guests.set(client, { identity, pacer, filters: new Set() });
    return 0;
  }
}

function addressOf({ conn }: Client): string {
  return 'remoteAddress' in conn ? String(conn.remoteAddress) : '';
}
