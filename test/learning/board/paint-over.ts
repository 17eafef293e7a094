/** A beach without its riders: each box is painted over with the water above it. */
import sharp from 'sharp';
import type { Rectangle } from '../../../src/base/geometry.ts';

/** Pixels around a box that are painted over too: boards and shadows. */
const MARGIN = 16;
/** Pixels over which the paint fades in. */
const FADE = 8;

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** @param boxes as shares of the frame */
export async function paintOver(jpeg: Buffer, boxes: readonly Rectangle[]): Promise<Buffer> {
  const { data, info } = await sharp(jpeg).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  const before = Buffer.from(data);
  const areas = joined(
    boxes.map(({ x, y, w, h }) => ({
      left: Math.max(0, Math.floor(x * width) - MARGIN),
      top: Math.max(0, Math.floor(y * height) - MARGIN),
      right: Math.min(width, Math.ceil((x + w) * width) + MARGIN),
      bottom: Math.min(height, Math.ceil((y + h) * height) + MARGIN),
    })),
  );
  const meanOf = ({ left, top, right, bottom }: Box, channel: number) => {
    let sum = 0;
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) sum += before[(y * width + x) * channels + channel] as number;
    }
    return sum / ((right - left) * (bottom - top));
  };
  for (const area of areas) {
    const high = area.bottom - area.top;
    let up = high;
    const above = () => ({ ...area, top: area.top - up, bottom: area.bottom - up });
    while (areas.some(other => meet(above(), other))) up += 8;
    if (above().top < 0) throw new RangeError('there is no water above a rider');
    for (let channel = 0; channel < channels; channel++) {
      const brighter = meanOf(area, channel) - meanOf(above(), channel);
      for (let y = area.top; y < area.bottom; y++) {
        for (let x = area.left; x < area.right; x++) {
          const inside = [
            area.left === 0 ? FADE : x - area.left + 1,
            area.right === width ? FADE : area.right - x,
            y - area.top + 1,
            area.bottom === height ? FADE : area.bottom - y,
          ];
          const share = Math.min(1, Math.min(...inside) / FADE);
          const at = (row: number) => (row * width + x) * channels + channel;
          const paint = (before[at(y - up)] as number) + brighter;
          const mixed = (before[at(y)] as number) * (1 - share) + paint * share;
          data[at(y)] = Math.max(0, Math.min(255, Math.round(mixed)));
        }
      }
    }
  }
  return sharp(data, { raw: { width, height, channels } }).jpeg({ quality: 92 }).toBuffer();
}

function meet(a: Box, b: Box): boolean {
  return a.left < b.right && a.right > b.left && a.top < b.bottom && a.bottom > b.top;
}

/** Those that meet become one. */
function joined(boxes: readonly Box[]): Box[] {
  const apart: Box[] = [];
  for (let box of boxes) {
    for (let met = apart.findIndex(other => meet(box, other)); met !== -1; ) {
      const [other] = apart.splice(met, 1) as [Box];
      box = {
        left: Math.min(box.left, other.left),
        top: Math.min(box.top, other.top),
        right: Math.max(box.right, other.right),
        bottom: Math.max(box.bottom, other.bottom),
      };
      met = apart.findIndex(another => meet(box, another));
    }
    apart.push(box);
  }
  return apart;
}
