/** What is measured of the newest days and of the first. */
import type { DriftDay } from './days.ts';
import { type Histogram, quantileOf, shareAbove, sumOf, totalOf } from './histogram.ts';
import { populationStability, sumOfCounts } from './measures.ts';

/** Plain data that survives JSON. */
export interface DriftFigures {
  /** Days compared, and days compared with (UTC); those with too few frames are left out. */
  readonly recent: readonly string[];
  readonly reference: readonly string[];
  /** Share of frames by activity, `none` included, 0..1. */
  readonly classes: { readonly recent: Shares; readonly reference: Shares };
  /** Population stability index of the classes: below 0.1 alike, above 0.25 different. */
  readonly classStability: number | null;
  /** Share of frames in doubt, 0..1. */
  readonly unsure: { readonly recent: number | null; readonly reference: number | null };
  /** Median cosine distance to the training data: of the board, and among the training data's own places. */
  readonly distance: {
    readonly recent: number | null;
    readonly reference: number | null;
    readonly training: number | null;
  };
  /** Share of recent frames further off than 95 % of the reference's: 0.05 where nothing changed. */
  readonly beyondReference: number | null;
  /** The same against the training data's own places; of the first days where there are no recent ones yet. */
  readonly beyondTraining: number | null;
}

type Shares = Readonly<Record<string, number>>;

/** @param training distances among the base set's places; null where there is no base set */
export function figuresOf(
  recent: readonly DriftDay[],
  reference: readonly DriftDay[],
  training: Histogram | null,
): DriftFigures {
  const [now, then] = [recent, reference].map(days => ({
    classes: sumOfCounts(days.map(({ classes }) => classes)),
    distances: sumOf(days.map(({ distances }) => distances)),
    unsure: shareOf(days, ({ unsure }) => unsure),
  })) as [Sums, Sums];
  const known = training !== null && totalOf(training) > 0 ? training : null;
  return {
    recent: recent.map(({ day }) => day),
    reference: reference.map(({ day }) => day),
    classes: { recent: sharesOf(now.classes), reference: sharesOf(then.classes) },
    classStability: recent.length === 0 ? null : rounded(populationStability(now.classes, then.classes)),
    unsure: { recent: rounded(now.unsure), reference: rounded(then.unsure) },
    distance: {
      recent: rounded(quantileOf(now.distances, 0.5)),
      reference: rounded(quantileOf(then.distances, 0.5)),
      training: known === null ? null : rounded(quantileOf(known, 0.5)),
    },
    beyondReference: rounded(beyondOf(now.distances, then.distances)),
    beyondTraining:
      known === null ? null : rounded(beyondOf(recent.length > 0 ? now.distances : then.distances, known)),
  };
}

interface Sums {
  readonly classes: Record<string, number>;
  readonly distances: Histogram;
  readonly unsure: number | null;
}

function beyondOf(distances: Histogram, reference: Histogram): number | null {
  const limit = quantileOf(reference, 0.95);
  return limit === null ? null : shareAbove(distances, limit);
}

/** Share of all frames of the days, 0..1; null where there are none. */
function shareOf(days: readonly DriftDay[], count: (day: DriftDay) => number): number | null {
  const frames = days.reduce((sum, day) => sum + day.frames, 0);
  return frames === 0 ? null : days.reduce((sum, day) => sum + count(day), 0) / frames;
}

function sharesOf(counts: Readonly<Record<string, number>>): Shares {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return Object.fromEntries(
    Object.entries(counts).map(([name, count]) => [name, Number((count / total).toFixed(4))]),
  );
}

function rounded(value: number | null): number | null {
  return value === null ? null : Number(value.toFixed(4));
}
