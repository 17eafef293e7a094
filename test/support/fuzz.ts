/** What every fuzzer shares: its seed, changes of bytes, and a look at memory. */
import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Random } from '../../src/base/random.ts';

/** The same each time, so that what passed passes again; `SURFWATCH_FUZZ_SEED` gives another, `random` a new one. */
export const FUZZ_SEED = Number(process.env.SURFWATCH_FUZZ_SEED ?? 1) || Date.now();

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** Heap and buffers after a collection: the least of some looks, as work still under way holds memory for a while. */
export async function heldMB(): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let look = 0; look < 5; look++) {
    await delay(50);
    collectGarbage();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    least = Math.min(least, (heapUsed + arrayBuffers) / 1e6);
  }
  return least;
}

/** More than anything takes on a machine that does much else. */
const HANGS_MS = 60_000;

/** @throws Error that names `what` where the work takes a minute */
export async function orHangs<T>(work: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const hangs = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`hangs: ${what}, seed ${FUZZ_SEED}`)), HANGS_MS);
  });
  return Promise.race([work, hangs]).finally(() => clearTimeout(timer));
}

/** What parsers stumble over: ends of ranges, signs, and lengths that are no lengths. */
const EDGES = [0, 1, 0x7f, 0x80, 0xfe, 0xff];
const MOST_CHANGES = 6;

/**
 * A copy with one to six changes: bytes set or flipped, runs filled; and half of the time runs cut out, repeated or moved,
 * or the end cut off, so that its length is another.
 */
export function mutated(bytes: Buffer, random: Random): Buffer {
  let copy: Buffer = Buffer.from(bytes);
  const kinds = random.next() < 0.5 ? 3 : 7;
  for (let change = random.below(MOST_CHANGES); change >= 0 && copy.length > 0; change--) {
    copy = changed(copy, kinds, random);
  }
  return copy;
}

function changed(bytes: Buffer, kinds: number, random: Random): Buffer {
  // Headers decide more than what comes after them.
  const at = random.below(random.next() < 0.5 ? Math.min(bytes.length, 64) : bytes.length);
  const end = Math.min(bytes.length, at + 1 + random.below(random.next() < 0.7 ? 8 : bytes.length));
  const run = bytes.subarray(at, end);
  const put = (...middle: Buffer[]) => Buffer.concat([bytes.subarray(0, at), ...middle, bytes.subarray(end)]);
  const edge = () => EDGES[random.below(EDGES.length)] ?? 0;
  switch (random.below(kinds)) {
    case 0:
      bytes[at] = edge();
      return bytes;
    case 1:
      bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
      return bytes;
    case 2:
      return put(Buffer.alloc(run.length, edge()));
    case 3:
      return put();
    case 4:
      return put(run, run);
    case 5: {
      const from = random.below(bytes.length);
      return put(run, bytes.subarray(from, from + 1 + random.below(64)));
    }
    default:
      return bytes.subarray(0, at);
  }
}

/** What a field may hold that nobody expects there. */
const ODD: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  0.5,
  1e9,
  2 ** 53,
  1e308,
  '',
  '\ud800',
  '../../x',
  'x'.repeat(5_000),
  [],
  {},
  [[]],
  { __proto__: 1 },
];

/** A copy of JSON data in which one value or two are others, gone, or there twice. */
export function mutatedJson(data: unknown, random: Random): unknown {
  let copy: unknown = structuredClone(data);
  for (let change = random.below(2); change >= 0; change--) copy = oddWithin(copy, random);
  return copy;
}

function oddWithin(data: unknown, random: Random): unknown {
  const odd = ODD[random.below(ODD.length)];
  if (typeof data !== 'object' || data === null || random.next() < 0.02) return odd;
  const keys = Object.keys(data);
  const key = keys[random.below(keys.length)];
  if (key === undefined) return odd;
  const holder = data as Record<string, unknown>;
  const isDeep = typeof holder[key] === 'object' && random.next() < 0.8;
  if (isDeep) holder[key] = oddWithin(holder[key], random);
  else if (random.next() < 0.2 && !Array.isArray(data)) delete holder[key];
  else if (random.next() < 0.2 && Array.isArray(data)) data.push(holder[key]);
  else holder[key] = odd;
  return data;
}
