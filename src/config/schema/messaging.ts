/** Settings of the connection to a broker, and of the embedded broker. */
import type { SettingTree } from '../setting.ts';

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
} as const satisfies SettingTree;

export const brokerSchema = {
  host: {
    doc: 'Address the embedded broker listens on. Any but loopback needs users (`broker.usersFile`, or `broker.username` and `broker.password`) and TLS (`broker.certFile`), or `broker.allowPlaintext`.',
    format: 'host',
    default: '127.0.0.1',
    required: true,
  },
  port: {
    doc: 'TCP port of the embedded broker, with TLS usually 8883; 0 takes any free one.',
    format: 'port',
    default: 1883,
  },
  portFallback: {
    doc: 'Take the next free port where `broker.port` is taken, instead of failing.',
    format: 'switch',
    default: false,
  },
  username: { doc: 'Login name of an operator, who may do all that a client can.', ...USERNAME },
  password: { doc: 'Password of that operator.', ...PASSWORD },
  usersFile: {
    doc: 'Users of the embedded broker, with roles and hashed passwords, as `surfwatch broker passwd` writes them. Read again when it changes.',
    format: 'path',
    default: null,
    none: 'omit',
    noneMeans: 'none',
  },
  certFile: {
    doc: "PEM file of the embedded broker's certificate; needs `broker.keyFile`. Read again when it changes.",
    ...PEM_FILE,
    noneMeans: 'no TLS',
  },
  keyFile: {
    doc: "PEM file of the embedded broker's private key; needs `broker.certFile`.",
    ...PEM_FILE,
    noneMeans: 'none',
  },
  caFile: {
    doc: "PEM file of the authorities that must have signed a client's certificate; needs `broker.certFile`.",
    ...PEM_FILE,
    noneMeans: 'clients need no certificate',
  },
  allowPlaintext: {
    doc: 'Let the embedded broker listen beyond this computer without TLS: passwords can be read on the way.',
    format: 'switch',
    default: false,
  },
  maxConnections: {
    doc: "Connections at one time, beside the daemon's own.",
    format: 'whole',
    default: 100,
    min: 1,
    max: 100_000,
  },
  maxConnectionsPerAddress: {
    doc: 'Connections from one address at one time.',
    format: 'whole',
    default: 50,
    min: 1,
    max: 100_000,
  },
  maxSubscriptions: {
    doc: 'Subscriptions of one client.',
    format: 'whole',
    default: 100,
    min: 1,
    max: 10_000,
  },
  maxMessagesPerSecond: {
    doc: 'Messages one client may send in a second, subscriptions included; a faster one is slowed down.',
    format: 'whole',
    default: 100,
    min: 1,
    max: 100_000,
  },
  maxQueuedBytes: {
    doc: 'Bytes that wait for one client, connected or away. A connected one that takes none is cut off beyond it.',
    format: 'bytes',
    default: 4_194_304,
    min: 65_536,
    max: 1_073_741_824,
  },
  maxQueuedMessages: {
    doc: 'Messages that wait for one client that is away; beyond it the oldest is dropped.',
    format: 'whole',
    default: 1_000,
    min: 1,
    max: 100_000,
  },
  maxRetained: {
    doc: "Retained messages of clients, the daemon's own not counted. Further ones are passed on, but not retained.",
    format: 'whole',
    default: 1_000,
    min: 0,
    max: 100_000,
  },
  maxRetainedBytes: {
    doc: 'Bytes of these.',
    format: 'bytes',
    default: 8_388_608,
    min: 0,
    max: 1_073_741_824,
  },
  maxSessions: {
    doc: 'Clients whose subscriptions and messages are kept while they are away; 0 keeps none.',
    format: 'whole',
    default: 50,
    min: 0,
    max: 10_000,
  },
  sessionExpiry: {
    doc: 'How long they are kept.',
    format: 'duration',
    default: '7d',
    min: 1_000,
  },
  maxPacketBytes: {
    doc: 'Largest packet a client may send, in bytes; a larger one ends its connection.',
    format: 'bytes',
    default: 16_777_216,
    min: 1024,
    max: 268_435_455,
  },
  connectTimeout: {
    doc: 'How long a new connection may take to say who it is.',
    format: 'duration',
    default: '10s',
    min: 100,
  },
} as const satisfies SettingTree;
