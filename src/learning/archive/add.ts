/** Takes frames in, one after the other, and makes room for them. */
import type { Logger } from 'pino';
import type { Clock } from '../../base/clock.ts';
import type { Database } from '../../base/database.ts';
import { serially } from '../../base/serially.ts';
import { storageError } from '../../base/storage-error.ts';
import { diskFree } from '../../board/disk-free.ts';
import { messageOf, SurfwatchError } from '../../errors.ts';
import {
  frameOfSource,
  frameRow,
  frameRows,
  insertFrame,
  readEmbeddings,
  sha256Of,
  toKeptFrame,
} from './frame-rows.ts';
import { createLatelyKept } from './lately-kept.ts';
import type { ArchiveOptions } from './options.ts';
import { picturePath, removePictures, writePicture } from './pictures.ts';
import { type Excess, isOver, takeLabelled, takeOld, takeUnlabelled, usageOf } from './room.ts';
import type { Archive, KeptBecause, NewFrame } from './types.ts';

export interface KeeperParts {
  readonly database: Database;
  /** Folder of the pictures. */
  readonly folder: string;
  readonly options: ArchiveOptions;
  readonly clock: Clock;
  readonly log?: Logger;
}

/** Somebody asked for these frames. */
const ASKED: readonly KeptBecause[] = ['label', 'image', 'capture'];
/** These are about to be labelled: labelled ones make room for them. */
const TO_BE_LABELLED: readonly KeptBecause[] = ['label', 'image'];
/** Ids become names of files. */
const ID = /^[\w-]{1,64}$/;

/** `add` and `tidy` of an {@link Archive}. */
export function createKeeper(parts: KeeperParts): Pick<Archive, 'add' | 'tidy'> {
  const { database, folder, options, clock, log } = parts;
  const lately = latelyKept(database, options.compared);
  const inTurn = serially();

  const excessWith = async (frames: number, bytes: number): Promise<Excess> => {
    const usage = usageOf(database);
    const free = await diskFree(folder);
    return {
      frames: usage.frames + frames - options.maxFrames,
      bytes: usage.bytes + bytes - options.maxBytes,
      disk: free === null ? 0 : options.minFreeBytes + bytes - free * 1e6,
    };
  };

  const hasRoomFor = async ({ because }: NewFrame, bytes: number): Promise<boolean> => {
    if (bytes > options.maxBytes) return false;
    const left = takeUnlabelled(database, folder, await excessWith(1, bytes), clock.now());
    if (!TO_BE_LABELLED.includes(because)) return !isOver(left);
    // What somebody labels may use what is left of the disk.
    return !isOver({ ...takeLabelled(database, folder, left), disk: 0 });
  };

  const store = async (frame: NewFrame): Promise<void> => {
    const path = picturePath(folder, frame);
    try {
      if (frame.picture !== null) await writePicture(path, frame.picture);
      database.transaction(() => insertFrame(database, frame, clock.now()));
    } catch (error) {
      removePictures([path]);
      throw storageError(error, path);
    }
  };

  const isKnown = (frame: NewFrame): boolean => {
    if (frameRow(database, frame.id) !== undefined) return true;
    if (frame.because === 'image') return frameOfSource(database, sourceOf(frame)) !== undefined;
    return !ASKED.includes(frame.because) && lately.hasLike(frame, options.duplicateDistance);
  };

  const add = async (frame: NewFrame): Promise<'kept' | 'duplicate' | 'full'> => {
    if (!ID.test(frame.id)) throw new RangeError(`${JSON.stringify(frame.id)} is not the id of a frame`);
    if (isKnown(frame)) return 'duplicate';
    const bytes = (frame.picture?.length ?? 0) + (frame.embeddings?.length ?? 0) * 2;
    for (const attempt of [1, 2]) {
      try {
        if (!(await hasRoomFor(frame, bytes))) return 'full';
        await store(frame);
        lately.add(frame);
        return 'kept';
      } catch (error) {
        const failure = storageError(error, folder);
        if (failure.code !== 'disk-full') throw failure;
        log?.warn({ attempt, frame: frame.id }, `no room to keep a frame: ${messageOf(failure)}`);
        if (attempt === 1) yieldRoom(bytes);
      }
    }
    return 'full';
  };

  /** The disk is full whatever it says of its free space: several frames’ worth of it is given back. */
  const yieldRoom = (bytes: number): void => {
    try {
      takeUnlabelled(database, folder, { frames: 0, bytes: 0, disk: 4 * bytes }, clock.now());
    } catch (error) {
      if (!(error instanceof SurfwatchError && error.code === 'disk-full')) throw error;
    }
  };

  const tidy = async (): Promise<void> => {
    takeOld(database, folder, clock.now() - options.maxAgeMs);
    takeLabelled(database, folder, takeUnlabelled(database, folder, await excessWith(0, 0), clock.now()));
    // Gives what the deleted rows held back to the disk.
    database.all('PRAGMA incremental_vacuum');
  };

  return { add: frame => inTurn(() => add(frame)), tidy: () => inTurn(tidy) };
}

function sourceOf(frame: NewFrame): string {
  return frame.sha256 ?? (frame.picture === null ? '' : sha256Of(frame.picture));
}

function latelyKept(database: Database, count: number) {
  const lately = createLatelyKept(count);
  for (const row of frameRows(database, { limit: count }).reverse()) {
    const { backbone, cells } = toKeptFrame(row);
    lately.add({ backbone, cells, embeddings: readEmbeddings(database, row.id) });
  }
  return lately;
}
