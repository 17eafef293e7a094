/** Finds the pictures that a list names, wherever the tool that wrote it kept them. */
import { posix } from 'node:path';

/**
 * @param pictures paths relative to the dataset's folder
 * @returns finds the picture that `name` in the list `list` (relative too) stands for: beside the list, in `images/`, in
 *   the folder of the same split, else the only one with that name; undefined where there is none. Never outside of
 *   the folder.
 */
export function pictureFinder(
  pictures: readonly string[],
): (list: string, name: string) => string | undefined {
  const there = new Set(pictures);
  const byName = new Map<string, string[]>();
  for (const picture of pictures) {
    const name = posix.basename(picture);
    byName.set(name, [...(byName.get(name) ?? []), picture]);
  }
  return (list, written) => {
    const name = written.replaceAll('\\', '/');
    const beside = posix.dirname(list);
    const split = /instances_(.+)\.json$/.exec(list)?.[1] ?? '';
    const tried = [beside, `${beside}/images`, '.', 'images', split, `images/${split}`];
    const found = tried.map(folder => posix.join(folder, name)).find(path => there.has(path));
    if (found !== undefined) return found;
    const named = byName.get(posix.basename(name)) ?? [];
    return named.length === 1 ? named[0] : undefined;
  };
}
