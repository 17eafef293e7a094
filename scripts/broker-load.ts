/** Strangers at a broker, as a process of its own: `broker-load.ts PORT CLIENTS MESSAGES_PER_SECOND`. */
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

const [port = 0, clients = 0, perSecond = 0] = process.argv.slice(2).map(Number);
const TICK_MS = 20;
const PAYLOAD = Buffer.alloc(100, 'x');

/** Packets are put together by hand: the generator is to cost little beside what it measures. */
function packet(type: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const length = body.length < 128 ? [body.length] : [(body.length % 128) + 128, body.length >> 7];
  return Buffer.concat([Buffer.from([type, ...length]), body]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]);
}

let received = 0;
const sockets: Socket[] = [];
for (let i = 0; i < clients; i++) {
  const socket = connect(port, '127.0.0.1');
  socket.setNoDelay(true);
  socket.on('data', chunk => {
    received += chunk.length;
  });
  socket.on('error', error => console.error(error.message));
  const hello = packet(0x10, text('MQTT'), Buffer.from([4, 2, 0, 0]), text(`stranger-${i}`));
  const listen = packet(0x82, Buffer.from([0, 1]), text(`noise/${i}`), Buffer.from([0]));
  socket.write(Buffer.concat([hello, listen]));
  sockets.push(socket);
  if (i % 10 === 9) await delay(10);
}
const messages = sockets.map((_, i) => packet(0x30, text(`noise/${(i * 7) % clients}`), PAYLOAD));
process.send?.('ready');

let sent = 0;
const began = performance.now();
process.on('message', () => process.send?.({ sent, received, seconds: (performance.now() - began) / 1000 }));
for (;;) {
  const due = Math.floor(((performance.now() - began) * perSecond) / 1000);
  for (; sent < due; sent++) {
    const i = sent % clients;
    sockets[i]?.write(messages[i] ?? '');
  }
  await delay(TICK_MS);
}
