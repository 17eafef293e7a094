/** What can be set about messaging, as plain data. Durations are milliseconds. */

/** The pace of a connection to a broker, in ms. */
export interface MqttPace {
  /** How long the broker may take to accept a connection. */
  readonly connectTimeoutMs: number;
  /** How long the broker may take to acknowledge a message before the connection counts as dead. */
  readonly ackTimeoutMs: number;
  /** Pause before the first new attempt after a lost connection; doubled at each failure, with jitter. */
  readonly reconnectMinMs: number;
  /** Longest pause between two attempts; also the pace after a refused login. */
  readonly reconnectMaxMs: number;
}

/** Slow mobile links answer in time; a board comes back within a minute of its broker. */
export const MQTT_PACE: MqttPace = {
  connectTimeoutMs: 10_000,
  ackTimeoutMs: 20_000,
  reconnectMinMs: 1_000,
  reconnectMaxMs: 60_000,
};

/** Events kept while they can't be delivered: days of a busy beach. Beyond it the oldest is dropped, and counted. */
export const MAX_QUEUED_EVENTS = 1_000;

/** The connection to a broker; the pace is {@link MQTT_PACE} where nothing else is said. */
export interface MqttOptions extends Partial<MqttPace> {
  /** `mqtt:`, `mqtts:`, `ws:` or `wss:` address of a broker, or several that are tried in turn; `''` starts the embedded one. */
  readonly url: string | readonly string[];
  /** Login name at the broker. */
  readonly username?: string;
  /** Password at the broker. */
  readonly password?: string;
  /** MQTT client id, unique at the broker (another client with the same id throws this one out). */
  readonly clientId: string;
  /** Version of the protocol: `5`, `4` (which is MQTT 3.1.1), or `auto`: 5, and 3.1.1 where the broker refuses it. */
  readonly protocolVersion: 'auto' | '5' | '4';
  /** A silent connection is probed after this many ms, rounded up to whole seconds: 1,000..65,535,000. */
  readonly keepaliveMs: number;
  /** PEM file of the authorities a broker's certificate is checked against. */
  readonly caFile?: string;
  /** PEM file of the client's certificate; needs `keyFile`. */
  readonly certFile?: string;
  /** PEM file of the client's private key; needs `certFile`. */
  readonly keyFile?: string;
  /** Name the broker's certificate must have, also asked for by SNI. */
  readonly servername?: string;
  /** Refuse a broker whose certificate does not check. */
  readonly rejectUnauthorized: boolean;
}

/** The embedded broker, used where no `mqtt.url` is set. */
export interface BrokerOptions {
  /** Address to listen on; any but loopback needs users and, unless `allowPlaintext`, TLS. Default `127.0.0.1`. */
  readonly host: string;
  /** TCP port; 0 takes any free one. Default 1883. */
  readonly port: number;
  /** Take the next free port where `port` is taken, instead of failing. Default false. */
  readonly portFallback: boolean;
  /** Login name of an operator; needs `password`. Default: none. */
  readonly username?: string;
  /** Password of that operator; needs `username`. Default: none. */
  readonly password?: string;
  /** JSON file of users with their roles and hashed passwords. Default: none. */
  readonly usersFile?: string;
  /** PEM file of the broker's certificate and those between it and its authority; needs `keyFile`. Default: none, plain MQTT. */
  readonly certFile?: string;
  /** PEM file of the broker's private key; needs `certFile`. Default: none. */
  readonly keyFile?: string;
  /** PEM file of the authorities that clients' certificates must be signed by. Default: clients need none. */
  readonly caFile?: string;
  /** Listen beyond this computer without TLS: passwords and pictures can be read on the way. Default false. */
  readonly allowPlaintext: boolean;
  /** Connections at one time, beside the daemon's own. Default 100. */
  readonly maxConnections: number;
  /** Connections from one address at one time. Default 50. */
  readonly maxConnectionsPerAddress: number;
  /** Subscriptions of one client. Default 100. */
  readonly maxSubscriptions: number;
  /** Messages one client may send in a second, subscriptions included; a faster one is slowed down. Default 100. */
  readonly maxMessagesPerSecond: number;
  /** Bytes that wait for one client, connected or away. Default 4,194,304. */
  readonly maxQueuedBytes: number;
  /** Messages that wait for one client that is away; the oldest is dropped beyond it. Default 1,000. */
  readonly maxQueuedMessages: number;
  /** Retained messages of clients, the daemon's own not counted. Default 1,000. */
  readonly maxRetained: number;
  /** Bytes of these. Default 8,388,608. */
  readonly maxRetainedBytes: number;
  /** Clients whose subscriptions and messages are kept while they are away; 0: none. Default 50. */
  readonly maxSessions: number;
  /** How long they are kept, in ms. Default 604,800,000, a week. */
  readonly sessionExpiryMs: number;
  /** Largest packet a client may send, in bytes; a larger one ends its connection. Default 16,777,216: pictures to learn from. */
  readonly maxPacketBytes: number;
  /** How long a new connection may take to send its CONNECT packet, in ms. Default 10,000. */
  readonly connectTimeoutMs: number;
}

export const BROKER_DEFAULTS: BrokerOptions = {
  host: '127.0.0.1',
  port: 1883,
  portFallback: false,
  allowPlaintext: false,
  maxConnections: 100,
  maxConnectionsPerAddress: 50,
  maxSubscriptions: 100,
  maxMessagesPerSecond: 100,
  maxQueuedBytes: 4_194_304,
  maxQueuedMessages: 1_000,
  maxRetained: 1_000,
  maxRetainedBytes: 8_388_608,
  maxSessions: 50,
  sessionExpiryMs: 604_800_000,
  maxPacketBytes: 16_777_216,
  connectTimeoutMs: 10_000,
};
