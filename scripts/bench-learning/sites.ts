/** Which pictures make a site, and what a head that has not seen it is trained on. */
import { type EmbeddedSet, selectRows } from '../../src/learning/embedding/sample.ts';
import type { BoardPicture } from './board-picture.ts';
import type { Material } from './material.ts';

export interface Site {
  readonly name: string;
  /** A camera's pictures are in the order of time; photos are in none. */
  readonly kind: 'photos' | 'camera';
  readonly pictures: readonly BoardPicture[];
  /** Everything of other places. */
  readonly others: EmbeddedSet;
}

/** Photos that a site needs: 30 to label, and enough to judge by. */
const FEWEST = 45;
/** Pictures its second most frequent class (none is one) needs. */
const FEWEST_OF_SECOND = 4;

/**
 * Photo groups of one owner are one place; so is each camera. Two folders of pictures by the same owner leave training
 * together.
 *
 * @param sameOwner name of a camera's folder → owner of the photos that were taken with it
 */
export function sitesOf(
  { pictures, set }: Pick<Material, 'pictures' | 'set'>,
  sameOwner: ReadonlyMap<string, string>,
): Site[] {
  const places = new Map<string, BoardPicture[]>();
  for (const picture of pictures) {
    const name = placeOf(picture);
    places.set(name, [...(places.get(name) ?? []), picture]);
  }
  const ownerOf = (name: string) => sameOwner.get(name) ?? name;
  return [...places]
    .filter(([, own]) => own.length >= FEWEST && secondClass(own) >= FEWEST_OF_SECOND)
    .map(([name, own]) => ({
      name,
      kind: own.some(({ tiles }) => tiles.length > 1) ? ('camera' as const) : ('photos' as const),
      pictures: own,
      others: selectRows(set, sample => ownerOf(placeOf(sample)) !== ownerOf(name)),
    }));
}

/** `owner/place` and `owner+repository` of photos; a camera is named as its folder. */
function placeOf({ group, source }: { readonly group: string; readonly source: string }): string {
  return group.startsWith(`${source}#`) ? source : (group.split(/[/+]/)[0] as string);
}

function secondClass(pictures: readonly BoardPicture[]): number {
  const counts = new Map<string, number>();
  for (const { labels } of pictures) counts.set(labels.join('+'), (counts.get(labels.join('+')) ?? 0) + 1);
  return [...counts.values()].sort((a, b) => b - a)[1] ?? 0;
}
