/** The store of heads: those shipped with the program, and those made on the board. */
import type { HeadBundle } from '../../activity/head-bundle.ts';
import type { Reason } from '../../messaging/reasons.ts';
import type { GateVerdict, RetrainResult } from '../retrain/types.ts';

/** Where heads are: each folder holds `<id>/` and `current`, the id of the one in use. */
export interface HeadFolders {
  /** `<models.dir>/riders`; may be read-only. */
  readonly shipped: string;
  /** `<stateDir>/models/heads`; need not be there. */
  readonly board: string;
}

export type HeadOrigin = keyof HeadFolders;

/** What the gate measured. */
export type HeadFigures = Pick<GateVerdict, 'base' | 'board'> & {
  readonly detections?: GateVerdict['detections'] | undefined;
};

/** What is known of a head that passed the gate, or did not. */
export interface GateFacts {
  /** Id of the job that made it. */
  readonly job: string | null;
  readonly reasons: readonly Reason[];
  readonly figures: HeadFigures | null;
}

export interface HistoryEntry extends GateFacts {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly event: 'promoted' | 'held' | 'rejected' | 'rolled-back' | 'auto-rolled-back';
  /** Id of the head that was in use before. */
  readonly from: string | null;
  /** Id of the head in use after it; null where a candidate was held or rejected. */
  readonly to: string | null;
  /** Id of the candidate where it is kept: it is held for approval, or was. */
  readonly candidate?: string | undefined;
}

/** A head that is not in use because it may be wrong: a person approves or rejects it. */
export interface HeldHead extends GateFacts {
  readonly id: string;
  /** When it was held; ISO 8601, UTC. */
  readonly at: string;
  /** Id of the head that was in use then. */
  readonly from: string;
  readonly samples: RetrainResult['samples'];
  /** Whether a picture of both heads' detections is kept. */
  readonly overlay: boolean;
}

export interface StoredHead {
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** Id of the head it was trained on from. */
  readonly parent: string | null;
  readonly activities: readonly string[];
  readonly origin: HeadOrigin;
  readonly current: boolean;
  /** By which it was promoted; null where no gate judged it. */
  readonly figures: HeadFigures | null;
  readonly folder: string;
}

export interface RollbackOptions {
  /** Decided by the probation, not by a person. */
  readonly automatic?: boolean;
  readonly reasons?: readonly Reason[];
}

/** What is known of a candidate that is to be held. */
export type HeldFacts = GateFacts & Pick<HeldHead, 'samples'>;

/** All calls that change something wait for each other. */
export interface ModelStore {
  /** The id that `models.head` asks for; null where it says `current`. A promotion then lasts until the next start. */
  readonly pinned: string | null;
  /**
   * The head to load. A head of the board that is damaged is set aside (`<stateDir>/models/aside/`), one of another
   * backbone, or for whole pictures, is left where it is; the one in use before it takes its place, at last the shipped one.
   *
   * @throws SurfwatchError `model-missing`, `model-invalid`: of the pinned head, or where the shipped one is damaged too
   */
  current(): Promise<HeadBundle>;
  /**
   * Gives the head its id, time and parent, writes it, and makes it current. When it returns, all of that is on disk.
   *
   * @throws SurfwatchError `disk-full`, `state-unwritable`, `storage-failed`; `model-invalid` where it cannot be read back.
   *   The old one then stays.
   */
  promote(candidate: HeadBundle, facts: GateFacts): Promise<HeadBundle>;
  /** Notes in the history that a candidate was not promoted. */
  reject(facts: GateFacts): Promise<void>;
  /**
   * Keeps a candidate until somebody decides, in the place of any other that waits; the head in use stays. A later
   * {@link promote} does away with it.
   *
   * @param overlay JPEG of both heads' detections; null where there is none
   * @throws SurfwatchError as {@link promote}
   */
  hold(candidate: HeadBundle, facts: HeldFacts, overlay: Uint8Array | null): Promise<HeldHead>;
  /** The head that waits for approval; null where none does. */
  readonly held: HeldHead | null;
  /**
   * Makes the head that waits the current one.
   *
   * @throws SurfwatchError `model-not-held` where no such head waits; and as {@link promote}
   */
  approve(id: string): Promise<{ readonly from: string; readonly head: HeadBundle; readonly held: HeldHead }>;
  /** Deletes the head that waits. @throws SurfwatchError `model-not-held`, `storage-failed` */
  dismiss(id: string): Promise<HeldHead>;
  /** JPEG: what the head in use finds on the left, what the one that waits finds on the right. @throws SurfwatchError `model-not-held`, `model-overlay-none` */
  overlay(id: string): Promise<Buffer>;
  /** The head that came with the program. @throws SurfwatchError `model-missing`, `model-invalid` */
  shipped(): Promise<HeadBundle>;
  /**
   * Makes another head current.
   *
   * @param to an id, or `shipped`; else the one that was in use before the present one was promoted
   * @throws SurfwatchError `model-unknown`, `rollback-none`, `model-missing`, `model-invalid`, `disk-full`,
   *   `state-unwritable`, `storage-failed`
   */
  rollback(to?: string, options?: RollbackOptions): Promise<{ from: string; to: string; head: HeadBundle }>;
  /** The heads that the backbone can use, newest first. */
  list(): Promise<readonly StoredHead[]>;
  /** Newest first. */
  history(limit: number): readonly HistoryEntry[];
}
