/** Opens the archive: `learning.db` and the folder `frames` beside it. */

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Clock } from '../../base/clock.ts';
import { type Database, openDatabase } from '../../base/database.ts';
import { storageError } from '../../base/storage-error.ts';
import { SurfwatchError } from '../../errors.ts';
import { createArchiver } from './add.ts';
import { labelFrom } from './fold.ts';
import {
  type FrameRow,
  forgetPicture,
  frameOfSource,
  frameRow,
  frameRows,
  pictureRows,
  pointCells,
  readEmbeddings,
  replaceCells,
  sha256Of,
  toKeptFrame,
} from './frame-rows.ts';
import { appendLabel, appendUndo, heldLabel, heldLabels, newestLabels } from './label-log.ts';
import type { ArchiveOptions } from './options.ts';
import { picturePath, readPicture, syncPictures } from './pictures.ts';
import { usageOf } from './room.ts';
import { salvage, sweep } from './salvage.ts';
import { MIGRATIONS } from './schema.ts';
import type { Archive, ArchiveCounts } from './types.ts';

export interface ArchivePlace {
  /** Made where it is missing. */
  readonly directory: string;
  readonly options: ArchiveOptions;
  readonly clock: Clock;
  readonly log?: Logger;
  /** Told where a damaged database was put; what could be read of it is in the new one. */
  readonly onSetAside?: (path: string) => void;
}

const DATABASE = 'learning.db';

/** @throws SurfwatchError `database-newer`, `disk-full`, `state-unwritable`, `storage-failed` */
export async function openArchive(place: ArchivePlace): Promise<Archive> {
  const { directory, options, clock, log } = place;
  const path = join(directory, DATABASE);
  const folder = join(directory, 'frames');
  const { database, setAside } = openDatabase({ path, migrations: MIGRATIONS, now: clock.now() });
  try {
    if (setAside !== null) {
      const saved = salvage(database, setAside);
      log?.error({ setAside, ...saved }, 'the archive’s database was damaged and set aside');
      place.onSetAside?.(setAside);
    }
    const isOneBeside = (await readdir(directory)).some(name => name.startsWith(`${DATABASE}.corrupt-`));
    const swept = await sweep(database, folder, isOneBeside);
    if (swept.orphans + swept.lost > 0) log?.warn(swept, 'pictures and database of the archive agree again');
  } catch (error) {
    database.close();
    throw storageError(error, path);
  }
  const keeper = createArchiver({ database, folder, options, clock, ...(log === undefined ? {} : { log }) });
  return archiveOf(database, folder, keeper);
}

function archiveOf(database: Database, folder: string, keeper: ReturnType<typeof createArchiver>): Archive {
  const pathOf = ({ id, taken_at }: FrameRow) => picturePath(folder, { id, takenAt: taken_at });

  const rowOf = (id: string): FrameRow => {
    const row = frameRow(database, id);
    if (row === undefined) throw new SurfwatchError('label-frame-unknown', `the archive has no frame ${id}`);
    return row;
  };

  return {
    add: keeper.add,
    tidy: keeper.tidy,
    frame(id) {
      const row = frameRow(database, id);
      return row === undefined ? undefined : toKeptFrame(row);
    },
    frameOfPicture: sha256 => frameOfSource(database, sha256),
    frames: (filter = {}) => frameRows(database, filter).map(toKeptFrame),
    labelled() {
      const labels = heldLabels(database);
      return frameRows(database, { labelled: true })
        .reverse()
        .flatMap(row => {
          const entry = labels.get(row.id);
          return entry === undefined ? [] : [{ ...toKeptFrame(row), label: labelFrom(entry) }];
        });
    },
    embeddings: id => readEmbeddings(database, id),
    async picture(id) {
      const row = frameRow(database, id);
      if (row === undefined || row.picture_bytes === 0) return null;
      const bytes = await readPicture(pathOf(row));
      if (bytes !== null && sha256Of(bytes) === row.picture_sha256) return bytes;
      // A power cut can leave a file empty or in part. It may also have been tidied away meanwhile.
      forgetPicture(database, id);
      return null;
    },
    pictures: (fromMs, toMs) => pictureRows(database, fromMs, toMs),
    replaceCells: (id, read) => replaceCells(database, id, read),
    pointCells: (id, pointed) => pointCells(database, id, pointed),
    label(entries) {
      if (entries.length === 0) return [];
      const paths = new Set(entries.map(({ frame }) => pathOf(rowOf(frame))));
      syncAll(paths, folder);
      return database.transaction(
        () => entries.map(({ frame, label }) => appendLabel(database, frame, label)),
        'synced',
      );
    },
    undo(frame, by) {
      rowOf(frame);
      return database.transaction(() => appendUndo(database, frame, by), 'synced');
    },
    labelOf(frame) {
      const entry = heldLabel(database, frame);
      return entry === undefined ? undefined : labelFrom(entry);
    },
    log: limit => newestLabels(database, limit),
    counts: () => countsOf(database),
    close: () => database.close(),
  };
}

/** A label is worth its picture: both are on disk when it is acknowledged. */
function syncAll(paths: Iterable<string>, folder: string): void {
  try {
    syncPictures(paths);
  } catch (error) {
    throw storageError(error, folder);
  }
}

/** A frame counts once, however often it was labelled. */
function countsOf(database: Database): ArchiveCounts {
  const labels: Record<string, number> = {};
  for (const entry of heldLabels(database).values()) {
    for (const name of entry.labels.length === 0 ? ['none'] : entry.labels) {
      labels[name] = (labels[name] ?? 0) + 1;
    }
  }
  return { ...usageOf(database), labels };
}
