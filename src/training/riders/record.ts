/** What is known of a head for riders when it is trained: `metrics.json`, from which report and model card are drawn. */
import type { CellSense } from '../../activity/head-bundle.ts';
import type { Rectangle } from '../../base/geometry.ts';
import type { Calibration } from '../../learning/fit/calibrate.ts';
import type { BackboneSight } from '../backbone-sight.ts';
import type { Finding } from '../data/findings.ts';
import type { Made } from '../record.ts';
import type { JudgedOverall, RiderFigures } from './judge/figures.ts';
import type { GroundFigures } from './judge/ground.ts';

export interface RidersRecord {
  readonly format: 1;
  readonly kind: 'riders';
  readonly head: {
    readonly id: string;
    readonly activities: readonly string[];
    readonly background: readonly string[];
    readonly backbone: { readonly id: string; readonly sha256: string };
    readonly cells: CellSense;
    readonly calibration: Calibration;
  };
  readonly made: Made;
  readonly data: {
    readonly sha256: string;
    readonly sources: readonly SourceCounts[];
    readonly findings: readonly Finding[];
  };
  readonly fit: {
    readonly crops: number;
    /** Cells kept, and those of them fitted to. */
    readonly cells: number;
    readonly fitted: number;
    readonly epochs: number;
    /** The epoch whose weights were kept, from 1. */
    readonly kept: number;
    /** Loss by epoch of each fit that was judged. */
    readonly curves: readonly (readonly {
      readonly epoch: number;
      readonly loss: number;
      readonly heldLoss: number | null;
    }[])[];
    readonly reservedCameras: readonly string[];
  };
  readonly judged: JudgedRecord;
}

/** How, and on what, it was judged. */
export interface JudgedRecord {
  /** `folds`: by heads on the same backbone that never saw the camera. `backbone`: on one that has not seen it either. */
  readonly by: 'folds' | 'backbone';
  readonly folds: number;
  readonly backbone: { readonly id: string; readonly sha256: string } | null;
  /** Which of the judging cameras the backbone has seen. */
  readonly sight: BackboneSight;
  readonly overall: JudgedOverall;
  /** Land, sky and water; null where no area is known. */
  readonly ground: GroundFigures | null;
  readonly cameras: readonly ({ readonly name: string } & RiderFigures)[];
  readonly misses: readonly ShownPlace[];
  readonly alarms: readonly ShownPlace[];
}

export interface SourceCounts {
  readonly name: string;
  readonly kind: 'frames' | 'photos';
  readonly files: number;
  readonly cameras: number;
  /** Frames or photos without riders. */
  readonly empty: number;
  /** Boxes by what they are around. */
  readonly boxes: Readonly<Record<string, number>>;
}

/** A part of a frame that deserves a look. */
export interface ShownPlace {
  readonly file: string;
  readonly camera: string;
  readonly rectangle: Rectangle;
  /** What is there, and what was found. */
  readonly truth: string;
  readonly found: string;
  /** Probability of a rider, 0..1. */
  readonly score: number;
}
