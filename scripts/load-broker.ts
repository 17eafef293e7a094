/** Attackers of an embedded broker, as a process of its own: `load-broker.ts PORT`. They go on until it is killed. */
import { connect, type Socket } from 'node:net';
import { constants, setPriority } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';

const port = Number(process.argv[2]);
// What is measured is what the broker makes of it, not what it takes to make the attack.
setPriority(constants.priority.PRIORITY_LOW);

/** Packets are put together by hand: as no library would send them, and cheaply. */
function packet(type: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([header(type, body.length), body]);
}

function header(type: number, length: number): Buffer {
  const bytes = [type];
  let left = length;
  do {
    bytes.push((left % 128) | (left >= 128 ? 128 : 0));
    left = Math.floor(left / 128);
  } while (left > 0);
  return Buffer.from(bytes);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]);
}

const publish = (topic: string, times: number) =>
  Buffer.concat(Array.from({ length: times }, () => packet(0x30, text(topic), Buffer.from('x'))));
let clients = 0;
const hello = () => packet(0x10, text('MQTT'), Buffer.from([4, 2, 0, 0]), text(`stranger-${clients++}`));

/** Says what it has to say, again after each pause, over a new connection where the broker ended the last. */
async function keepSaying(first: () => Buffer, again: Buffer, pauseMs: number): Promise<never> {
  for (;;) {
    const socket: Socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.resume();
    socket.write(first());
    do {
      await delay(pauseMs);
      if (again.length > 0 && socket.writableLength < 1_000_000) socket.write(again);
    } while (!socket.destroyed);
  }
}

const FILTERS = Array.from({ length: 100 }, (_, i) =>
  Array.from({ length: 7 }, (_, bit) => ((i >> bit) & 1 ? '+' : 'x')).join('/'),
);
const subscribe = (filters: readonly string[]) =>
  packet(0x82, Buffer.from([0, 1]), ...filters.flatMap(filter => [text(filter), Buffer.from([0])]));
const times = (n: number, run: () => Promise<never>) => Array.from({ length: n }, run);
const none = Buffer.alloc(0);

const attacks = [
  // Messages multiplied by overlapping filters.
  ...times(30, () => keepSaying(() => Buffer.concat([hello(), subscribe(FILTERS)]), none, 100)),
  ...times(8, () => keepSaying(hello, publish('x/x/x/x/x/x/x', 100), 10)),
  // Subscribers of all that leave while messages wait for them.
  ...times(4, () =>
    keepSaying(() => Buffer.concat([hello(), subscribe(['#']), Buffer.from([0xe0, 0])]), none, 60),
  ),
  ...times(16, () => keepSaying(hello, publish('noise', 200), 60)),
  // Packets of 16 MB, before and after the login.
  ...times(4, () => keepSaying(() => Buffer.concat([header(0x10, 16e6), Buffer.alloc(60_000)]), none, 20)),
  ...times(4, () => keepSaying(() => Buffer.concat([hello(), header(0x82, 16e6)]), Buffer.alloc(60_000), 20)),
  // Pictures that never end, and commands without a pause.
  ...times(4, () =>
    keepSaying(() => Buffer.concat([hello(), header(0x30, 9e6), text('surf/label/image/none')]), none, 20),
  ),
  ...times(4, () => keepSaying(hello, publish('surf/command/status', 100), 20)),
  // Connections that say nothing.
  ...times(40, () => keepSaying(() => none, none, 50)),
];
process.send?.('ready');
await Promise.all(attacks);
