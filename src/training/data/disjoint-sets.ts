/** Sets of things that belong together, grown pair by pair (union–find). */

export interface DisjointSets {
  /** The least index of the set that it is in. */
  find(index: number): number;
  join(a: number, b: number): void;
  /** The sets of two or more, each in order. */
  groups(): number[][];
}

/** Every index below `count` in a set of its own. */
export function createDisjointSets(count: number): DisjointSets {
  const parents = Int32Array.from({ length: count }, (_, index) => index);
  const find = (index: number): number => {
    let root = index;
    while (parents[root] !== root) root = parents[root] as number;
    for (let at = index; at !== root; ) {
      const next = parents[at] as number;
      parents[at] = root;
      at = next;
    }
    return root;
  };
  return {
    find,
    join: (a, b) => {
      const [low, high] = [find(a), find(b)].sort((x, y) => x - y) as [number, number];
      parents[high] = low;
    },
    groups: () => {
      const sets = new Map<number, number[]>();
      for (let index = 0; index < count; index++) {
        const root = find(index);
        const members = sets.get(root);
        if (members === undefined) sets.set(root, [index]);
        else members.push(index);
      }
      return [...sets.values()].filter(members => members.length > 1);
    },
  };
}
