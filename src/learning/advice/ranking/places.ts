/** What may be a rider in a frame: shown by number, to be confirmed, rejected or pointed at. */
import type { KeptCell } from '../../../activity/kept-cells.ts';
import { likeliest } from '../../../activity/presence-score.ts';
import type { Rectangle } from '../../../base/geometry.ts';
import { detectionsOf } from '../../archive/detections-of.ts';

/** Plain data that survives JSON. */
export interface ShownPlace {
  /** As `label --not` takes it; null for what did not count as a rider. */
  readonly number: number | null;
  /** Middle, as shares of the frame. */
  readonly x: number;
  readonly y: number;
  /** The rider, if it is one, and what is just around it, as a share of the frame. */
  readonly rectangle: Rectangle;
  /** What it most likely does. */
  readonly activity: string;
  /** Probability that it is a rider, 0..1. */
  readonly score: number;
}

/** Weaker places that are shown beside the detections, and from which probability on. */
const MOST_WEAK = 6;
const WEAK = 0.05;

/** All detections by their numbers, then the strongest of what did not count, strongest first. */
export function shownPlaces(cells: readonly KeptCell[], rider: number): ShownPlace[] {
  const counted = detectionsOf(cells, rider).map(({ cell, ...detection }) => ({
    ...detection,
    rectangle: (cells[cell] as KeptCell).rectangle,
  }));
  const weak = cells
    .flatMap(({ zone, rectangle, scores, pointed }) => {
      const { activity, score } = likeliest(scores);
      if (zone === '' || pointed === true || score >= rider || score < WEAK) return [];
      const { x, y, w, h } = rectangle;
      return [{ number: null, x: x + w / 2, y: y + h / 2, rectangle, activity, score }];
    })
    .sort((a, b) => b.score - a.score);
  return [...counted, ...weak.slice(0, MOST_WEAK)];
}

/** Between half of the threshold and half way from it to certainty. */
export function isDoubtful(score: number, rider: number): boolean {
  return score >= rider / 2 && score < (1 + rider) / 2;
}
