/** The process of the embedded broker: started, restarted, ended. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { expect, it, onTestFinished } from 'vitest';
import { answers, client, closed } from '../messaging/support.ts';
import { readableLog } from '../support/log.ts';
import { program } from '../support/programs.ts';
import { until } from '../support/until.ts';
import { newBroker, ownClient, startBroker } from './support.ts';

async function takenPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

const portOf = (url: string) => Number(new URL(url).port);

it('says that its port is taken', async () => {
  const port = await takenPort();
  await expect(newBroker({ port }).start()).rejects.toMatchObject({
    code: 'broker-port-taken',
    message: expect.stringContaining(String(port)),
  });
});

it('is back on its port when it was killed, with another connection for the daemon', async () => {
  const { log, lines } = readableLog();
  const { broker, url } = await startBroker({}, log);
  const { pid } = broker;
  const before = await ownClient(broker);
  const gone = closed(before.mqtt);
  process.kill(pid ?? 0, 'SIGKILL');
  await gone;
  await until(() => broker.pid !== undefined && broker.pid !== pid, 'another process');
  expect(broker.address).toBe(url);
  const after = await ownClient(broker);
  await after.mqtt.publishAsync('surf/state', 'x', { qos: 1 });
  expect(lines).toContainEqual(expect.objectContaining({ end: 'SIGKILL' }));
});

it('gives the daemon whose connection broke a new broker', async () => {
  const { broker } = await startBroker();
  const { pid } = broker;
  await ownClient(broker);
  expect(() => broker.accessOf('surf').openStream()).toThrow(
    expect.objectContaining({ code: 'mqtt-unreachable' }),
  );
  await until(() => broker.pid !== undefined && broker.pid !== pid, 'another process');
  await ownClient(broker);
});

it('is started anew where it takes up too much memory', async () => {
  const { log, lines } = readableLog();
  const broker = newBroker({}, log, 1);
  await broker.start();
  await until(
    () => lines.some(({ msg }) => msg === 'the embedded broker takes up too much memory and is ended'),
    'the end',
  );
});

it('ends when it is stopped, with all connections, and frees the port', async () => {
  const { broker, url } = await startBroker();
  const { mqtt } = await client(url);
  await broker.stop();
  await until(() => !mqtt.connected, 'the end of the connection');
  expect(await answers(portOf(url))).toBe(false);
  await broker.stop();
});

it('may be stopped before it is started, and then stays so', async () => {
  const broker = newBroker();
  await broker.stop();
  await broker.start();
  expect(broker.pid).toBeUndefined();
});

it('ends with the process that started it, also where that is killed', async () => {
  const parent = spawn(process.execPath, [program('parent-child')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void parent.kill('SIGKILL'));
  const [line] = (await once(createInterface({ input: parent.stdout }), 'line')) as [string];
  const port = portOf(line);
  expect(await answers(port)).toBe(true);
  parent.kill('SIGKILL');
  await expect.poll(() => answers(port)).toBe(false);
});
