/** Means of the curves: seeds of a site together, then sites, so that each site counts the same. */
import type { GateVerdict } from '../../src/learning/retrain/types.ts';
import { type Curve, ORDERS, type Order, type Point, STEPS, WAYS, type Way } from './curve.ts';
import { addTallies, frameError, riderError, type Tally } from './sight.ts';

/** Errors as shares, 0..1. */
export interface Errors {
  readonly riders: number;
  readonly frames: number;
}

/** What so many labels brought on the sites that have as many. */
export interface Gain {
  readonly labels: number;
  readonly sites: readonly string[];
  readonly before: Errors;
  readonly after: Errors;
}

export interface WayGains {
  readonly way: Way;
  readonly order: Order;
  readonly gains: readonly Gain[];
}

export function gainsOf(curves: readonly Curve[]): WayGains[] {
  return WAYS.flatMap(way =>
    ORDERS.map(order => {
      const own = curves.filter(each => each.way === way && each.order === order);
      return { way, order, gains: STEPS.flatMap(labels => gainAt(own, labels) ?? []) };
    }),
  );
}

/** @returns null where no site has so many labels */
export function gainAt(curves: readonly Curve[], labels: number): Gain | null {
  const reached = curves.filter(({ points }) => points.some(point => point.labels === labels));
  const sites = [...new Set(reached.map(({ site }) => site))];
  if (sites.length === 0) return null;
  const errors = (at: number) =>
    meanOf(
      sites.map(site =>
        addTallies(
          reached
            .filter(curve => curve.site === site)
            .map(({ points }) => points.find(point => point.labels === at) as Point)
            .map(point => point.site),
        ),
      ),
    );
  return { labels, sites, before: errors(0), after: errors(labels) };
}

export interface OrderGain {
  readonly labels: number;
  readonly sites: number;
  readonly next: Errors;
  readonly random: Errors;
}

/** Both orders of a way side by side, where there was a choice: more frames than labels. */
export function ordersOf(curves: readonly Curve[], way: Way): OrderGain[] {
  return STEPS.flatMap(labels => {
    const free = curves.filter(each => each.way === way && each.pool > labels);
    const [next, random] = ORDERS.map(order =>
      gainAt(
        free.filter(each => each.order === order),
        labels,
      ),
    );
    if (!next || !random) return [];
    return [{ labels, sites: next.sites.length, next: next.after, random: random.after }];
  });
}

/** Riders missed and places mistaken by the head before, in each frame that was labelled where there was a choice. */
export function toldAFrame(curves: readonly Curve[], order: Order): number {
  const told = addTallies(
    curves
      .filter(each => each.order === order)
      .flatMap(({ pool, points }) => points.filter(({ labels }) => labels < pool))
      .map(point => point.told),
  );
  return (told.riders - told.matched + told.mistaken) / Math.max(1, told.frames);
}

/** Most that any retraining of any curve lost, as shares: negative where none lost anything. */
export function worstLosses(curves: readonly Curve[]): { readonly base: number; readonly elsewhere: number } {
  const losses = (loss: (point: Point, first: Point) => number) =>
    Math.max(
      ...curves.flatMap(({ points: [first, ...rest] }) => rest.map(each => loss(each, first as Point))),
    );
  return {
    base: losses((point, first) => first.base - point.base),
    elsewhere: losses((point, first) => riderError(point.elsewhere) - riderError(first.elsewhere)),
  };
}

/** How often the gate decided what. */
export function decisionsOf(curves: readonly Curve[]): Record<GateVerdict['decision'], number> {
  const counts = { promote: 0, hold: 0, reject: 0 };
  for (const { decision } of curves.flatMap(({ points }) => points))
    if (decision !== null) counts[decision]++;
  return counts;
}

export interface MeanPoint {
  readonly labels: number;
  readonly riders: number;
  readonly elsewhere: number;
}

/** Over all sites; one that has fewer frames keeps what it came to. */
export function meanCurve(curves: readonly Curve[]): MeanPoint[] {
  const sites = [...new Set(curves.map(({ site }) => site))];
  return [0, ...STEPS].map(labels => {
    const mean = (tally: (point: Point) => Tally) =>
      meanOf(
        sites.map(site =>
          addTallies(
            curves
              .filter(curve => curve.site === site)
              .map(({ points }) => tally(points.findLast(point => point.labels <= labels) as Point)),
          ),
        ),
      ).riders;
    return { labels, riders: mean(({ site }) => site), elsewhere: mean(({ elsewhere }) => elsewhere) };
  });
}

function meanOf(tallies: readonly Tally[]): Errors {
  const mean = (of: (tally: Tally) => number) =>
    tallies.reduce((sum, tally) => sum + of(tally), 0) / Math.max(1, tallies.length);
  return { riders: mean(riderError), frames: mean(frameError) };
}
