/** What is looked at every simulated hour, and what may not grow. */
import { seasonalSlope } from './seasonal-slope.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** What the board tells of its process. */
export interface BoardSample {
  /** Since the start, by the board's clock. */
  readonly simulatedMs: number;
  readonly rssBytes: number;
  /** The part of `rssBytes` that is no copy of a file on the disk. */
  readonly anonymousBytes: number;
  /** JavaScript objects after a collection. */
  readonly heapBytes: number;
  /** Memory of buffers and pictures that JavaScript objects hold. */
  readonly externalBytes: number;
  readonly openFiles: number;
  /** Timers, sockets, children and requests that keep the process alive. */
  readonly handles: number;
  readonly threads: number;
}

export interface Sample extends BoardSample {
  /** Frames judged since the start. */
  readonly classified: number;
  /** Retrainings that ended, since the start. */
  readonly retrained: number;
  /** A frame's median way from capture to publication in real ms, the least of some looks; null without frames. */
  readonly latencyMs: number | null;
}

/** Each in its unit; growth is per simulated day. */
export const FIGURES = {
  'RSS, MB': ({ rssBytes }: Sample) => rssBytes / 1e6,
  'anonymous, MB': ({ anonymousBytes }: Sample) => anonymousBytes / 1e6,
  'heap, MB': ({ heapBytes }: Sample) => heapBytes / 1e6,
  'external, MB': ({ externalBytes }: Sample) => externalBytes / 1e6,
  'open files': ({ openFiles }: Sample) => openFiles,
  handles: ({ handles }: Sample) => handles,
  threads: ({ threads }: Sample) => threads,
  'latency, ms': ({ latencyMs }: Sample) => latencyMs,
} as const;

export type Figure = keyof typeof FIGURES;

/** Growth a day of each figure over the samples from `warmUpMs` on; null with less than two days of them. */
export function growth(samples: readonly Sample[], warmUpMs: number): Record<Figure, number | null> {
  const counted = samples.filter(({ simulatedMs }) => simulatedMs >= warmUpMs);
  const slopes = Object.entries(FIGURES).map(([name, figure]) => {
    const points = counted.flatMap(sample => {
      const value = figure(sample);
      if (value === null) return [];
      const season = Math.round(sample.simulatedMs / HOUR_MS) % 24;
      return [{ season, at: sample.simulatedMs / DAY_MS, value }];
    });
    return [name, seasonalSlope(points)] as const;
  });
  return Object.fromEntries(slopes) as Record<Figure, number | null>;
}
