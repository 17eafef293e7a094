/** Settings of the connection to a broker, and of the embedded broker. */
import type { BrokerOptions } from '../../broker/process.ts';
import type { MqttOptions } from '../../messaging/options.ts';
import type { SchemaOf } from '../setting.ts';

const USERNAME = { format: 'text', default: null, none: 'omit', noneMeans: 'none' } as const;
const PASSWORD = { format: 'text', default: null, none: 'omit', noneMeans: 'none', sensitive: true } as const;
const PEM_FILE = { format: 'path', default: null, none: 'omit' } as const;

export const mqttSchema = {
  url: {
    doc: 'Address of a broker, or a list of them: after a failure the next one is tried. Empty: the embedded broker is started.',
    format: 'servers',
    default: '',
    schemes: ['mqtt', 'mqtts', 'ws', 'wss'],
  },
  username: { doc: 'Login name at the broker.', ...USERNAME },
  password: { doc: 'Password at the broker.', ...PASSWORD },
  clientId: {
    doc: 'Client id, unique at the broker: another client with the same one throws this one out.',
    format: 'text',
    default: null,
    none: 'derive',
    noneMeans: '`surfwatch`; in a fleet `surfwatch-<site>`',
  },
  protocolVersion: {
    doc: 'Version of MQTT.',
    format: 'choice',
    default: 'auto',
    choices: { auto: '5, and 3.1.1 where the broker refuses it', '5': 'MQTT 5', '4': 'MQTT 3.1.1' },
  },
  keepalive: {
    doc: 'A silent connection is probed after this long, rounded up to whole seconds.',
    format: 'duration',
    default: '30s',
    min: 1_000,
    max: 65_535_000,
  },
  connectTimeout: {
    doc: 'How long the broker may take to accept a connection.',
    format: 'duration',
    default: '10s',
    min: 100,
  },
  ackTimeout: {
    doc: 'How long the broker may take to acknowledge a message before the connection counts as dead.',
    format: 'duration',
    default: '20s',
    min: 100,
  },
  reconnectMin: {
    doc: 'Pause before the first new attempt after a lost connection; doubled at each failure.',
    format: 'duration',
    default: '1s',
    min: 10,
  },
  reconnectMax: { doc: 'Longest pause between two attempts.', format: 'duration', default: '1m', min: 10 },
  caFile: {
    doc: "PEM file of the authorities a broker's certificate is checked against.",
    ...PEM_FILE,
    noneMeans: 'those Node.js trusts',
  },
  certFile: {
    doc: "PEM file of the client's certificate; needs `mqtt.keyFile`.",
    ...PEM_FILE,
    noneMeans: 'none',
  },
  keyFile: {
    doc: "PEM file of the client's private key; needs `mqtt.certFile`.",
    ...PEM_FILE,
    noneMeans: 'none',
  },
  servername: {
    doc: 'Name that the certificate of the broker must have; also asked for by SNI.',
    format: 'host',
    default: null,
    none: 'omit',
    noneMeans: 'the host in `mqtt.url`',
  },
  rejectUnauthorized: {
    doc: 'Refuse a broker whose certificate does not check.',
    format: 'switch',
    default: true,
  },
  maxQueuedEvents: {
    doc: "Events kept while they can't be delivered; beyond it the oldest is dropped.",
    format: 'whole',
    default: 1_000,
    min: 1,
    max: 1_000_000,
  },
  maxCommandAge: {
    doc: 'A command that says it was sent longer ago (`ts`) is answered `command-stale` and not run.',
    format: 'duration',
    default: '5m',
    min: 1_000,
  },
} as const satisfies SchemaOf<MqttOptions>;

export const brokerSchema = {
  port: {
    doc: 'TCP port of the embedded broker on 127.0.0.1; 0 takes any free one.',
    format: 'port',
    default: 1883,
  },
  portFallback: {
    doc: 'Take the next free port where `broker.port` is taken, instead of failing.',
    format: 'switch',
    default: false,
  },
} as const satisfies SchemaOf<BrokerOptions>;
