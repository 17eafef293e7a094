/** Makes room: what goes first when the archive is over its quotas. */
import type { Database } from '../../base/database.ts';
import { forgetPicture } from './frame-rows.ts';
import { picturePath, removePictures } from './pictures.ts';

/** By how much something is over; zero or less: it is not. */
export interface Excess {
  readonly frames: number;
  /** Size of pictures and embeddings. */
  readonly bytes: number;
  /** Bytes to be given back to the disk, which only pictures do at once. */
  readonly disk: number;
}

export interface Usage {
  readonly frames: number;
  readonly labelled: number;
  readonly bytes: number;
}

interface Candidate {
  readonly id: string;
  readonly taken_at: number;
  readonly picture_bytes: number;
  readonly embeddings_bytes: number;
}

type TakeAway = (candidates: readonly Candidate[]) => void;

const BATCH = 32;
/** A frame is added before it is labelled: as long it is spared. */
const SPARED_MS = 60_000;

export function usageOf(database: Database): Usage {
  const row = database.get<Usage>(
    'SELECT count(*) AS frames, count(label) AS labelled, total(picture_bytes + embeddings_bytes) AS bytes FROM frames',
  );
  return row ?? { frames: 0, labelled: 0, bytes: 0 };
}

export function isOver({ frames, bytes, disk }: Excess): boolean {
  return frames > 0 || bytes > 0 || disk > 0;
}

/** Deletes frames of nobody's label, the periodic samples first, then the oldest. @returns the excess that is left */
export function takeUnlabelled(database: Database, folder: string, excess: Excess, now: number): Excess {
  const next = () =>
    database.all<Candidate>(
      `SELECT id, taken_at, picture_bytes, embeddings_bytes FROM frames
      WHERE label IS NULL AND (because NOT IN ('label', 'image') OR kept_at < ?)
      ORDER BY because <> 'sample', taken_at LIMIT ?`,
      now - SPARED_MS,
      BATCH,
    );
  return takeWhileOver(excess, next, isOver, frames => deleteFrames(database, folder, frames));
}

/** Deletes frames of nobody's label that were taken before. */
export function takeOld(database: Database, folder: string, before: number): void {
  const next = () =>
    database.all<Candidate>(
      `SELECT id, taken_at, picture_bytes, embeddings_bytes FROM frames
      WHERE label IS NULL AND taken_at < ? ORDER BY taken_at LIMIT ?`,
      before,
      BATCH,
    );
  for (let frames = next(); frames.length > 0; frames = next()) deleteFrames(database, folder, frames);
}

/**
 * For the quotas of the archive only, never for others who fill the disk: takes the oldest labelled frames’ pictures, as
 * heads learn from embeddings, and only then the frames. @returns the excess that is left
 */
export function takeLabelled(database: Database, folder: string, excess: Excess): Excess {
  const next = (which: string) => () =>
    database.all<Candidate>(
      `SELECT id, taken_at, picture_bytes, embeddings_bytes FROM frames
      WHERE label IS NOT NULL ${which} ORDER BY taken_at LIMIT ?`,
      BATCH,
    );
  const takePictures: TakeAway = frames => {
    removePictures(frames.map(frame => pathOf(folder, frame)));
    database.transaction(() => {
      for (const { id } of frames) forgetPicture(database, id);
    });
  };
  const withPicture = next('AND picture_bytes > 0');
  const thinner = takeWhileOver(excess, withPicture, ({ bytes }) => bytes > 0, takePictures, withoutPicture);
  return takeWhileOver(
    thinner,
    next(''),
    ({ frames, bytes }) => frames > 0 || bytes > 0,
    frames => deleteFrames(database, folder, frames),
  );
}

function takeWhileOver(
  excess: Excess,
  next: () => readonly Candidate[],
  isToGoOn: (excess: Excess) => boolean,
  takeAway: TakeAway,
  without = withoutFrame,
): Excess {
  let left = excess;
  while (isToGoOn(left)) {
    const candidates = next();
    if (candidates.length === 0) break;
    const taken: Candidate[] = [];
    for (const candidate of candidates) {
      if (!isToGoOn(left)) break;
      taken.push(candidate);
      left = without(left, candidate);
    }
    takeAway(taken);
  }
  return left;
}

function withoutFrame({ frames, bytes, disk }: Excess, frame: Candidate): Excess {
  return {
    frames: frames - 1,
    bytes: bytes - frame.picture_bytes - frame.embeddings_bytes,
    disk: disk - frame.picture_bytes,
  };
}

function withoutPicture({ frames, bytes, disk }: Excess, frame: Candidate): Excess {
  return { frames, bytes: bytes - frame.picture_bytes, disk: disk - frame.picture_bytes };
}

/** The pictures first: on a full disk the database needs their room to note that the frames are gone. */
function deleteFrames(database: Database, folder: string, frames: readonly Candidate[]): void {
  removePictures(frames.filter(frame => frame.picture_bytes > 0).map(frame => pathOf(folder, frame)));
  database.transaction(() => {
    for (const { id } of frames) database.run('DELETE FROM frames WHERE id = ?', id);
  });
}

function pathOf(folder: string, { id, taken_at }: Candidate): string {
  return picturePath(folder, { id, takenAt: taken_at });
}
