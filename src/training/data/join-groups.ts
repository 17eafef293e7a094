/** Puts near-duplicates of different groups into one group, so that a split never has them on both sides. */
import { createDisjointSets } from './disjoint-sets.ts';

/**
 * @param pictures with the group each is known by
 * @param cluster path → the near-duplicates it belongs to
 * @returns path → group; groups that share near-duplicates have the name of the first of them
 */
export function joinGroups(
  pictures: readonly { readonly path: string; readonly group: string }[],
  cluster: ReadonlyMap<string, string>,
): Map<string, string> {
  const names = [...new Set(pictures.map(({ group }) => group))].sort();
  const places = new Map(names.map((name, index) => [name, index]));
  const sets = createDisjointSets(names.length);
  const firsts = new Map<string, number>();
  for (const { path, group } of pictures) {
    const place = places.get(group) as number;
    const of = cluster.get(path);
    if (of === undefined) continue;
    const first = firsts.get(of);
    if (first === undefined) firsts.set(of, place);
    else sets.join(first, place);
  }
  return new Map(
    pictures.map(({ path, group }) => [path, names[sets.find(places.get(group) as number)] as string]),
  );
}
