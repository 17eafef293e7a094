/** The id of a head made on the board: when it was made, and a mark of its weights. */
import { createHash } from 'node:crypto';
import { type HeadBundle, headWeightBytes } from '../../activity/head-bundle.ts';

export function isHeadId(id: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9.-]*$/.test(id);
}

/**
 * `2026-05-30T20-11Z-7f3c`, as those that `surfwatch train` gives.
 *
 * @param isTaken another head of the same minute may have the same mark, which is then made longer
 */
export async function newHeadId(
  head: HeadBundle,
  createdAt: string,
  isTaken: (id: string) => Promise<boolean>,
): Promise<string> {
  const minute = `${createdAt.slice(0, 16).replace(':', '-')}Z`;
  const mark = createHash('sha256').update(createdAt).update(headWeightBytes(head)).digest('hex');
  for (let length = 4; length < mark.length; length += 2) {
    const id = `${minute}-${mark.slice(0, length)}`;
    if (!(await isTaken(id))) return id;
  }
  return `${minute}-${mark}`;
}
