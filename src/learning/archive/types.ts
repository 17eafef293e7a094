/** What the board keeps to learn from: frames, and what people said about them. */

import type { KeptCell } from '../../activity/kept-cells.ts';
import type { Visibility } from '../../activity/visibility.ts';
import type { Point, Rectangle } from '../../base/geometry.ts';
import type { RiderPoint } from '../../messaging/label-payload.ts';
import type { PictureOf } from './pictures.ts';

/** Why a frame was kept. `label` and `image`: because somebody labelled it. */
export type KeptBecause =
  | 'change'
  | 'uncertain'
  | 'novel'
  | 'refused'
  | 'sample'
  | 'capture'
  | 'label'
  | 'image';

/** A frame in the archive, without its embeddings, which are read when they are needed. */
export interface KeptFrame {
  /** ULID. */
  readonly id: string;
  /** Milliseconds since the epoch (UTC). */
  readonly takenAt: number;
  readonly because: KeptBecause;
  readonly visibility: Visibility;
  /** Id of the head that scored it. */
  readonly head: string;
  /** SHA-256 of the backbone's weights that its embeddings are of. */
  readonly backbone: string;
  /** Whether its JPEG is kept. */
  readonly hasPicture: boolean;
  /** Size of picture and embeddings, on disk. */
  readonly bytes: number;
  /** Cosine distance of the most unusual of its strongest cells to the nearest known one, 0..2; null where nothing was known. */
  readonly novelty: number | null;
  /** Those worth keeping, strongest first, with the scores by the head of that time. */
  readonly cells: readonly KeptCell[];
}

/** How a label came in. */
export type LabelWay = 'mqtt' | 'page' | 'image' | 'folder' | 'cli';

/** What a label says of places in a frame. */
export interface Pointing {
  /** The middle of each rider. */
  readonly riders: readonly RiderPoint[];
  /** Whether these are all: everywhere else is nobody. */
  readonly complete: boolean;
  /** Detections that are nobody. */
  readonly nobody: readonly Point[];
}

/** What somebody said of a frame. */
export interface Label {
  /** Activities in the frame, sorted; empty: none. */
  readonly labels: readonly string[];
  /** Who exactly is meant, where it was said; `labels` are then the activities of these riders. */
  readonly pointing?: Pointing;
  /** Part of the frame that the labels are about, where it was said; else the whole of it. */
  readonly rectangle?: Rectangle;
  /** Who, as they named themselves; empty where they did not. */
  readonly by: string;
  readonly way: LabelWay;
  /** Milliseconds since the epoch (UTC). */
  readonly at: number;
}

/** One line of the log of labels, which is only added to. */
export interface LabelEntry {
  readonly seq: number;
  readonly frame: string;
  readonly at: number;
  readonly by: string;
  readonly way: LabelWay;
  /** Null: the entry takes the newest label that still holds back (`undo`). */
  readonly labels: readonly string[] | null;
  readonly pointing?: Pointing;
  readonly rectangle?: Rectangle;
}

/** A frame with the label that holds. */
export interface LabelledFrame extends KeptFrame {
  readonly label: Label;
}

/** A frame as it is given to the archive. */
export interface NewFrame extends Omit<KeptFrame, 'bytes' | 'hasPicture'> {
  /** JPEG; null where none is to be kept. */
  readonly picture: Uint8Array | null;
  /** Hexadecimal, of the picture as it came, where that is not the one to keep; see {@link Archive.frameOfPicture}. */
  readonly sha256?: string;
  /** [cells, width], post-backbone; null where none were computed. */
  readonly embeddings: Float32Array | null;
}

/** A frame as another backbone reads it. */
export type ReadAgain = Pick<KeptFrame, 'backbone' | 'head' | 'cells'> & {
  readonly embeddings: Float32Array;
};

/** Cells that labels point at, of the backbone that the frame's others are of. */
export type PointedCells = Pick<ReadAgain, 'backbone' | 'cells' | 'embeddings'>;

export interface ArchiveCounts {
  readonly frames: number;
  readonly labelled: number;
  readonly bytes: number;
  /** Labelled frames of each activity, and of `none`. */
  readonly labels: Readonly<Record<string, number>>;
}

/**
 * The archive: SQLite for what is known of each frame, files for the pictures. All reads see what was written before.
 * Synchronous where SQLite is; a label is on disk (fsync) when the call returns.
 */
export interface Archive {
  /**
   * Keeps a frame, unless its id is known, or it is as good as another (`duplicate`), or there is no room (`full`). What
   * was asked for (`label`, `image`, `capture`) is never as good as another, except an `image` that is one byte by byte.
   * Never throws for a full disk.
   */
  add(frame: NewFrame): Promise<'kept' | 'duplicate' | 'full'>;
  frame(id: string): KeptFrame | undefined;
  /** Id of the frame that came as this very file. */
  frameOfPicture(sha256: string): string | undefined;
  /** Newest first. */
  frames(filter?: {
    readonly labelled?: boolean;
    readonly since?: number;
    readonly limit?: number;
  }): readonly KeptFrame[];
  /** Oldest first, with the labels that hold. */
  labelled(): readonly LabelledFrame[];
  /** [cells, width] as it was given, rounded to half precision; null where none is kept. */
  embeddings(id: string): Float32Array | null;
  /** The JPEG; null where none is kept, or it is gone. */
  picture(id: string): Promise<Buffer | null>;
  /** Frames whose picture is kept, taken between two times (milliseconds since the epoch), in order. */
  pictures(fromMs: number, toMs: number): readonly PictureOf[];
  /** Puts others in their place, after a change of backbone. */
  replaceCells(id: string, read: ReadAgain): void;
  /**
   * Keeps the cells that the label points at, in place of those that an earlier one did, after all others.
   *
   * @returns false where the frame is gone or its cells are of another backbone
   */
  pointCells(id: string, pointed: PointedCells): boolean;
  /**
   * Writes all of them or none.
   *
   * @throws SurfwatchError `label-frame-unknown`, `disk-full`
   */
  label(entries: readonly { readonly frame: string; readonly label: Label }[]): readonly LabelEntry[];
  /**
   * Takes back the newest label of a frame that still holds; what was said before it holds again.
   *
   * @throws SurfwatchError `label-frame-unknown`, `label-none` where there is nothing to take back
   */
  undo(frame: string, by: Pick<Label, 'by' | 'way' | 'at'>): LabelEntry;
  labelOf(frame: string): Label | undefined;
  /** The log, newest first. */
  log(limit: number): readonly LabelEntry[];
  counts(): ArchiveCounts;
  /** Deletes what is over the quotas: unlabelled first, oldest first. */
  tidy(): Promise<void>;
  close(): void;
}
