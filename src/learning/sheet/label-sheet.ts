/** A page to label from: frames at full width, what may be a rider in them three times as large, and the command to copy. */
import type { Rectangle } from '../../base/geometry.ts';
import { type Html, html, htmlPage } from '../../base/html.ts';
import { LABEL_SHEET_SCRIPT, LABEL_SHEET_STYLE } from './label-sheet-page.ts';
import { jpegUri } from './thumbnail.ts';

export interface LabelSheet {
  /** What the commands end in, so that they reach the same daemon; quoted for a shell, empty where nothing is needed. */
  readonly where: string;
  readonly frames: readonly SheetFrame[];
}

export interface SheetFrame {
  /** Id of the frame. */
  readonly frame: string;
  /** In local time. */
  readonly taken: string;
  readonly reasons: readonly string[];
  /** What a rider may do. */
  readonly activities: readonly string[];
  readonly places: readonly SheetPlace[];
  /** Upright JPEG and its size in pixels; null where there is none. */
  readonly picture: { readonly jpeg: Buffer; readonly width: number; readonly height: number } | null;
  /** Why there is none; empty where there is one. */
  readonly missing: string;
}

export interface SheetPlace {
  /** As `label --not` takes it; null for what did not count as a rider. */
  readonly number: number | null;
  /** Middle, as shares of the frame. */
  readonly x: number;
  readonly y: number;
  readonly rectangle: Rectangle;
  readonly activity: string;
  /** Probability that it is a rider, 0..1. */
  readonly score: number;
}

/** Picture pixels of a crop at least and at most, and screen pixels of each of them. */
const CROP = { least: 96, most: 320, scale: 3, widest: 480 };

/** @returns one self-contained page, which asks for nothing from elsewhere */
export function labelSheetHtml({ frames, where }: LabelSheet): string {
  return htmlPage({
    title: 'What to label next',
    style: LABEL_SHEET_STYLE,
    script: LABEL_SHEET_SCRIPT,
    body: html`<h1>What to label next</h1>
<p>Say of each place what it is, click in the frame on riders that have no box, and copy the command into a terminal. Tick
<em>these are all</em> only where every rider of the frame is named: everywhere else is then learnt as nobody.</p>
${frames.map((frame, index) => frameHtml(frame, index, where))}`,
  }).toString();
}

function frameHtml(frame: SheetFrame, index: number, where: string): Html {
  const { frame: id, taken, reasons, activities, places, picture, missing } = frame;
  const [first = ''] = activities;
  return html`<section data-frame="${id}" data-where="${where}">
<h2>${id} <small>${taken}</small></h2>
<ul class="why">${reasons.map(reason => html`<li>${reason}</li>`)}</ul>
${picture === null ? html`<p class="missing">${missing}</p>` : pictureHtml(frame, picture, index)}
<ol class="places">
${places.map(place => placeHtml(place, frame, index))}</ol>
<p class="say">
<label>A click marks <select class="new">${activities.map(name => optionHtml(name, first))}</select></label>
<label><input type="checkbox" class="complete"> these are all</label>
<button type="button" class="nobody">nobody is there</button>
</p>
<p class="say"><code class="command">surfwatch label ${id}</code> <button type="button" class="copy">Copy</button></p>
</section>
`;
}

function pictureHtml(
  { places }: SheetFrame,
  { jpeg, width, height }: NonNullable<SheetFrame['picture']>,
  index: number,
): Html {
  return html`<svg class="frame" viewBox="0 0 ${width} ${height}" role="img" aria-label="The frame, its places numbered">
<image id="picture${index}" href="${jpegUri(jpeg)}" width="${width}" height="${height}"/>
<g class="marks">${places.map(place => markHtml(place, width, height))}</g>
</svg>
`;
}

/** A box with its number above, of a size that can be read however large the picture is. */
function markHtml({ number, rectangle, x, y }: SheetPlace, width: number, height: number): Html {
  const text = width / 64;
  const [left, top] = [rectangle.x * width, rectangle.y * height];
  return html`<g data-x="${x}" data-y="${y}" class="${number === null ? 'weak' : 'counted'}">
<rect x="${left}" y="${top}" width="${rectangle.w * width}" height="${rectangle.h * height}"/>
<text x="${left}" y="${top < text ? top + rectangle.h * height + text : top - text / 4}" font-size="${text}">${number ?? '?'}</text></g>`;
}

function placeHtml(place: SheetPlace, { activities, picture }: SheetFrame, index: number): Html {
  const { number, x, y, activity, score } = place;
  const chosen = number === null ? NOBODY : activity;
  const names = [...new Set([activity, ...activities])];
  return html`<li data-number="${number ?? ''}" data-x="${x.toFixed(4)}" data-y="${y.toFixed(4)}" data-activity="${activity}">
${picture !== null && cropHtml(place, picture, index)}
<label><b>${number ?? '?'}</b> <select>${[...names, NOBODY].map(name => optionHtml(name, chosen))}</select>
<small>${activity} ${score.toFixed(2)}</small></label></li>
`;
}

const NOBODY = 'nobody';

function optionHtml(name: string, chosen: string): Html {
  return name === chosen
    ? html`<option selected value="${name}">${name}</option>`
    : html`<option value="${name}">${name}</option>`;
}

/** The part around a place, within the picture, drawn from the picture above it. */
function cropHtml(
  { rectangle, x, y }: SheetPlace,
  { width, height }: NonNullable<SheetFrame['picture']>,
  index: number,
): Html {
  const wanted = 2 * Math.max(rectangle.w * width, rectangle.h * height);
  const side = Math.min(width, height, Math.max(CROP.least, Math.min(CROP.most, wanted)));
  const shown = Math.round(Math.min(CROP.widest, CROP.scale * side));
  const from = (middle: number, all: number) => Math.max(0, Math.min(all - side, middle * all - side / 2));
  const { x: left, y: top, w, h } = rectangle;
  return html`<svg class="crop" viewBox="${from(x, width).toFixed(1)} ${from(y, height).toFixed(1)} ${side.toFixed(1)} ${side.toFixed(1)}" width="${shown}" height="${shown}" aria-hidden="true"><use href="#picture${index}"/><rect x="${left * width}" y="${top * height}" width="${w * width}" height="${h * height}"/></svg>`;
}
