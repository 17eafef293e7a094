/** Toy boards and base sets for the tests of retraining. */
import type { HeadBundle } from '../../../src/activity/head-bundle.ts';
import { createRandom, type Random } from '../../../src/base/random.ts';
import { blockOf, isHeldBlock } from '../../../src/learning/retrain/blocks.ts';
import type { BaseSet, BoardFrame, RetrainInput } from '../../../src/learning/retrain/types.ts';
import { ACTIVITIES, BACKBONE, balancedSamples, CELL_SENSE, separableSet, WIDTH } from '../support.ts';

const HOUR_MS = 3_600_000;
const FIRST = Date.UTC(2026, 5, 1);

/** Hours of the one side or the other, in order. */
export function hours(held: boolean, count: number): number[] {
  const found: number[] = [];
  for (let at = FIRST; found.length < count; at += HOUR_MS)
    if (isHeldBlock(blockOf(at)) === held) found.push(at);
  return found;
}

/** Which of the `WIDTH` numbers each activity raises by one on this board; in the base set it is 0 to 2. */
export type Marks = Readonly<Record<string, number>>;

/** What else it raises, by a little: to a head that knows the base set it looks a bit like surfing. */
const FAINT = 0.3;

/** A frame of four cells, one of which shows each label. */
function frameOf(
  id: string,
  takenAt: number,
  labels: readonly string[],
  marks: Marks,
  random: Random,
): BoardFrame {
  const cells = [0, 1, 2, 3].map(index => ({
    zone: 'beach',
    rectangle: { x: (index % 2) / 2, y: Math.floor(index / 2) / 2, w: 0.5, h: 0.5 },
  }));
  const embeddings = Float32Array.from({ length: cells.length * WIDTH }, () => random.next() * 0.5);
  for (const label of labels) {
    const mark = marks[label] as number;
    const cell = random.below(cells.length) * WIDTH;
    embeddings[cell + mark] = (embeddings[cell + mark] as number) + 1;
    if (mark > 2) embeddings[cell] = (embeddings[cell] as number) + FAINT;
  }
  return { id, takenAt, labels, cells, embeddings };
}

/** So many frames of each kind, one an hour. */
export function boardOf(
  kinds: readonly (readonly string[])[],
  each: number,
  marks: Marks,
  { held = false, seed = 1 } = {},
): BoardFrame[] {
  const random = createRandom(seed);
  const times = hours(held, kinds.length * each);
  return kinds.flatMap((labels, kind) =>
    Array.from({ length: each }, (_, index) =>
      frameOf(`${held}-${kind}-${index}`, times[kind * each + index] as number, labels, marks, random),
    ),
  );
}

export const SHIPPED_MARKS: Marks = { surfing: 0, windsurfing: 1, kitesurfing: 2 };

export function toyBase(seed = 1): BaseSet {
  const samples = balancedSamples(24);
  const groups = [...new Set(samples.map(({ group }) => group))];
  return {
    activities: ACTIVITIES,
    backbone: BACKBONE.sha256,
    set: separableSet(samples, seed),
    held: new Set(groups.filter((_, index) => index % 3 === 0)),
  };
}

/** The same with places of other cameras: a third are riders, and some of the others look a little like one. */
export function toyBaseWithFound(): BaseSet {
  const found = separableSet(balancedSamples(40), 9);
  for (const [row, { labels }] of found.samples.entries()) {
    if (!labels.includes(1) && row % 2 === 0) found.embeddings[row * WIDTH] = 0.9;
  }
  return { ...toyBase(), found };
}

/** A head that finds what the base set shows: one hidden unit an activity. */
export function toyHead(): HeadBundle {
  const hidden = 8;
  const hiddenKernel = new Float32Array(hidden * WIDTH);
  const outputKernel = new Float32Array(ACTIVITIES.length * hidden);
  const random = createRandom(3);
  for (let index = 0; index < hiddenKernel.length; index++) hiddenKernel[index] = random.between(-0.05, 0.05);
  for (const [index] of ACTIVITIES.entries()) {
    hiddenKernel[index * WIDTH + index] = 4;
    outputKernel[index * hidden + index] = 3;
  }
  return {
    manifest: {
      format: 1,
      id: 'toy',
      createdAt: '2026-06-01T09:00:00.000Z',
      activities: ACTIVITIES,
      width: WIDTH,
      hidden,
      backbone: BACKBONE,
      calibration: ACTIVITIES.map(() => ({ slope: 1, intercept: 0 })),
      thresholds: Object.fromEntries(ACTIVITIES.map(activity => [activity, 0.5])),
      cells: CELL_SENSE,
      weights: { file: 'weights.f32.bin', sha256: '0'.repeat(64) },
      training: { parent: null, seed: 3, dataSha256: 'cd'.repeat(32), command: 'surfwatch train photos' },
    },
    hiddenKernel,
    hiddenBias: new Float32Array(hidden).fill(0),
    outputKernel,
    outputBias: Float32Array.from(ACTIVITIES, () => -8),
  };
}

export function toyInput(board: readonly BoardFrame[]): RetrainInput {
  return { base: toyBase(), board, incumbent: toyHead() };
}

/** The same with outputs for kites and people, which look at numbers 10 and 11. */
export function withBackground(head: HeadBundle): HeadBundle {
  const { hidden } = head.manifest;
  const kernel = new Float32Array(2 * hidden);
  const hiddenKernel = Float32Array.from(head.hiddenKernel);
  for (const index of [0, 1]) {
    kernel[index * hidden + 5 + index] = 3;
    hiddenKernel[(5 + index) * WIDTH + 10 + index] = 4;
  }
  return {
    manifest: { ...head.manifest, background: ['kite', 'person'] },
    hiddenKernel,
    hiddenBias: head.hiddenBias,
    outputKernel: Float32Array.of(...head.outputKernel, ...kernel),
    outputBias: Float32Array.of(...head.outputBias, -8, -8),
  };
}
