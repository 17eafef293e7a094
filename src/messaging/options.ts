/** What can be set about messaging, as plain data. Durations are milliseconds. */

/** The pace of a connection to a broker, in ms. */
export interface MqttPace {
  /** How long the broker may take to accept a connection. */
  readonly connectTimeoutMs: number;
  /** How long the broker may take to acknowledge a message before the connection counts as dead. */
  readonly ackTimeoutMs: number;
  /** A silent connection is probed after this long, rounded up to whole seconds. */
  readonly keepaliveMs: number;
  /** Pause before the first new attempt after a lost connection; doubled at each failure, with jitter. */
  readonly reconnectMinMs: number;
  /** Longest pause between two attempts; also the pace after a refused login. */
  readonly reconnectMaxMs: number;
}

/** Slow mobile links answer in time; a board comes back within a minute of its broker. */
export const MQTT_PACE: MqttPace = {
  connectTimeoutMs: 10_000,
  ackTimeoutMs: 20_000,
  keepaliveMs: 30_000,
  reconnectMinMs: 1_000,
  reconnectMaxMs: 60_000,
};

/** Events kept while they cannot be delivered: days of a busy beach. Beyond it the oldest is dropped, and counted. */
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
  /**
   * Version of the protocol: `5`, `4` (which is MQTT 3.1.1), or `auto`: 5, or 3.1.1 if the broker refuses 5.
   */
  readonly protocolVersion: 'auto' | '5' | '4';
  /** PEM file of the authorities a broker's certificate is checked against. */
  readonly caFile?: string;
  /** PEM file of the client's certificate; needs `keyFile`. */
  readonly certFile?: string;
  /** PEM file of the client's private key; needs `certFile`. */
  readonly keyFile?: string;
  /** Name the broker's certificate must have, also asked for by SNI. */
  readonly servername?: string;
  /** Refuse a broker whose certificate cannot be verified. */
  readonly rejectUnauthorized: boolean;
}
