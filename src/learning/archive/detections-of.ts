/** The detections of a kept frame by number: the same on the contact sheet, on the page and in a label. */
import type { KeptCell } from '../../activity/kept-cells.ts';
import { likeliest } from '../../activity/presence-score.ts';

/** Something in a kept frame that the daemon took for a rider. */
export interface NumberedDetection {
  /** From 1, strongest first. */
  readonly number: number;
  /** Index among the cells of the frame. */
  readonly cell: number;
  /** Middle, as shares of the frame's width and height. */
  readonly x: number;
  readonly y: number;
  /** What it most likely does. */
  readonly activity: string;
  /** Probability that it is a rider, 0..1. */
  readonly score: number;
}

/**
 * Those that counted as riders when the frame was kept: by the scores of that time, so that a number means the same
 * rider whatever head came into force since. What lies in no zone has no number.
 *
 * @param cells as the archive keeps them
 * @param rider probability, 0..1, from which a detection counts as a rider: `cells.rider` of the head's manifest
 */
export function detectionsOf(cells: readonly KeptCell[], rider: number): NumberedDetection[] {
  return cells
    .flatMap(({ zone, rectangle: { x, y, w, h }, scores, pointed }, cell) => {
      const { activity, score } = likeliest(scores);
      if (zone === '' || pointed === true || score < rider) return [];
      return [{ cell, x: x + w / 2, y: y + h / 2, activity, score }];
    })
    .sort((a, b) => b.score - a.score || a.cell - b.cell)
    .map((detection, index) => ({ number: index + 1, ...detection }));
}
