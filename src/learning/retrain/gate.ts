/** Decides whether a new head may take the incumbent's place, on data that neither was fitted to. */
import type { HeadBundle } from '../../activity/head-bundle.ts';
import { type Reason, reason } from '../../messaging/reasons.ts';
import { measure, type Prediction } from '../fit/metrics.ts';
import { heldBaseRows } from './base-rows.ts';
import { contradictions } from './contradictions.ts';
import { foundF1, foundPlacesOf } from './found-places.ts';
import { judgeCells } from './judge-cells.ts';
import { judgeFrames } from './judge-frames.ts';
import { type Moves, movesOf } from './moves.ts';
import type {
  BaseSet,
  BoardFrame,
  CameraFrame,
  DetectionFigures,
  FrameDetections,
  GateComparison,
  GateFigures,
  GateVerdict,
  RetrainOptions,
} from './types.ts';

export type Tolerances = Pick<RetrainOptions, 'macroF1Tolerance' | 'recallTolerance'>;

export interface GateHeads {
  readonly incumbent: HeadBundle;
  readonly candidate: HeadBundle;
  /** The one that came with the program. */
  readonly shipped?: HeadBundle | undefined;
}

export interface GateData {
  readonly base: BaseSet | null;
  /** Labelled frames of held blocks. */
  readonly held: readonly BoardFrame[];
  /** All labelled frames, of which the labels themselves are judged. */
  readonly labelled: readonly BoardFrame[];
  /** Recent frames of this camera that nobody labelled. */
  readonly unlabelled: readonly CameraFrame[];
  /** No frame of this camera says where nobody is. */
  readonly noNegatives: boolean;
}

/** More than this lost of what was known, 0..1, is for a person to decide. */
export const MOST_LOST = 0.01;
/** A head is not held for one frame in which something was mistaken, nor for a small share of them. */
const FRAMES_ELSEWHERE = { fewest: 2, share: 0.05 };

/** @returns what speaks against the candidate, or where nothing does, the figures it was let pass for */
export function gate(
  heads: GateHeads,
  { base, held, labelled, unlabelled, noNegatives }: GateData,
  tolerances: Tolerances,
): GateVerdict & { readonly shown: readonly FrameDetections[] } {
  const { activities } = heads.candidate.manifest;
  const judge = base === null || base.held.size === 0 ? null : (head: HeadBundle) => judgeBase(head, base);
  const onBase = judge && compare(heads, activities, judge);
  const shipped = judge && heads.shipped ? figuresOf(judge(heads.shipped), activities).macroF1 : null;
  const onBoard = held.length === 0 ? null : compare(heads, activities, head => judgeFrames(head, held));
  const places = foundPlacesOf(base, activities);
  const found = places && {
    known: foundF1(heads.shipped ?? heads.incumbent, places),
    candidate: foundF1(heads.candidate, places),
  };
  const moves = movesOf(heads, unlabelled, labelled, noNegatives);
  const against = [
    ...contradictions(heads.incumbent, labelled).map(found => reason('labels-contradict', { ...found })),
    ...(onBase === null ? [] : objections('base', onBase, tolerances)),
    ...(onBoard === null ? [] : objections('board', onBoard, tolerances)),
    ...(onBase === null && onBoard === null ? [reason('nothing-to-judge', {})] : []),
  ];
  const doubts = [
    ...(onBase === null ? [] : lossOnBase(onBase, shipped)),
    ...(found === null ? [] : lossElsewhere(found)),
    ...(moves === null ? [] : doubtsAbout(moves, noNegatives)),
  ];
  const decision = against.length > 0 ? 'reject' : doubts.length > 0 ? 'hold' : 'promote';
  return {
    decision,
    reasons:
      decision === 'promote'
        ? [
            ...inFavour('base', onBase),
            ...inFavour('board', onBoard),
            ...(found === null ? [] : [elsewhereF1(found)]),
            ...(moves === null ? [] : [countsOf(moves)]),
          ]
        : [...against, ...doubts],
    base: onBase && shown(onBase),
    board: onBoard && shown(onBoard),
    detections: moves && detectionFigures(moves),
    shown: moves?.shown ?? [],
  };
}

function judgeBase(head: HeadBundle, base: BaseSet): Prediction[] {
  return judgeCells(head, heldBaseRows(base, head.manifest.activities));
}

/** Figures, and by how many pictures each recall is of. */
interface Counted extends GateFigures {
  readonly support: Readonly<Record<string, number>>;
}

interface Comparison {
  readonly incumbent: Counted;
  readonly candidate: Counted;
}

function compare(
  { incumbent, candidate }: GateHeads,
  activities: readonly string[],
  judge: (head: HeadBundle) => readonly Prediction[],
): Comparison {
  return {
    incumbent: figuresOf(judge(incumbent), activities),
    candidate: figuresOf(judge(candidate), activities),
  };
}

/** Macro-F1 is over the classes that are there, `none` being one. */
export function figuresOf(predictions: readonly Prediction[], activities: readonly string[]): Counted {
  const { accuracy, classes } = measure(predictions, activities);
  const entries = Object.entries(classes);
  const there = entries.filter(([, { support }]) => support > 0);
  return {
    judged: predictions.length,
    macroF1: there.reduce((sum, [, { f1 }]) => sum + (f1 ?? 0), 0) / Math.max(1, there.length),
    accuracy,
    recall: Object.fromEntries(entries.map(([name, { recall }]) => [name, recall])),
    support: Object.fromEntries(there.map(([name, { support }]) => [name, support])),
  };
}

function shown({ incumbent, candidate }: Comparison): GateComparison {
  const { support: _, ...before } = incumbent;
  const { support: __, ...after } = candidate;
  return { incumbent: before, candidate: after };
}

const ROUNDING = 1e-9;

/** One picture, whatever share of few it is, is no proof: a tolerance is never less than what one picture changes. */
export function objections(
  on: 'base' | 'board',
  { incumbent, candidate }: Comparison,
  { macroF1Tolerance, recallTolerance }: Tolerances,
): Reason[] {
  const against: Reason[] = [];
  const counts = Object.values(incumbent.support);
  // It is missing in its own class and may be too many in another.
  const onePicture = 2 / (counts.length * Math.min(...counts));
  const allowed = Math.max(macroF1Tolerance, onePicture);
  if (incumbent.macroF1 - candidate.macroF1 > allowed + ROUNDING) {
    against.push(
      reason(`${on}-f1-fell`, {
        judged: candidate.judged,
        before: incumbent.macroF1,
        after: candidate.macroF1,
        allowed,
      }),
    );
  }
  for (const [activity, judged] of Object.entries(incumbent.support)) {
    const before = incumbent.recall[activity] ?? 0;
    const after = candidate.recall[activity] ?? 0;
    const allowed = Math.max(recallTolerance, 1 / judged);
    if (before - after > allowed + ROUNDING)
      against.push(reason(`${on}-recall-fell`, { activity, judged, before, after, allowed }));
  }
  return against;
}

/**
 * By how much the candidate is below the head that came with the program, so that the losses of many heads do not add up.
 * An incumbent that got better there by chance would hold all that come after it; it counts where no shipped head is known.
 */
function lossOnBase({ incumbent, candidate }: Comparison, shipped: number | null): Reason[] {
  const before = shipped ?? incumbent.macroF1;
  const after = candidate.macroF1;
  if (before - after <= MOST_LOST + ROUNDING) return [];
  const whose = shipped === null ? 'current' : 'shipped';
  return [reason(`base-f1-below-${whose}`, { before, after, allowed: MOST_LOST })];
}

interface FoundF1 {
  /** F1 of the shipped head, or of the one in use if that is not known. */
  readonly known: number;
  readonly candidate: number;
}

function lossElsewhere(found: FoundF1): Reason[] {
  return found.known - found.candidate <= MOST_LOST + ROUNDING ? [] : [elsewhereF1(found)];
}

function elsewhereF1({ known, candidate }: FoundF1): Reason {
  return reason('other-cameras-f1', { before: known, after: candidate });
}

function doubtsAbout(moves: Moves, noNegatives: boolean): Reason[] {
  const { frames, framesElsewhere: moved, elsewhere } = moves;
  const { fewest, share } = FRAMES_ELSEWHERE;
  if (moved < Math.min(fewest, frames) || moved <= share * frames) return [];
  const code = noNegatives ? 'riders-anywhere' : 'riders-elsewhere';
  return [reason(code, { moved, frames, elsewhere }), countsOf(moves)];
}

function detectionFigures({ frames, before, after, elsewhere }: Moves): DetectionFigures {
  return { frames, before, after, elsewhere };
}

function countsOf({ frames, before, after }: Moves): Reason {
  return reason('riders-found', { frames, riders: after, ridersBefore: before });
}

function inFavour(on: 'base' | 'board', comparison: Comparison | null): Reason[] {
  if (comparison === null) return [];
  const { incumbent, candidate } = comparison;
  const { judged, macroF1: after } = candidate;
  return [reason(`${on}-f1`, { judged, before: incumbent.macroF1, after })];
}
