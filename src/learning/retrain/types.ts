/** What a retraining on the board is given, and what comes of it. */
import type { HeadBundle } from '../../activity/head-bundle.ts';
import type { Rectangle } from '../../base/geometry.ts';
import type { Reason } from '../../messaging/reasons.ts';
import type { Pointing } from '../archive/types.ts';
import type { Epoch } from '../fit/fit-head.ts';
import type { EmbeddedSet } from '../fit/sample.ts';

/** Embeddings of the data the shipped head was trained on: what must not be forgotten. */
export interface BaseSet {
  /** Names of the columns of the samples' labels. */
  readonly activities: readonly string[];
  /** SHA-256 of the backbone's weights. */
  readonly backbone: string;
  readonly set: EmbeddedSet;
  /** Groups that no head was ever fitted to: the gate judges on these. */
  readonly held: ReadonlySet<string>;
  /**
   * Places that the shipped head found in whole frames of its cameras, riders and false alarms alike, the strongest of each
   * frame: fitted to, and a loss on them says what a head has forgotten. Missing where the base set is of photos.
   */
  readonly found?: EmbeddedSet;
}

/** The cells of a frame. */
export interface CameraFrame {
  readonly id: string;
  readonly cells: readonly { readonly zone: string; readonly rectangle: Rectangle }[];
  /** [cells, width] */
  readonly embeddings: Float32Array;
}

/** A labelled frame of the board as training sees it. */
export interface BoardFrame extends CameraFrame {
  /** Milliseconds since the epoch (UTC). */
  readonly takenAt: number;
  /** Activities in the frame; empty: none. */
  readonly labels: readonly string[];
  /** Who exactly is meant, where it was said; else the label is of the frame as a whole. */
  readonly pointing?: Pointing;
  /** Part of the frame that the labels are about; cells outside of it are not learnt from. */
  readonly rectangle?: Rectangle;
  /** Judged by, never fitted to; where it is not said its hour decides. */
  readonly held?: boolean;
  /** The picture was sent in, and may be from another camera. */
  readonly elsewhere?: boolean;
}

export interface RetrainInput {
  readonly base: BaseSet | null;
  readonly board: readonly BoardFrame[];
  /** Recent frames of this camera that nobody labelled: where a new head finds riders is compared on them. */
  readonly unlabelled?: readonly CameraFrame[];
  readonly incumbent: HeadBundle;
  /** The head that came with the program: its figure on the base set is the floor for all that follow it. */
  readonly shipped?: HeadBundle;
}

export interface RetrainOptions {
  readonly epochs: number;
  readonly seed: number;
  /** Largest loss of macro-F1 that is let pass, on the base set and on the board, 0..1. */
  readonly macroF1Tolerance: number;
  /** Largest loss of any activity's recall that is let pass, 0..1. */
  readonly recallTolerance: number;
}

/** Figures of one head on data that neither head was fitted to. */
export interface GateFigures {
  readonly judged: number;
  readonly macroF1: number;
  readonly accuracy: number;
  /** Recall of each activity, and of `none`; null if there was none to find. */
  readonly recall: Readonly<Record<string, number | null>>;
}

export interface GateComparison {
  readonly incumbent: GateFigures;
  readonly candidate: GateFigures;
}

/** Detections on frames of this camera that nobody labelled. */
export interface DetectionFigures {
  readonly frames: number;
  /** Riders found by the old head and by the new one, in all frames together. */
  readonly before: number;
  readonly after: number;
  /** New ones where the old head saw nobody and no rider was pointed at. */
  readonly elsewhere: number;
}

export interface GateVerdict {
  /** `hold`: it may be right or wrong, and a person decides. */
  readonly decision: 'promote' | 'hold' | 'reject';
  /** Why not, or what stood for it. */
  readonly reasons: readonly Reason[];
  readonly base: GateComparison | null;
  readonly board: GateComparison | null;
  /** Null where no frame of this camera is kept. */
  readonly detections: DetectionFigures | null;
}

/** What counts as a rider in one frame. */
export interface HeadDetection {
  /** Middle, as shares of the frame's width and height. */
  readonly x: number;
  readonly y: number;
  /** Height, as a share of the frame's. */
  readonly size: number;
  readonly activity: string;
  /** Probability, 0..1. */
  readonly score: number;
}

/** A frame as the old head sees it, and the new one. */
export interface FrameDetections {
  readonly frame: string;
  readonly before: readonly HeadDetection[];
  readonly after: readonly HeadDetection[];
}

/**
 * What a head may have learnt wrongly from these labels. `no-negatives`: no frame of this camera says where nobody is
 * (none is labelled `none` or complete), so nothing of this beach stands against what was taken for a rider.
 * `unsure-labels`: in some frames that are labelled as a whole it is not clear who is meant; see `unsure`.
 */
export type RetrainWarning = 'no-negatives' | 'unsure-labels';

export interface RetrainResult {
  /** Calibrated; its manifest lacks id, time and hashes until it is saved. */
  readonly candidate: HeadBundle;
  readonly verdict: GateVerdict;
  /** Frames in which both heads differ most, those first. */
  readonly shown: readonly FrameDetections[];
  readonly warnings: readonly RetrainWarning[];
  /** Ids of the frames labelled as a whole where it is not clear which place is meant: a point would tell. */
  readonly unsure: readonly string[];
  readonly epochs: number;
  readonly samples: { readonly base: number; readonly board: number; readonly boardHeld: number };
  readonly seconds: number;
}

export interface RetrainHooks {
  /** Share of the work that is done, 0..1, and the newest epoch. */
  readonly onProgress?: (done: number, epoch: Pick<Epoch, 'epoch' | 'loss'> | null) => void;
}
