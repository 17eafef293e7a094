import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Aedes } from 'aedes';
import mqtt from 'mqtt';
import { expect, it } from 'vitest';
import { useSmallSlabs } from '../../src/messaging/packet-buffers.ts';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

const LENGTHS = 2_000;

it(`${LENGTHS} lengths of messages keep less than 2 MB of buffers`, async () => {
  const slab = Buffer.poolSize;
  useSmallSlabs();
  const broker = await Aedes.createBroker();
  const server = createServer(socket => broker.handle(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, { writeCache: false });
  try {
    // What is made but once is made.
    await client.publishAsync('surf/state', '', { qos: 1 });
    const before = heldMB();
    for (let length = 1; length <= LENGTHS; length++) {
      // A running program takes other small buffers between two messages, and so another slab.
      Buffer.from('x'.repeat(1_000));
      Buffer.from('x'.repeat(4_000));
      await client.publishAsync('surf/state', 'x'.repeat(length), { qos: 1 });
    }
    expect(heldMB() - before).toBeLessThan(2);
  } finally {
    await client.endAsync(true);
    server.close();
    await new Promise<void>(resolve => broker.close(resolve));
    Buffer.poolSize = slab;
  }
});

function heldMB(): number {
  collectGarbage();
  collectGarbage();
  return process.memoryUsage().arrayBuffers / 1e6;
}
