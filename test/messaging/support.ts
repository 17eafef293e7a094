import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect as connectTcp, createServer, type Server, type Socket } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { Aedes, type AedesOptions } from 'aedes';
import getPort from 'get-port';
import { connect, type IClientOptions, type IPublishPacket, type MqttClient } from 'mqtt';
import { onTestFinished } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { type BrokerOptions, BrokerProcess } from '../../src/broker/process.ts';
import { Messaging, type MessagingDeps } from '../../src/messaging/messaging.ts';
import type { MqttOptions } from '../../src/messaging/options.ts';
import { CommandRegistry, type PictureLabeller, statusVerb, type Verbs } from '../../src/messaging/verbs.ts';
import { BROKER_PROGRAM, DEFAULTS } from '../support/defaults.ts';
import { silent } from '../support/log.ts';
import { temporaryFolderSync } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';

export { sessionEvent } from './session-event.ts';

export const clock = systemClock;

/** Quick attempts, so that a test need not wait. */
export const QUICK: MqttOptions = {
  ...DEFAULTS.mqtt,
  reconnectMinMs: 20,
  reconnectMaxMs: 100,
};

const BROKER = { ...DEFAULTS.broker, port: 0 };

const NO_PICTURES: PictureLabeller = {
  labelImage: () => Promise.reject(new Error('no picture is expected')),
};

/** The commands of a daemon that has started. */
export function registryOf(verbs: Verbs, pictures = NO_PICTURES): CommandRegistry {
  const commands = new CommandRegistry();
  commands.add(verbs);
  commands.addPictures(pictures);
  commands.complete();
  return commands;
}

/** With the options of the embedded broker, which is used where `mqtt` has no address. */
export interface Given extends Partial<Omit<MessagingDeps, 'broker'>> {
  readonly broker?: BrokerOptions;
  readonly verbs?: Verbs;
  readonly pictures?: PictureLabeller;
}

/** A started Messaging, stopped at the end of the test. */
export async function startMessaging({
  broker = BROKER,
  verbs = { status: statusVerb(() => ({ up: true })) },
  pictures,
  ...setup
}: Given = {}): Promise<Messaging> {
  const { mqtt = QUICK, base = 'surf' } = setup;
  const process = new BrokerProcess({
    options: broker,
    bases: [base],
    program: BROKER_PROGRAM,
    clock,
    log: silent,
  });
  onTestFinished(() => process.stop());
  const messaging = new Messaging({
    mqtt,
    base,
    ...(mqtt.url === '' && { broker: process.accessOf(base) }),
    commands: registryOf(verbs, pictures),
    clock,
    log: silent,
    ...setup,
  });
  await messaging.start();
  onTestFinished(() => messaging.stop());
  return messaging;
}

interface Received {
  readonly topic: string;
  readonly text: string;
  readonly packet: IPublishPacket;
}

/** A client that notes all it receives; ended at the end of the test. */
export async function client(url: string, options: IClientOptions = {}) {
  const mqtt: MqttClient = connect(url, { reconnectPeriod: 0, ...options });
  onTestFinished(() => void mqtt.end(true));
  const received: Received[] = [];
  // Before it is connected: what waited in its session comes at once.
  mqtt.on('message', (topic, payload, packet) => received.push({ topic, text: payload.toString(), packet }));
  await new Promise<void>((resolve, reject) => {
    mqtt.once('connect', () => resolve());
    // One that comes back by itself does so too where a busy machine was too slow for its login.
    if (mqtt.options.reconnectPeriod !== 0) {
      mqtt.on('error', () => undefined);
    } else {
      mqtt.once('error', reject);
      mqtt.once('close', () => reject(new Error('the broker closed the connection')));
    }
  });
  return {
    mqtt,
    received,
    on: (topic: string) => received.filter(message => message.topic === topic).map(({ text }) => text),
    last: (topic: string) => received.findLast(message => message.topic === topic)?.text,
  };
}

/** A client that comes back by itself and listens to `filter` at QoS 1. */
export async function listener(url: string, filter = 'surf/#', options: IClientOptions = {}) {
  const listening = await client(url, { reconnectPeriod: 20, ...options });
  await listening.mqtt.subscribeAsync(filter, { qos: 1 });
  return listening;
}

/** Resolves when the connection of a client ends. */
export function closed(mqtt: MqttClient): Promise<void> {
  return new Promise(resolve => mqtt.once('close', () => resolve()));
}

export function has(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${program}`], { env: { PATH: PATH } }).status === 0;
}

/** Debian puts mosquitto in /usr/sbin, which a user's PATH may lack. */
const PATH = `${process.env.PATH}:/usr/sbin:/usr/local/sbin`;

export const hasMosquitto = has('mosquitto');
if (!hasMosquitto)
  console.warn('mosquitto is not installed: tests against it are skipped (apt install mosquitto)');

/** A real Mosquitto on a port of its own, that can be killed and started again on the same port. */
export async function mosquitto(config: readonly string[] = ['allow_anonymous true'], port?: number) {
  const folder = temporaryFolderSync();
  const ownPort = port ?? (await getPort());
  const file = join(folder, 'mosquitto.conf');
  // Started by root it would become another user, who cannot read the files of the test.
  const general = [
    `user ${userInfo().username}`,
    `persistence_location ${folder}/`,
    `listener ${ownPort} 127.0.0.1`,
  ];
  writeFileSync(file, [...general, ...config, ''].join('\n'));
  let child: ChildProcess | undefined;
  const start = async () => {
    child = spawn('mosquitto', ['-c', file], { stdio: 'ignore', env: { PATH } });
    await until(() => answers(ownPort), 'Mosquitto');
  };
  const kill = async (signal: NodeJS.Signals = 'SIGKILL') => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    // A stopped process takes no other signal before it goes on.
    child.kill('SIGCONT');
    child.kill(signal);
    await gone;
  };
  onTestFinished(() => kill());
  await start();
  return {
    port: ownPort,
    url: `mqtt://127.0.0.1:${ownPort}`,
    start,
    kill,
    freeze: () => child?.kill('SIGSTOP'),
    thaw: () => child?.kill('SIGCONT'),
  };
}

export async function answers(port: number): Promise<boolean> {
  const socket = connectTcp(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** A broker without rules of its own, in this process. */
export async function plainBroker(options: AedesOptions = {}, port = 0) {
  const broker = await Aedes.createBroker(options);
  const server = createServer(broker.handle).listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const ownPort = typeof address === 'object' && address ? address.port : 0;
  const stop = async () => {
    server.close();
    await new Promise<void>(resolve => broker.close(() => resolve()));
  };
  onTestFinished(stop);
  return { port: ownPort, url: `mqtt://127.0.0.1:${ownPort}`, stop };
}

/** What {@link plainBroker} lets in with one login alone. */
export function onlyLogin(username: string, password: string): AedesOptions {
  return {
    authenticate: (_client, name, secret, done) => {
      if (name === username && String(secret) === password) return done(null, true);
      done(Object.assign(new Error('refused'), { returnCode: 4 as const }), false);
    },
  };
}

/** A server that is no broker, but does with each connection what the test says. */
export async function fakeBroker(onConnection: (socket: Socket) => void) {
  const sockets = new Set<Socket>();
  const server: Server = createServer(socket => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { url: `mqtt://127.0.0.1:${port}`, connections: sockets };
}

/** Each with its names and how many days it is good for. */
const CERTIFICATES = {
  server: ['IP:127.0.0.1,DNS:localhost', '2'],
  client: ['DNS:client', '2'],
  renamed: ['DNS:beach.example', '2'],
  expired: ['IP:127.0.0.1,DNS:localhost', '-1'],
} as const;

/** A certificate authority, and certificates of it, made anew: paths of `ca.crt`, `server.crt`, `server.key` and so on. */
export function certificates(...names: (keyof typeof CERTIFICATES)[]) {
  const folder = temporaryFolderSync();
  const path = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.crt', '-subj', '/CN=ca', '-days', '2');
  for (const name of names.length > 0 ? names : (['server', 'client'] as const)) {
    const [san, days] = CERTIFICATES[name];
    openssl('req', ...key, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
    writeFileSync(path(`${name}.ext`), `subjectAltName=${san}\n`);
    const signing = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-days', days];
    const files = ['-in', `${name}.csr`, '-extfile', `${name}.ext`, '-out', `${name}.crt`];
    openssl('x509', '-req', ...files, ...signing);
  }
  return path;
}
