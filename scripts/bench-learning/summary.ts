/** Means of the curves: over seeds, then over sites, so that each site counts the same. */
import type { Curve, Order, Point } from './curve.ts';
import { MOST, STEP } from './curve.ts';
import type { Method } from './methods.ts';
import { mean } from './scorer.ts';

export interface MeanPoint {
  readonly labels: number;
  /** Errors as shares, 0..1. */
  readonly site: number;
  readonly siteBalanced: number;
  readonly base: number;
  readonly seconds: number;
}

export interface Way {
  readonly method: Method;
  readonly order: Order;
  readonly points: readonly MeanPoint[];
  /** Largest rise of the base's error in any retraining of any site and split against the start, as a share. */
  readonly worstBaseLoss: number;
  /** Share of retrainings that the gate let pass; null where there is none. */
  readonly promoted: number | null;
}

export interface SiteWays {
  readonly site: string;
  readonly ways: readonly Way[];
}

export const LABELS: readonly number[] = Array.from({ length: MOST / STEP + 1 }, (_, index) => index * STEP);

/** Each method and order by itself, in the order they were measured. */
export function waysOf(curves: readonly Curve[]): Way[] {
  const keys = [...new Set(curves.map(({ method, order }) => `${method} ${order}`))];
  return keys.map(key => {
    const own = curves.filter(({ method, order }) => `${method} ${order}` === key);
    const { method, order } = own[0] as Curve;
    const promoted = own.flatMap(({ points }) => points.flatMap(point => point.promoted ?? []));
    return {
      method,
      order,
      points: LABELS.map(labels => meanAt(own, labels)),
      worstBaseLoss: Math.max(...own.flatMap(baseLosses)),
      promoted: promoted.length === 0 ? null : mean(promoted.map(Number)),
    };
  });
}

export function sitesWays(curves: readonly Curve[]): SiteWays[] {
  const sites = [...new Set(curves.map(({ site }) => site))];
  return sites.map(site => ({ site, ways: waysOf(curves.filter(curve => curve.site === site)) }));
}

/** A site with fewer pictures to label keeps what it came to. */
function meanAt(curves: readonly Curve[], labels: number): MeanPoint {
  const sites = [...new Set(curves.map(({ site }) => site))];
  const of = (figure: (point: Point) => number) =>
    mean(
      sites.map(site =>
        mean(curves.filter(curve => curve.site === site).map(curve => figure(pointAt(curve, labels)))),
      ),
    );
  return {
    labels,
    site: of(({ site }) => site.plain),
    siteBalanced: of(({ site }) => site.balanced),
    base: of(({ base }) => base.plain),
    seconds: of(({ seconds }) => seconds),
  };
}

function pointAt({ points }: Curve, labels: number): Point {
  return points.findLast(point => point.labels <= labels) as Point;
}

function baseLosses({ points: [first, ...others] }: Curve): number[] {
  return others.map(({ base }) => base.plain - (first as Point).base.plain);
}

/**
 * Labels after which the mean error is at or below a target for the first time, straight lines between the points.
 *
 * @returns null where it is never reached
 */
export function labelsUntil(points: readonly MeanPoint[], target: number): number | null {
  for (const [index, { labels, site }] of points.entries()) {
    if (site > target) continue;
    const before = points[index - 1];
    if (before === undefined) return labels;
    return before.labels + ((labels - before.labels) * (before.site - target)) / (before.site - site);
  }
  return null;
}
