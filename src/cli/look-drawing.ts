/** The picture that `surfwatch look` writes: a frame with what is seen in it. */
import sharp from 'sharp';
import { type Html, html } from '../base/html.ts';
import { box, colourOf, riderShape, scaleOfDrawing, text } from '../learning/sheet/detection-shapes.ts';
import type { Size } from '../vision/cells/pyramid.ts';
import type { Zone } from '../vision/zone.ts';
import { countTexts } from './classify-output.ts';
import { activityOf, type JudgedFrame } from './judge.ts';

export interface LookContext {
  /** Name of the picture. */
  readonly name: string;
  /** Those of the config. */
  readonly zones: readonly Zone[];
  readonly head: string;
  readonly format: 'png' | 'jpeg';
}

const CAPTION = 64;
/** Weaker candidates say nothing, and more of them hide the picture. */
const FAINTEST = 0.1;
const MOST_FAINT = 100;

/** @param bytes of the frame, as it was judged */
export async function drawLook(bytes: Buffer, judged: JudgedFrame, context: LookContext): Promise<Buffer> {
  const { width, height } = judged.read.size;
  const scale = scaleOfDrawing(width);
  const drawn = { width: Math.round(width * scale), height: Math.round(height * scale) };
  const overlay = overlayOf(judged, context, drawn, scale);
  const picture = sharp(bytes)
    .autoOrient()
    .resize(drawn.width, drawn.height, { fit: 'fill' })
    .removeAlpha()
    .extend({ bottom: CAPTION, background: '#111111' })
    .composite([{ input: Buffer.from(overlay.toString()) }]);
  return context.format === 'png' ? picture.png().toBuffer() : picture.jpeg({ quality: 90 }).toBuffer();
}

function overlayOf(judged: JudgedFrame, context: LookContext, drawn: Size, scale: number): Html {
  const counted = new Set(judged.riders);
  const faint = judged.found.filter(one => !counted.has(one) && one.score >= FAINTEST).slice(0, MOST_FAINT);
  // The strongest last, on top of the others.
  const riders = judged.riders.toReversed();
  const { width, height } = drawn;
  return html`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height + CAPTION}" font-family="sans-serif">
    ${context.zones.map(zone => zoneShape(zone, drawn))}
    ${faint.map(one => box(one, drawn, '#ffffff', 0.15 + 0.5 * one.score, 1))}
    ${riders.map(one => riderShape({ ...one, activity: activityOf(one) }, drawn))}
    ${caption(judged, context, drawn)}
    ${smallest(judged, drawn, scale)}
  </svg>`;
}

function zoneShape({ name, points }: Zone, { width, height }: Size): Html {
  const places = points.map(({ x, y }) => ({ x: x * width, y: y * height }));
  const corners = places.map(({ x, y }) => `${x},${y}`).join(' ');
  const top = places.reduce((best, place) => (place.y < best.y ? place : best));
  const [x, y] = [Math.min(top.x + 6, width - 80), Math.max(16, top.y + 16)];
  return html`<polygon points="${corners}" fill="none" stroke="#000000" stroke-opacity="0.5" stroke-width="3"/>
    <polygon points="${corners}" fill="none" stroke="#ffffff" stroke-width="1.5" stroke-dasharray="8 5"/>
    ${text(x, y, 14, '#ffffff', name)}`;
}

function caption(judged: JudgedFrame, { name, head, zones }: LookContext, { width, height }: Size): Html {
  const { activity, visibility, count, read, zones: byZone } = judged;
  const answer = visibility === 'ok' ? activity : `${activity}: ${visibility}`;
  const riders = countTexts(count).join(', ') || 'no riders';
  const parts = zones.map(zone => `${zone.name}: ${byZone[zone.name]?.activity ?? ''}`);
  const { decode, embed, score } = read.tookMs;
  const took = `scale ${read.detail.scale.toFixed(2)}, ${Math.round(decode + embed + score)} ms`;
  const first = [riders, ...parts].join(' · ');
  const second = `${shortened(name, 60)} · ${read.size.width} × ${read.size.height} · head ${head} · ${took}`;
  return html`<rect x="0" y="${height}" width="${width}" height="${CAPTION}" fill="#111111"/>
    <text x="14" y="${height + 28}" font-size="20" fill="#ffffff"><tspan font-weight="bold" fill="${colourOf(activity)}">${answer}</tspan><tspan dx="16">${first}</tspan></text>
    <text x="14" y="${height + 51}" font-size="14" fill="#bbbbbb">${second}</text>`;
}

/** In the corner of the picture, in its scale. */
function smallest({ read }: JudgedFrame, { width, height }: Size, scale: number): Html {
  const side = read.detail.smallestPx * scale;
  const [x, y] = [width - side - 10, height - side - 10];
  const label = `smallest rider seen well: ${read.detail.smallestPx.toFixed(1)} px`;
  const from = x - 8 - label.length * 6.6;
  return html`<rect x="${from - 6}" y="${y - 8}" width="${width - from + 6}" height="${side + 18}" fill="#000000" fill-opacity="0.45"/>
    <rect x="${x}" y="${y}" width="${side}" height="${side}" fill="#ffffff" fill-opacity="0.35" stroke="#ffffff"/>
    ${text(from, y + side / 2 + 4, 13, '#ffffff', label)}`;
}

function shortened(name: string, length: number): string {
  return name.length <= length ? name : `…${name.slice(1 - length)}`;
}
