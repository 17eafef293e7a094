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
    doc: 'Client id, unique at the broker, which disconnects one of two clients with the same id.',
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
  caFile: {
    doc: "PEM file of the authorities a broker's certificate is checked against.",
    ...PEM_FILE,
    noneMeans: 'those that Node.js trusts',
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
    doc: "Name that the broker's certificate must have; also sent by SNI.",
    format: 'host',
    default: null,
    none: 'omit',
    noneMeans: 'the host in `mqtt.url`',
  },
  rejectUnauthorized: {
    doc: 'Refuse a broker whose certificate cannot be verified.',
    format: 'switch',
    default: true,
  },
} as const satisfies SettingTree;

export const brokerSchema = {
  port: {
    doc: 'TCP port of the embedded broker on 127.0.0.1; 0 takes any free one.',
    format: 'port',
    default: 1883,
  },
} as const satisfies SettingTree;
