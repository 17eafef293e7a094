/** What more photos would likely bring. */
import { quantile } from '../../base/quantile.ts';
import { createRandom, type Random } from '../../base/random.ts';
import { errorAt, fitPowerLaw, type PowerLaw, type SizeError } from './power-law.ts';

/** A point whose spread may be unknown, which is also what 0 means: one draw has none. */
type MeasuredPoint = Omit<CurvePoint, 'spread'> & Partial<Pick<CurvePoint, 'spread'>>;

const ROUNDS = 200;
const FEWEST_SIZES = 3;
/** A wider interval is no prediction. */
const WIDEST = 0.2;
/** Heads fitted to the same photos differ by about this, however alike the measured ones came out. */
const LEAST_SPREAD = 0.003;

/**
 * Extends the curve by a power law of its error. The interval is a parametric bootstrap: each point is redrawn by its
 * spread, or by how far the points lie from the law where that is more, and the law fitted again.
 *
 * @param more photos beyond the largest number measured
 * @returns null where it cannot tell: fewer than three different numbers of photos, or a 95 % interval of more than 0.2
 */
export function fitLearningCurve(points: readonly MeasuredPoint[], more: number): LearningCurve['next'] {
  const sizes = new Set(points.map(({ photos }) => photos));
  if (sizes.size < FEWEST_SIZES || points.some(point => !isUsable(point))) return null;
  const photos = Math.max(...sizes) + more;
  const law = lawOf(points);
  const errors = points.map(({ photos: size }) => errorAt(law, size));
  const spreads = redrawSpreads(points, errors);
  if (spreads === null) return null;
  const random = createRandom(more);
  const redrawn = Array.from({ length: ROUNDS }, () => {
    const drawn = points.map((point, index) => ({
      ...point,
      accuracy: 1 - (errors[index] as number) - (spreads[index] as number) * normal(random),
    }));
    return accuracyAt(lawOf(drawn), photos);
  });
  const low = quantile(redrawn, 0.025);
  const high = quantile(redrawn, 0.975);
  if (high - low > WIDEST) return null;
  const accuracy = accuracyAt(law, photos);
  return { photos, accuracy, low: Math.min(low, accuracy), high: Math.max(high, accuracy) };
}

/** The law through the points, those that are surer weighing more. */
export function lawOf(points: readonly MeasuredPoint[]): PowerLaw {
  const spreads = spreadsOf(points);
  return fitPowerLaw(
    points.map(
      ({ photos, accuracy }, index): SizeError => ({
        size: photos,
        error: 1 - accuracy,
        weight: (spreads[index] as number) ** -2,
      }),
    ),
  );
}

/** 0..1 */
export function accuracyAt(law: PowerLaw, photos: number): number {
  return 1 - Math.max(0, Math.min(1, errorAt(law, photos)));
}

/** Where it is unknown, the smallest of those that are known: heads fitted to more photos differ less. */
function spreadsOf(points: readonly MeasuredPoint[]): number[] {
  const known = points.flatMap(({ spread = 0 }) => (spread > 0 ? [spread] : []));
  const unknown = known.length === 0 ? 0 : Math.min(...known);
  return points.map(({ spread = 0 }) => Math.max(LEAST_SPREAD, spread > 0 ? spread : unknown));
}

/** Null where neither the heads nor the distance to the law tell it: three points lie on a law of three parameters. */
function redrawSpreads(points: readonly MeasuredPoint[], errors: readonly number[]): number[] | null {
  const free = points.length - 3;
  if (free <= 0 && points.every(({ spread = 0 }) => spread === 0)) return null;
  const squares = points.reduce(
    (sum, { accuracy }, index) => sum + (1 - accuracy - (errors[index] as number)) ** 2,
    0,
  );
  const residual = Math.sqrt(squares / Math.max(1, free));
  return spreadsOf(points).map(spread => Math.max(spread, residual));
}

function isUsable({ photos, accuracy }: MeasuredPoint): boolean {
  return photos > 0 && accuracy >= 0 && accuracy <= 1;
}

/** Standard normal (Box and Muller 1958). */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}

export interface LearningCurve {
  readonly points: readonly CurvePoint[];
  /** What a power law through the points says of more photos: null where it cannot tell. */
  readonly next: {
    /** In all. */
    readonly photos: number;
    readonly accuracy: number;
    readonly low: number;
    readonly high: number;
  } | null;
}

export interface CurvePoint {
  /** Pictures that were fitted to. */
  readonly photos: number;
  /** On the held-out groups, mean of several draws. */
  readonly accuracy: number;
  /** Standard deviation between the draws. */
  readonly spread: number;
}
