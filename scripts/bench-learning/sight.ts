/** What a head makes of a frame that was read: detections against boxes, and the cells that a board keeps. */
import { findDetections, type LevelScores } from '../../src/activity/detections.ts';
import type { HeadBundle } from '../../src/activity/head-bundle.ts';
import { prepareEmbeddings } from '../../src/activity/head-input.ts';
import { type KeptCell, keepCells, type ReadLevel } from '../../src/activity/kept-cells.ts';
import { KITE, underKites } from '../../src/activity/kites.ts';
import { sceneOf } from '../../src/activity/scene.ts';
import { afloat } from '../../src/activity/zones.ts';
import type { Point } from '../../src/base/geometry.ts';
import { outcomeOf } from '../../src/cli/frame-metrics.ts';
import { riderThreshold } from '../../src/cli/judge.ts';
import { createHeadTrainer } from '../../src/learning/fit/head-trainer.ts';
import { extentOf } from '../../src/training/riders/crops/canvas.ts';
import { coreOf, LEARNT_PX } from '../../src/training/riders/crops/targets.ts';
import { matchBoxes } from '../../src/training/riders/judge/match.ts';
import { CELL } from '../../src/vision/cells/engine.ts';
import { WHOLE_FRAME } from '../../src/vision/zone.ts';
import type { BenchFrame, PlainLevel } from './frames.ts';

const ZONES = [WHOLE_FRAME];
const ROWS = 128;

type Seen = (frame: BenchFrame) => ReadLevel[];

function seenBy(head: HeadBundle): Seen {
  const network = createHeadTrainer(head, ROWS);
  return ({ levels }) =>
    levels.map(level => ({
      ...level,
      logits: network.logits(
        prepareEmbeddings(level.vectors, head.manifest.input),
        level.columns * level.rows,
      ),
    }));
}

function detectionsIn(levels: readonly ReadLevel[], { manifest }: HeadBundle) {
  const kites = findDetections(levels, manifest, [KITE]);
  return { kites, found: underKites(findDetections(levels, manifest), kites, riderThreshold(manifest)) };
}

/** How a head did on frames, in counts that can be added. */
export interface Tally {
  readonly frames: number;
  /** Frames of riders whose answer is not what goes on there, and frames of nobody whose answer is an activity. */
  readonly wrongFrames: number;
  readonly riders: number;
  /** Riders found, and places taken for one that are none. */
  readonly matched: number;
  readonly mistaken: number;
}

const NOTHING: Tally = { frames: 0, wrongFrames: 0, riders: 0, matched: 0, mistaken: 0 };

export function addTallies(tallies: readonly Tally[]): Tally {
  return tallies.reduce(
    (sum, one) => ({
      frames: sum.frames + one.frames,
      wrongFrames: sum.wrongFrames + one.wrongFrames,
      riders: sum.riders + one.riders,
      matched: sum.matched + one.matched,
      mistaken: sum.mistaken + one.mistaken,
    }),
    NOTHING,
  );
}

/** Share of the frames that were answered wrongly, 0..1. */
export function frameError({ frames, wrongFrames }: Tally): number {
  return wrongFrames / Math.max(1, frames);
}

/** 1 − F1 of riders, 0..1; 0 where there are none and none was seen. */
export function riderError({ riders, matched, mistaken }: Tally): number {
  return riders + mistaken === 0 ? 0 : 1 - (2 * matched) / (matched + riders + mistaken);
}

/** Judged as `surfwatch evaluate` does. */
export function judge(head: HeadBundle, frames: readonly BenchFrame[]): Tally {
  const { manifest } = head;
  const seen = seenBy(head);
  return addTallies(
    frames.map(frame => {
      const levels = seen(frame);
      const { found, kites } = detectionsIn(levels, head);
      const { riders, kites: boxed, ignored, camera } = frame;
      const { kind, named, reported, ...counts } = outcomeOf(
        {
          camera,
          truth: { riders, kites: boxed, ignored },
          found: afloat(found, ZONES, sceneOf(levels, manifest)),
          kites,
          visible: true,
        },
        manifest,
      );
      return {
        frames: kind === 'unsure' ? 0 : 1,
        wrongFrames: kind === 'occupied' ? Number(!named) : kind === 'empty' ? Number(reported) : 0,
        riders: counts.riders,
        matched: counts.matched,
        mistaken: counts.wrong,
      };
    }),
  );
}

/** Log odds in the middle of a rider, what they lose to the edge of its box, and those of all else. */
const IDEAL = { middle: 5, edge: 2, none: -9 };

/**
 * How a head would do that is right about each cell, at any size that heads are taught: what is missing then no label can
 * mend, such as riders so near each other that they are found as one.
 */
export function judgeIdeal(frames: readonly BenchFrame[]): Tally {
  const outputs = { activities: ['rider'], background: [], calibration: [{ slope: 1, intercept: 0 }] };
  return addTallies(
    frames.map(frame => {
      const found = findDetections(
        frame.levels.map(level => idealLevel(level, frame)),
        outputs,
      );
      const riders = frame.riders.map(({ box }) => box);
      const { taken, neutral } = matchBoxes(found, riders, [...frame.kites, ...frame.ignored]);
      const matched = taken.filter(at => at !== null).length;
      const mistaken = neutral.filter((isAside, at) => taken[at] === null && !isAside).length;
      return { ...NOTHING, riders: riders.length, matched, mistaken };
    }),
  );
}

function idealLevel({ columns, rows }: PlainLevel, { riders }: BenchFrame): LevelScores {
  const logits = new Float32Array(columns * rows).fill(IDEAL.none);
  const [width, height] = [columns * CELL, rows * CELL];
  for (const { box } of riders) {
    const extent = extentOf(box.w * width, box.h * height);
    if (extent < LEARNT_PX.least || extent > LEARNT_PX.most) continue;
    const [left, top] = [box.x * width, box.y * height];
    const core = coreOf({ left, top, right: left + box.w * width, bottom: top + box.h * height });
    for (let cell = 0; cell < logits.length; cell++) {
      const [x, y] = [((cell % columns) + 0.5) * CELL, (Math.floor(cell / columns) + 0.5) * CELL];
      const across = Math.abs((2 * x - core.left - core.right) / (core.right - core.left));
      const down = Math.abs((2 * y - core.top - core.bottom) / (core.bottom - core.top));
      const off = Math.max(across, down);
      if (off < 1) logits[cell] = Math.max(logits[cell] as number, IDEAL.middle - IDEAL.edge * off);
    }
  }
  return { columns, rows, logits };
}

export interface Kept {
  readonly cells: readonly KeptCell[];
  /** [cells, width] */
  readonly embeddings: Float32Array;
}

/** The cells that a board keeps of a frame while this head is in use, without and with those of points. */
export function keeperOf(head: HeadBundle): (frame: BenchFrame, points: readonly Point[]) => [Kept, Kept] {
  const seen = seenBy(head);
  return (frame, points) => {
    const levels = seen(frame);
    const { found } = detectionsIn(levels, head);
    const keep = (at: readonly Point[]) => keepCells(levels, found, head.manifest, ZONES, at);
    return [keep([]), keep(points)];
  };
}
