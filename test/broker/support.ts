/** An embedded broker as the daemon runs it: a process of its own. */

import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { MqttClient } from 'mqtt';
import type { Logger } from 'pino';
import { onTestFinished } from 'vitest';
import { type BrokerOptions, BrokerProcess } from '../../src/broker/process.ts';
import { clock } from '../messaging/support.ts';
import { BROKER_PROGRAM } from '../support/defaults.ts';
import { silent } from '../support/log.ts';

export function newBroker(
  options: Partial<BrokerOptions> = {},
  log: Logger = silent,
  maxRssBytes?: number,
): BrokerProcess {
  const broker = new BrokerProcess({
    bases: ['surf'],
    program: BROKER_PROGRAM,
    options: { port: 0, ...options },
    ...(maxRssBytes !== undefined && { maxRssBytes }),
    clock,
    log,
  });
  onTestFinished(() => broker.stop());
  return broker;
}

export async function startBroker(options: Partial<BrokerOptions> = {}, log: Logger = silent) {
  const broker = newBroker(options, log);
  await broker.start();
  return { broker, url: broker.address };
}

/** The daemon's own client, by its pipe. It notes what it receives. */
export async function ownClient(broker: BrokerProcess) {
  const mqtt = new MqttClient(() => broker.accessOf('surf').openStream(), {
    clientId: 'surfwatch-daemon',
    protocolVersion: 4,
    reconnectPeriod: 0,
  });
  onTestFinished(() => void mqtt.end(true));
  const received: { topic: string; payload: Buffer }[] = [];
  mqtt.on('message', (topic, payload) => received.push({ topic, payload }));
  await new Promise<void>((resolve, reject) => {
    mqtt.once('connect', () => resolve());
    mqtt.once('error', reject);
  });
  return { mqtt, received };
}

/** A connection that speaks no MQTT by itself. */
export async function rawSocket(url: string) {
  const socket = connectTcp(Number(new URL(url).port), '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => undefined);
  let ended = false;
  socket.once('close', () => {
    ended = true;
  });
  socket.resume();
  await once(socket, 'connect');
  return { socket, isClosed: () => ended };
}

/** A connection that has logged in with CONNECT of MQTT 3.1.1. */
export async function rawClient(
  url: string,
  id: string,
): Promise<{ socket: Socket; isClosed: () => boolean }> {
  const raw = await rawSocket(url);
  const answered = once(raw.socket, 'data');
  raw.socket.write(packet(0x10, text('MQTT'), Buffer.from([4, 2, 0, 0]), text(id)));
  await answered;
  return raw;
}

/** Packets put together by hand, as no library would send them. */
export function packet(type: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([header(type, body.length), body]);
}

export function header(type: number, length: number): Buffer {
  const bytes = [type];
  let left = length;
  do {
    bytes.push((left % 128) | (left >= 128 ? 128 : 0));
    left = Math.floor(left / 128);
  } while (left > 0);
  return Buffer.from(bytes);
}

export function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]);
}
