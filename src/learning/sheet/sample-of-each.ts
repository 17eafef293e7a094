/** Chooses what to look at. */
import { createRandom, shuffled } from '../../base/random.ts';

/**
 * At most `count` items of each class, chosen at random by the seed and kept in their order. Classes come in the order
 * of their first item; the choice within one doesn't depend on the others.
 */
export function sampleOfEach<T>(
  items: readonly T[],
  classOf: (item: T) => string,
  count: number,
  seed: number,
): Map<string, T[]> {
  const classes = new Map<string, T[]>();
  for (const item of items) {
    const members = classes.get(classOf(item)) ?? [];
    members.push(item);
    classes.set(classOf(item), members);
  }
  for (const [name, members] of classes) {
    const order = shuffled([...members.keys()], createRandom(seed));
    const chosen = new Set(order.slice(0, count));
    classes.set(
      name,
      members.filter((_, index) => chosen.has(index)),
    );
  }
  return classes;
}
