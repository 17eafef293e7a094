/** Which pictures make a site, and what a head that has not seen it is trained on. */
import { type EmbeddedSet, selectRows } from '../../src/learning/embedding/sample.ts';
import type { BoardPicture } from './board-picture.ts';
import type { Material } from './material.ts';

export interface Site {
  readonly name: string;
  /** In the order of time. */
  readonly pictures: readonly BoardPicture[];
  /** Everything of other cameras. */
  readonly others: EmbeddedSet;
}

/** Pictures that a site needs: 30 to label, and enough to judge by. */
const FEWEST = 45;
/** Pictures its second most frequent class (none is one) needs. */
const FEWEST_OF_SECOND = 4;

/** Each folder is one camera. */
export function sitesOf({ pictures, set }: Pick<Material, 'pictures' | 'set'>): Site[] {
  return [...new Set(pictures.map(({ source }) => source))].flatMap(name => {
    const own = pictures.filter(({ source }) => source === name);
    if (own.length < FEWEST || secondClass(own) < FEWEST_OF_SECOND) return [];
    return [{ name, pictures: own, others: selectRows(set, ({ source }) => source !== name) }];
  });
}

function secondClass(pictures: readonly BoardPicture[]): number {
  const counts = new Map<string, number>();
  for (const { labels } of pictures) counts.set(labels.join('+'), (counts.get(labels.join('+')) ?? 0) + 1);
  return [...counts.values()].sort((a, b) => b - a)[1] ?? 0;
}
