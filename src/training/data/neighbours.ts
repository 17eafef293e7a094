/** Finds hashes that differ in few bits without comparing all with all. */
import { onesOf, type PerceptualHash } from './likeness.ts';

/** Hashes that differ in up to this many bits are found, all of them. */
export const RADIUS = 11;

/** Six bands of the 64 bits: which half, where it begins and how many bits it has. */
const BANDS = [
  [0, 0, 11],
  [0, 11, 11],
  [0, 22, 10],
  [1, 0, 11],
  [1, 11, 11],
  [1, 22, 10],
] as const;

/**
 * All pairs of indices (the later first) whose hashes differ in at most {@link RADIUS} bits. Eleven changed bits over
 * six bands leave one band with at most one changed, so only what agrees in a band up to one bit is compared
 * (M. Norouzi et al., Fast Search in Hamming Space with Multi-Index Hashing, 2012).
 */
export function* neighbours(hashes: readonly PerceptualHash[]): Generator<readonly [number, number]> {
  // Halves as 32-bit integers, and buckets as linked lists: plain numbers side by side are ten times as fast.
  const halves = [0, 1].map(half => Int32Array.from(hashes, hash => hash[half as 0 | 1]));
  const bands = BANDS.map(([half, start, bits]) => ({
    keys: (halves[half] as Int32Array).map(value => (value >>> start) & ((1 << bits) - 1)),
    bits,
    /** The latest hash with a key, and the one before each; −1 ends the list. */
    latest: new Int32Array(1 << bits).fill(-1),
    before: new Int32Array(hashes.length),
  }));
  const comparedWith = new Int32Array(hashes.length).fill(-1);
  for (let index = 0; index < hashes.length; index++) {
    const near: number[] = [];
    for (const { keys, bits, latest, before } of bands) {
      const key = keys[index] as number;
      for (let flip = -1; flip < bits; flip++) {
        const nearKey = flip < 0 ? key : key ^ (1 << flip);
        for (let other = latest[nearKey] as number; other >= 0; other = before[other] as number) {
          if (comparedWith[other] === index) continue;
          comparedWith[other] = index;
          if (distance(halves, index, other) <= RADIUS) near.push(other);
        }
      }
      before[index] = latest[key] as number;
      latest[key] = index;
    }
    for (const other of near) yield [index, other];
  }
}

function distance([low, high]: readonly Int32Array[], a: number, b: number): number {
  if (low === undefined || high === undefined) return Number.POSITIVE_INFINITY;
  return onesOf((low[a] as number) ^ (low[b] as number)) + onesOf((high[a] as number) ^ (high[b] as number));
}
