/** One frame twice: with what the head in use finds, and with what a new head finds. */
import sharp from 'sharp';
import { type Html, html } from '../../base/html.ts';
import { counted } from '../../base/words.ts';
import type { Size } from '../../vision/cells/pyramid.ts';
import type { FrameDetections, HeadDetection } from '../retrain/types.ts';
import { riderShape, scaleOfDrawing, text } from '../sheet/detection-shapes.ts';
import { framePicture } from './answers.ts';

const GAP = 8;
const CAPTION = 40;
/** Width of each side, in pixels: both together stay a message that a broker takes. */
const WIDEST = 1600;
const DARK = '#111111';

/**
 * Of the first of these frames whose picture is still there.
 *
 * @param head id of the head in use
 * @returns null where no picture is
 */
export async function drawFirst(
  shown: readonly FrameDetections[],
  pictures: Parameters<typeof framePicture>[0],
  head: string,
): Promise<Buffer | null> {
  for (const frame of shown) {
    const picture = await framePicture(pictures, frame.frame, undefined).catch(() => null);
    if (picture !== null) return drawBothHeads(Buffer.from(picture.jpeg, 'base64'), frame, head);
  }
  return null;
}

/**
 * @param jpeg of the frame
 * @param head id of the head in use
 * @returns JPEG: the head in use on the left, the new one on the right
 */
async function drawBothHeads(
  jpeg: Uint8Array,
  { frame, before, after }: FrameDetections,
  head: string,
): Promise<Buffer> {
  const upright = await sharp(jpeg).autoOrient().removeAlpha().toBuffer({ resolveWithObject: true });
  const { width, height } = upright.info;
  const wide = Math.min(WIDEST, Math.round(width * scaleOfDrawing(width)));
  const size = { width: wide, height: Math.round((height * wide) / width) };
  const side = await sharp(upright.data).resize(size.width, size.height, { fit: 'fill' }).toBuffer();
  const sheet = { width: 2 * size.width + GAP, height: size.height + CAPTION };
  const right = size.width + GAP;
  const drawing = html`<svg xmlns="http://www.w3.org/2000/svg" width="${sheet.width}" height="${sheet.height}" font-family="sans-serif">
    ${half(0, before, `in use, ${head}`, size)}
    ${half(right, after, `new, frame ${frame}`, size)}
  </svg>`;
  return sharp({ create: { ...sheet, channels: 3, background: DARK } })
    .composite([
      { input: side, left: 0, top: 0 },
      { input: side, left: right, top: 0 },
      { input: Buffer.from(drawing.toString()) },
    ])
    .jpeg({ quality: 85 })
    .toBuffer();
}

function half(left: number, found: readonly HeadDetection[], title: string, size: Size): Html {
  // The strongest last, on top of the others.
  const riders = [...found].sort((a, b) => a.score - b.score);
  const count = `${counted(riders.length, 'rider')}: ${title}`;
  return html`<g transform="translate(${left} 0)">
    ${riders.map(rider => riderShape(rider, size))}
    ${text(12, size.height + 26, 18, '#ffffff', count)}
  </g>`;
}
