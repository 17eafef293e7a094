/** Detections as shapes on a picture: what `surfwatch look` and the picture of two heads have in common. */

import { type Html, html } from '../../base/html.ts';
import type { Size } from '../../vision/cells/pyramid.ts';
import type { HeadDetection } from '../retrain/types.ts';

type ShownPlace = Pick<HeadDetection, 'x' | 'y' | 'size'>;
type ShownRider = Pick<HeadDetection, 'x' | 'y' | 'size' | 'activity' | 'score'>;

/** Told apart by people who see no red or green (Okabe and Ito 2008). */
const COLOURS: Readonly<Record<string, string>> = {
  surfing: '#56b4e9',
  windsurfing: '#f0e442',
  kitesurfing: '#e9699c',
};
const OTHER_COLOUR = '#e69f00';

/** Pixels of the drawing. Small frames are enlarged, so that what is written on them can be read. */
const WIDE_ENOUGH = 1280;
const MOST_ENLARGED = 3;
const LEAST_BOX = 12;

/** @param width of the frame, in pixels */
export function scaleOfDrawing(width: number): number {
  return Math.min(MOST_ENLARGED, Math.max(1, WIDE_ENOUGH / width));
}

/** A rider's box with its probability, in the colour of its activity. */
export function riderShape(rider: ShownRider, drawn: Size): Html {
  const colour = colourOf(rider.activity);
  const { x, y, side } = squareOf(rider, drawn);
  // Above the box, or below it at the upper edge of the picture.
  const line = y > 14 ? y - 4 : y + side + 13;
  return html`${box(rider, drawn, '#000000', 0.6, 4)}${box(rider, drawn, colour, 1, 2)}
    ${text(Math.max(1, x - 2), line, 12, colour, rider.score.toFixed(2))}`;
}

export function box(
  detection: ShownPlace,
  drawn: Size,
  colour: string,
  opacity: number,
  stroke: number,
): Html {
  const { x, y, side } = squareOf(detection, drawn);
  return html`<rect x="${x}" y="${y}" width="${side}" height="${side}" fill="none" stroke="${colour}" stroke-opacity="${opacity}" stroke-width="${stroke}"/>`;
}

function squareOf({ x, y, size }: ShownPlace, { width, height }: Size) {
  const side = Math.max(LEAST_BOX, size * height);
  return { x: x * width - side / 2, y: y * height - side / 2, side };
}

export function text(x: number, y: number, size: number, colour: string, content: string): Html {
  return html`<text x="${x}" y="${y}" font-size="${size}" fill="none" stroke="#000000" stroke-width="2" stroke-opacity="0.7">${content}</text>
    <text x="${x}" y="${y}" font-size="${size}" fill="${colour}">${content}</text>`;
}

export function colourOf(activity: string): string {
  if (activity === 'none' || activity === 'unknown') return '#ffffff';
  return COLOURS[activity] ?? OTHER_COLOUR;
}
