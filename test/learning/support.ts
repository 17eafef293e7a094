/** Toy samples and heads for the tests of learning. */

import type { CellSense, HeadBundle, HeadManifest } from '../../src/activity/head-bundle.ts';
import { createRandom } from '../../src/base/random.ts';
import type { EmbeddedSet, Sample } from '../../src/learning/fit/sample.ts';

export const WIDTH = 16;
export const ACTIVITIES = ['surfing', 'windsurfing', 'kitesurfing'];

export function sampleOf(change: Partial<Sample> = {}): Sample {
  return {
    labels: [1, 0, 0],
    group: 'a',
    source: 'photos',
    file: 'a.jpg',
    part: '',
    augmented: false,
    ...change,
  };
}

/** Embeddings in which number `k` is high where activity `k` is present: a line tells them apart. */
export function separableSet(samples: readonly Sample[], seed = 1): EmbeddedSet {
  const random = createRandom(seed);
  const embeddings = new Float32Array(samples.length * WIDTH);
  for (const [row, { labels }] of samples.entries()) {
    for (let index = 0; index < WIDTH; index++) {
      embeddings[row * WIDTH + index] = random.next() * 0.5 + (labels[index] === 1 ? 1 : 0);
    }
  }
  return { samples, embeddings, width: WIDTH };
}

/** As many samples as wanted of each activity and of none, in groups of four. */
export function balancedSamples(each: number): Sample[] {
  const kinds = [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
    [0, 0, 0],
  ];
  return kinds.flatMap((labels, kind) =>
    Array.from({ length: each }, (_, index) =>
      sampleOf({ labels, group: `${kind}-${Math.floor(index / 4)}`, file: `${kind}-${index}.jpg` }),
    ),
  );
}

export const BACKBONE = { id: 'some-backbone', sha256: 'ab'.repeat(32) };

/** What a head for cells has besides: one rider is as probable as the frame that shows only it. */
export const CELL_SENSE: CellSense = { rider: 0.5, presence: { slope: 1, intercept: 0 } };

/** A head for the cells of frames, with random weights. */
export function riderHead(seed: number, change: Partial<HeadManifest> = {}): HeadBundle {
  return randomHead(seed, { cells: CELL_SENSE, ...change });
}

/** A head with random weights. */
export function randomHead(seed: number, change: Partial<HeadManifest> = {}): HeadBundle {
  const random = createRandom(seed);
  const values = (length: number) => Float32Array.from({ length }, () => random.between(-1, 1));
  const hidden = 5;
  return {
    manifest: {
      format: 1,
      id: `head-${seed}`,
      createdAt: '2026-06-01T09:00:00.000Z',
      activities: ACTIVITIES,
      width: WIDTH,
      hidden,
      backbone: BACKBONE,
      calibration: ACTIVITIES.map((_, index) => ({ slope: 0.5 + index, intercept: index - 1 })),
      thresholds: { surfing: 0.5, windsurfing: 0.4, kitesurfing: 0.6 },
      weights: { file: 'weights.f32.bin', sha256: '0'.repeat(64) },
      training: { parent: null, seed, dataSha256: 'cd'.repeat(32), command: 'surfwatch train photos' },
      ...change,
    },
    hiddenKernel: values(hidden * WIDTH),
    hiddenBias: values(hidden),
    outputKernel: values(ACTIVITIES.length * hidden),
    outputBias: values(ACTIVITIES.length),
  };
}
