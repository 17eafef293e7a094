/** What is known of a camera's view, as a picture: the edges that stand still. */
import sharp from 'sharp';
import { COLUMNS, ROWS } from '../vision/quality/thumbnail.ts';

const TIMES = 8;
const POINTS = COLUMNS * ROWS;

/**
 * @param edges [2, 72, 128], -1..1, as a view has them
 * @returns PNG of 1024 × 576 pixels: brighter where an edge is always there
 */
export function viewPicture(edges: Float32Array): Promise<Buffer> {
  const grey = Uint8Array.from({ length: POINTS }, (_, point) => {
    const strength = Math.hypot(edges[point] ?? 0, edges[POINTS + point] ?? 0);
    return Math.min(255, Math.round(255 * strength));
  });
  return sharp(grey, { raw: { width: COLUMNS, height: ROWS, channels: 1 } })
    .resize(COLUMNS * TIMES, ROWS * TIMES, { kernel: 'cubic' })
    .png()
    .toBuffer();
}
