/** A contact sheet as one picture, for places that show no page. */
import sharp, { type OverlayOptions } from 'sharp';
import { type Html, html } from '../../base/html.ts';
import {
  type ContactSheet,
  MARKS,
  type SheetSection,
  type Thumbnailed,
  UNREADABLE,
  withThumbnails,
} from './sheet.ts';

/** Pixels. */
const SIDE = 176;
const GAP = 12;
const LINE = 16;
const CAPTION_LINES = 3;
const CELL = { width: SIDE + GAP, height: SIDE + CAPTION_LINES * LINE + GAP };
const COLUMNS = 8;
const WIDTH = COLUMNS * CELL.width + GAP;
const TITLE = 52;
const HEAD = 40;
/** Characters of 12 pixels that a column is wide. */
const CAPTION_WIDTH = 27;
const NOTE_WIDTH = 190;
const NOTE_LINES = 3;

/** So that no sheet grows past about 1500 × 30000 pixels. */
const MAX_PICTURES = 400;
const MAX_SECTIONS = 50;

const INK = { good: '#2e7d32', bad: '#c62828', plain: '#bbbbbb' } as const;

/** The pictures past the limits are counted, not shown: a page holds them all. */
export async function sheetPng(sheet: ContactSheet): Promise<Buffer> {
  const sections = sheet.sections.slice(0, MAX_SECTIONS);
  const left = sheet.sections.length - sections.length;
  const title = left > 0 ? `${sheet.title} (${left} more sections are not shown)` : sheet.title;
  const limit = perSection(sections);
  const strips: Strip[] = [await titleStrip(title)];
  for (const section of sections) strips.push(await sectionStrip(section, limit));
  const layers = strips.map(({ png }, index) => ({
    input: png,
    left: 0,
    top: heightOf(strips.slice(0, index)),
  }));
  return await sharp({ create: { width: WIDTH, height: heightOf(strips), channels: 3, background: 'white' } })
    .composite(layers)
    .png({ compressionLevel: 9 })
    .toBuffer();
}

interface Strip {
  readonly png: Buffer;
  readonly height: number;
}

function heightOf(strips: readonly Strip[]): number {
  return strips.reduce((sum, { height }) => sum + height, 0);
}

/** The most pictures each section may show so that all together stay within the limit. */
function perSection(sections: readonly SheetSection[]): number {
  let limit = MAX_PICTURES;
  const shown = () => sections.reduce((sum, { pictures }) => sum + Math.min(limit, pictures.length), 0);
  while (shown() > MAX_PICTURES) limit--;
  return limit;
}

async function titleStrip(title: string): Promise<Strip> {
  const text = html`<text x="${GAP}" y="36" font-size="24" font-weight="bold">${title}</text>`;
  return { png: await draw(text, TITLE), height: TITLE };
}

async function sectionStrip(section: SheetSection, limit: number): Promise<Strip> {
  const pictures = await withThumbnails(section.pictures.slice(0, limit), SIDE);
  const all = section.pictures.length;
  const count = pictures.length < all ? `the first ${pictures.length} of ${all}` : String(all);
  const notes = wrapped(section.note ?? '', NOTE_WIDTH, NOTE_LINES);
  const head = HEAD + notes.length * LINE;
  const height = head + Math.ceil(pictures.length / COLUMNS) * CELL.height;
  const places = pictures.map((picture, index) => ({
    picture,
    x: GAP + (index % COLUMNS) * CELL.width,
    y: head + Math.floor(index / COLUMNS) * CELL.height,
  }));
  const text = html`<text x="${GAP}" y="26" font-size="18" font-weight="bold">${section.title} (${count})</text>
    ${notes.map((line, index) => html`<text x="${GAP}" y="${HEAD + 4 + index * LINE}" font-size="13">${line}</text>`)}
    ${places.map(({ picture, x, y }) => cell(picture, x, y))}`;
  const layers: OverlayOptions[] = [];
  for (const { picture, x, y } of places) {
    if (picture.jpeg !== null) layers.push(await centred(picture.jpeg, x, y));
  }
  const sheet = sharp(await draw(text, height)).composite(layers);
  return { png: await sheet.png({ compressionLevel: 1 }).toBuffer(), height };
}

async function centred(jpeg: Buffer, x: number, y: number): Promise<OverlayOptions> {
  const { width, height } = await sharp(jpeg).metadata();
  return {
    input: jpeg,
    left: x + Math.floor((SIDE - width) / 2),
    top: y + Math.floor((SIDE - height) / 2),
  };
}

/** Frame, caption and, where there is no picture, what is said instead. Captions are cut off at the cell's edge. */
function cell({ caption, tone = 'plain', jpeg }: Thumbnailed, x: number, y: number): Html {
  const border = tone === 'plain' ? 1 : 4;
  const lines = wrapped(`${MARKS[tone]}${caption}`, CAPTION_WIDTH, CAPTION_LINES);
  const middle = SIDE / 2;
  return html`<rect x="${x - border / 2}" y="${y - border / 2}" width="${SIDE + border}" height="${SIDE + border}"
      fill="#f2f2f2" stroke="${INK[tone]}" stroke-width="${border}"/>
    ${jpeg === null && html`<text x="${x + middle}" y="${y + middle}" font-size="14" font-style="italic" text-anchor="middle">${UNREADABLE}</text>`}
    <svg x="${x}" y="${y + SIDE}" width="${SIDE}" height="${CAPTION_LINES * LINE + 4}">
    ${lines.map((line, index) => html`<text x="0" y="${LINE - 1 + index * LINE}" font-size="12">${line}</text>`)}</svg>`;
}

function draw(content: Html, height: number): Promise<Buffer> {
  const svg = html`<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" font-family="sans-serif">
    <rect width="100%" height="100%" fill="white"/>${content}</svg>`;
  return sharp(Buffer.from(svg.toString())).png({ compressionLevel: 1 }).toBuffer();
}

/**
 * Lines of at most `width` characters, broken at spaces, or within a word that is too long for one. The last of `most`
 * lines ends in an ellipsis where text is left.
 */
export function wrapped(text: string, width: number, most: number): string[] {
  const lines = text.split('\n').flatMap(line => breakLine(line, width));
  if (lines.length <= most) return lines;
  const last = [...(lines[most - 1] ?? '')].slice(0, width - 1).join('');
  return [...lines.slice(0, most - 1), `${last}…`];
}

function breakLine(line: string, width: number): string[] {
  const lines: string[] = [];
  let present = '';
  for (const word of line
    .split(/[ \t\r]+/)
    .filter(part => part !== '')
    .flatMap(word => pieces(word, width))) {
    const longer = present === '' ? word : `${present} ${word}`;
    if ([...longer].length <= width) {
      present = longer;
    } else {
      lines.push(present);
      present = word;
    }
  }
  return present === '' ? lines : [...lines, present];
}

/** By code points, so that no surrogate pair is cut in two. */
function pieces(word: string, width: number): string[] {
  const characters = [...word];
  const parts: string[] = [];
  for (let start = 0; start < characters.length; start += width) {
    parts.push(characters.slice(start, start + width).join(''));
  }
  return parts;
}
