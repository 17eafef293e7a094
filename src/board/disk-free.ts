/** What the operating system tells of the board. */
import { diskRoom } from './disk.ts';

/** Free space in MB (10⁶ bytes) for a folder, which need not exist yet; null where that is not known. */
export async function diskFree(folder: string): Promise<number | null> {
  const room = await diskRoom(folder);
  return room === null ? null : Math.round(room.freeBytes / 1e6);
}
