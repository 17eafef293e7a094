/** What can be set about messaging, as plain data. Durations are milliseconds. */

/** The connection to a broker. */
export interface MqttOptions {
  /** `mqtt:`, `mqtts:`, `ws:` or `wss:` address of a broker, or several that are tried in turn; `''` starts the embedded one. Default `''`. */
  readonly url: string | readonly string[];
  /** Login name at the broker. Default: none. */
  readonly username?: string;
  /** Password at the broker. Default: none. */
  readonly password?: string;
  /** MQTT client id, unique at the broker (another client with the same id throws this one out). Default `surfwatch`; a config of a fleet makes it `surfwatch-<site>`. */
  readonly clientId: string;
  /** Version of the protocol: `5`, `4` (which is MQTT 3.1.1), or `auto`: 5, and 3.1.1 where the broker refuses it. Default `auto`. */
  readonly protocolVersion: 'auto' | '5' | '4';
  /** A silent connection is probed after this many ms, rounded up to whole seconds: 1,000..65,535,000. Default 30,000. */
  readonly keepaliveMs: number;
  /** How long the broker may take to accept a connection, in ms. Default 10,000. */
  readonly connectTimeoutMs: number;
  /** How long the broker may take to acknowledge a message before the connection counts as dead, in ms. Default 20,000. */
  readonly ackTimeoutMs: number;
  /** Pause before the first new attempt after a lost connection, in ms; doubled at each failure, with jitter. Default 1,000. */
  readonly reconnectMinMs: number;
  /** Longest pause between two attempts, in ms; also the pace after a refused login. Default 60,000. */
  readonly reconnectMaxMs: number;
  /** PEM file of the authorities a broker's certificate is checked against. Default: those Node.js trusts. */
  readonly caFile?: string;
  /** PEM file of the client's certificate; needs `keyFile`. Default: none. */
  readonly certFile?: string;
  /** PEM file of the client's private key; needs `certFile`. Default: none. */
  readonly keyFile?: string;
  /** Name the broker's certificate must have, also asked for by SNI. Default: the host in `url`. */
  readonly servername?: string;
  /** Refuse a broker whose certificate does not check. Default true. */
  readonly rejectUnauthorized: boolean;
  /** Events kept on disk while they can't be delivered; the oldest is dropped, and counted, beyond it. 1..1,000,000. Default 1,000. */
  readonly maxQueuedEvents: number;
  /** A command whose `ts` is older than this is not run, in ms. Default 300,000. */
  readonly maxCommandAgeMs: number;
}

export const MQTT_DEFAULTS: MqttOptions = {
  url: '',
  clientId: 'surfwatch',
  protocolVersion: 'auto',
  keepaliveMs: 30_000,
  connectTimeoutMs: 10_000,
  ackTimeoutMs: 20_000,
  reconnectMinMs: 1_000,
  reconnectMaxMs: 60_000,
  rejectUnauthorized: true,
  maxQueuedEvents: 1_000,
  maxCommandAgeMs: 300_000,
};
