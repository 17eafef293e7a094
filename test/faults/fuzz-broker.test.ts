/** Strangers at the embedded broker of a whole daemon, with packets that no client would send. */
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { createRandom, type Random } from '../../src/base/random.ts';
import { client } from '../messaging/support.ts';
import { FUZZ_SEED, mutated } from '../support/fuzz.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { asking, type Board, startBoard, statusOf } from './support.ts';

const CONNECTIONS = Number(process.env.SURFWATCH_FUZZ_CONNECTIONS ?? 10_000);
/** Fewer than may be connected, so that each is heard out; many, as one that says nothing is only ended after five seconds. */
const ABREAST = 90;
/** Looks at how it is meanwhile. */
const MARKS = 20;
const MOST_GROWN_MB = 64;

it(
  `the broker outlives ${CONNECTIONS} connections with spoilt packets (SURFWATCH_FUZZ_SEED=${FUZZ_SEED})`,
  async () => {
    const random = createRandom(FUZZ_SEED);
    const board = await startBoard({
      stateDir: await temporaryFolder(),
      // What is under test is the broker: frames need not take the processor from it.
      set: ['camera.interval=2s'],
    });
    await board.until(async () => (await board.frames()) > 0, 'a frame');
    const port = Number(new URL(board.url).port);
    const seen = { answered: 0, refused: 0 };
    let begun = 0;
    const startMs = performance.now();
    const stranger = async () => {
      while (begun++ < CONNECTIONS) {
        const isAnswered = await visit(port, conversation(random));
        seen[isAnswered ? 'answered' : 'refused'] += 1;
      }
    };
    const ended = Promise.all(Array.from({ length: ABREAST }, stranger));
    const done = () => seen.answered + seen.refused;
    let half = 0;
    for (let mark = 1; mark <= MARKS; mark++) {
      const due = Math.floor((CONNECTIONS * mark) / MARKS);
      await board.until(() => done() >= due, `${due} connections, ${done()} have ended; seed ${FUZZ_SEED}`);
      await serves(board, `${due}`);
      if (mark === MARKS / 2) half = memoryMB(board.child.pid);
    }
    await ended;
    await serves(board, 'the end');
    const { state } = await statusOf(await asking(board.url));
    expect(state.state).toBe('running');
    await board.framesGoOn('after all of them');
    const grownMB = memoryMB(board.child.pid) - half;
    console.log({
      seed: FUZZ_SEED,
      connections: CONNECTIONS,
      ...seen,
      half,
      grownMB,
      ms: performance.now() - startMs,
    });
    expect(grownMB).toBeLessThan(MOST_GROWN_MB);
    // Neither all were turned away at the door, nor all well-behaved.
    expect(Math.min(seen.answered, seen.refused)).toBeGreaterThan(CONNECTIONS / 50);
    expect(await board.kill('SIGTERM')).toBe(0);
  },
  CONNECTIONS * 100,
);

/** A well-behaved client is served. */
async function serves(board: Board, text: string): Promise<void> {
  const { mqtt, on } = await client(board.url);
  await mqtt.subscribeAsync('well/behaved', { qos: 1 });
  await mqtt.publishAsync('well/behaved', text, { qos: 1 });
  await board.until(() => on('well/behaved').includes(text), `the answer to ${text}`);
  await mqtt.endAsync();
}

interface Conversation {
  readonly login: Buffer;
  /** Sent once the login is answered; with a login that is spoilt, together with it. */
  readonly more: Buffer;
  readonly isSpoilt: boolean;
  /** Ends with a reset, and takes no answer. */
  readonly isRude: boolean;
}

/** @returns whether the login was answered; resolves when the connection has ended */
async function visit(port: number, { login, more, isSpoilt, isRude }: Conversation): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  let isAnswered = false;
  const closed = new Promise<void>(resolve => socket.once('close', () => resolve()));
  socket.on('error', () => undefined);
  socket.on('connect', () => socket.write(isSpoilt ? Buffer.concat([login, more]) : login));
  socket.on('data', () => {
    if (isAnswered) return;
    isAnswered = true;
    if (!isSpoilt) socket.write(more);
    if (isRude) socket.resetAndDestroy();
    else socket.end();
  });
  await closed;
  return isAnswered;
}

/** A login, and one to four packets, of which most are spoilt. */
function conversation(random: Random): Conversation {
  const packets = somePackets(random);
  const more = Array.from({ length: 1 + random.below(4) }, () => {
    const chosen = packets[random.below(packets.length)] as Buffer;
    return random.next() < 0.8 ? mutated(chosen, random) : chosen;
  });
  const login = connectPacket(random);
  const isSpoilt = random.next() < 0.3;
  return {
    login: isSpoilt ? mutated(login, random) : login,
    more: Buffer.concat(more),
    isSpoilt,
    isRude: random.next() < 0.3,
  };
}

/** The packets of MQTT 3.1.1 (OASIS, chapter 3) that a client sends, and those that only a server does. */
function somePackets(random: Random): Buffer[] {
  const topic = text(
    [
      'mine',
      'surf/command',
      'surf/command/status',
      'surf/state',
      'surf/label',
      '$SYS/x',
      'a/'.repeat(40),
      '',
    ][random.below(8)] ?? '',
  );
  const id = Buffer.from([random.below(256), random.below(256)]);
  const qos = random.below(3);
  const body = Buffer.alloc(random.next() < 0.02 ? 200_000 : random.below(300), 0x5b);
  const filter = text(['#', '+', 'surf/#', 'mine/+', '#/a', 'a/+b', '', '$SYS/#'][random.below(8)] ?? '');
  const filters = Array.from({ length: 1 + random.below(random.next() < 0.05 ? 500 : 3) }, () => filter);
  return [
    packet(0x30 | (qos << 1) | random.below(2), Buffer.concat([topic, ...(qos > 0 ? [id] : []), body])),
    packet(0x82, Buffer.concat([id, ...filters.flatMap(one => [one, Buffer.from([random.below(3)])])])),
    packet(0xa2, Buffer.concat([id, ...filters])),
    ...[0x40, 0x50, 0x62, 0x70].map(type => packet(type, id)),
    packet(0xc0),
    packet(0xe0),
    packet(0x20, Buffer.from([0, 0])),
    packet(0x90, Buffer.concat([id, Buffer.from([1])])),
    packet(0xf0, body),
    connectPacket(random),
  ];
}

function connectPacket(random: Random): Buffer {
  const hasWill = random.next() < 0.3;
  const hasUser = random.next() < 0.2;
  const flags = (random.next() < 0.8 ? 2 : 0) | (hasWill ? 0x0c : 0) | (hasUser ? 0xc0 : 0);
  return packet(
    0x10,
    Buffer.concat([
      text('MQTT'),
      Buffer.from([4, flags, 0, random.below(60)]),
      text(random.next() < 0.9 ? `fuzz-${random.below(200)}` : 'x'.repeat(300)),
      ...(hasWill ? [text('mine/will'), text('gone')] : []),
      ...(hasUser ? [text('ann'), text('secret')] : []),
    ]),
  );
}

function packet(type: number, body: Buffer = Buffer.alloc(0)): Buffer {
  const length: number[] = [];
  let left = body.length;
  do {
    length.push((left & 127) | (left > 127 ? 128 : 0));
    left >>= 7;
  } while (left > 0);
  return Buffer.concat([Buffer.from([type, ...length]), body]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]);
}

/** Anonymous resident memory of a process and of its children. */
function memoryMB(pid: number | undefined): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  const own = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  const others = children.filter(child => child !== '').map(child => memoryMB(Number(child)));
  return others.reduce((sum, one) => sum + one, Number(own ?? 0) / 1e3);
}
