/** Seeded random numbers: the same seed gives the same split, the same views, the same head. */

export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform in [from, to). */
  between(from: number, to: number): number;
  /** Whole number in [0, below). */
  below(below: number): number;
}

/** mulberry32 (Tommy Ettinger, public domain): 32 bits of state, good enough for everything but secrets. */
export function createRandom(seed: number): Random {
  // Signed: Node.js keeps numbers of 32 bits with a sign in place, and would allocate memory for each of the others.
  let state = seed | 0;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    between: (from, to) => from + (to - from) * next(),
    below: below => Math.floor(next() * below),
  };
}

/** A new list in random order (Fisher–Yates). */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const list = [...items];
  for (let last = list.length - 1; last > 0; last--) {
    const other = random.below(last + 1);
    [list[last], list[other]] = [list[other] as T, list[last] as T];
  }
  return list;
}
