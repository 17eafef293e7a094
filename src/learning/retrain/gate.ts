/** Decides whether a new head may take the incumbent's place, on data that neither was fitted to. */
import type { HeadBundle } from '../../activity/head-bundle.ts';
import { measure, type Prediction } from '../fit/metrics.ts';
import { heldBaseRows } from './base-rows.ts';
import { type Contradiction, contradictions } from './contradictions.ts';
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

const BASE = 'the base set';
const BOARD = 'the held-out frames of the board';

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
  const shipped = judge && heads.shipped ? figuresOf(judge(heads.shipped), activities).macroF1 : 0;
  const onBoard = held.length === 0 ? null : compare(heads, activities, head => judgeFrames(head, held));
  const places = foundPlacesOf(base, activities);
  const found = places && {
    known: foundF1(heads.shipped ?? heads.incumbent, places),
    candidate: foundF1(heads.candidate, places),
  };
  const moves = movesOf(heads, unlabelled, labelled, noNegatives);
  const against = [
    ...contradictions(heads.incumbent, labelled).map(inWords),
    ...(onBase === null ? [] : objections(BASE, onBase, tolerances)),
    ...(onBoard === null ? [] : objections(BOARD, onBoard, tolerances)),
    ...(onBase === null && onBoard === null ? [NOTHING_TO_JUDGE] : []),
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
            ...inFavour(BASE, onBase),
            ...inFavour(BOARD, onBoard),
            ...(found === null ? [] : [foundInWords(found)]),
            ...(moves === null ? [] : [countsOf(moves)]),
          ]
        : [...against, ...doubts],
    base: onBase && shown(onBase),
    board: onBoard && shown(onBoard),
    detections: moves && detectionFigures(moves),
    shown: moves?.shown ?? [],
  };
}

const NOTHING_TO_JUDGE =
  'There is nothing to judge by: no base set comes with the head, and no labelled frame is of a time that is held out.';

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
  where: string,
  { incumbent, candidate }: Comparison,
  { macroF1Tolerance, recallTolerance }: Tolerances,
): string[] {
  const against: string[] = [];
  const counts = Object.values(incumbent.support);
  // It is missing in its own class and may be too many in another.
  const onePicture = 2 / (counts.length * Math.min(...counts));
  const allowed = Math.max(macroF1Tolerance, onePicture);
  if (incumbent.macroF1 - candidate.macroF1 > allowed + ROUNDING) {
    against.push(
      `Macro-F1 on ${where} (${candidate.judged} judged) fell from ${percent(incumbent.macroF1)} to ${percent(candidate.macroF1)}; ${percent(allowed)} less is let pass.`,
    );
  }
  for (const [name, count] of Object.entries(incumbent.support)) {
    const before = incumbent.recall[name] ?? 0;
    const after = candidate.recall[name] ?? 0;
    const most = Math.max(recallTolerance, 1 / count);
    if (before - after <= most + ROUNDING) continue;
    against.push(
      `Recall of ${name} on ${where} (${count} judged) fell from ${percent(before)} to ${percent(after)}; ${percent(most)} less is let pass.`,
    );
  }
  return against;
}

/**
 * By how much the candidate is below the incumbent and the head that came with the program: each of many heads might
 * lose a little to the one before it.
 */
function lossOnBase({ incumbent, candidate }: Comparison, shipped: number): string[] {
  const floor = Math.max(incumbent.macroF1, shipped);
  if (floor - candidate.macroF1 <= MOST_LOST + ROUNDING) return [];
  const whose = floor > incumbent.macroF1 ? 'the shipped head' : 'the head in use';
  return [
    `Macro-F1 on ${BASE} is ${percent(candidate.macroF1)}, of ${whose} ${percent(floor)}: more than ${percent(MOST_LOST)} would be lost of what it knew before.`,
  ];
}

interface FoundF1 {
  /** F1 of the shipped head, or of the one in use if that is not known. */
  readonly known: number;
  readonly candidate: number;
}

function lossElsewhere(found: FoundF1): string[] {
  return found.known - found.candidate <= MOST_LOST + ROUNDING ? [] : [foundInWords(found)];
}

function foundInWords({ known, candidate }: FoundF1): string {
  return `F1 of riders in frames of other cameras is ${percent(candidate)}, of the head it came from ${percent(known)}.`;
}

function doubtsAbout(moves: Moves, noNegatives: boolean): string[] {
  const { frames, framesElsewhere, elsewhere } = moves;
  const { fewest, share } = FRAMES_ELSEWHERE;
  if (framesElsewhere < Math.min(fewest, frames) || framesElsewhere <= share * frames) return [];
  const where = noNegatives
    ? 'where no rider was pointed at, and no frame it learnt from says where nobody is: label a frame `none`, or one with all its riders as complete (some are held out to judge by)'
    : 'where the head in use saw nobody and no rider was pointed at';
  return [
    `In ${framesElsewhere} of ${frames} frames the new head finds riders (${elsewhere}) ${where}. ${countsOf(moves)}`,
  ];
}

function detectionFigures({ frames, before, after, elsewhere }: Moves): DetectionFigures {
  return { frames, before, after, elsewhere };
}

function countsOf({ frames, before, after }: Moves): string {
  return `In ${frames} frames of this camera that nobody labelled it finds ${after} riders, the head in use ${before}.`;
}

function inFavour(where: string, comparison: Comparison | null): string[] {
  if (comparison === null) return [];
  const { incumbent, candidate } = comparison;
  return [
    `Macro-F1 on ${where} (${candidate.judged} judged) went from ${percent(incumbent.macroF1)} to ${percent(candidate.macroF1)}.`,
  ];
}

function inWords({ seen, said, frames, sure }: Contradiction): string {
  return `Of ${sure} labelled frames in which the head is sure of ${seen}, ${frames} are labelled as another activity, most as ${said}: the labels look wrong. Correct them; if they are right, use \`force\`.`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
