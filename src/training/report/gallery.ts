/** Pictures that deserve a look. */
import type { Rectangle } from '../../base/geometry.ts';
import { type Html, html } from '../../base/html.ts';
import { count } from '../../base/words.ts';
import { jpegUri, thumbnail } from '../../learning/sheet/thumbnail.ts';

/** Pixels: twice what a phone shows, about 10 kB a picture. */
const SIDE = 260;
const MOST = 24;

export interface GalleryPicture {
  readonly file: string;
  /** The part that is shown, as shares of the upright picture; absent for all of it. */
  readonly part?: Rectangle;
  /** What it shows, for who cannot see it. */
  readonly description: string;
  readonly caption: Html;
}

export interface Gallery {
  readonly id: string;
  readonly title: string;
  readonly note: string;
  readonly pictures: readonly GalleryPicture[];
}

/** @returns null where there is no picture */
export async function galleryHtml({ id, title, note, pictures }: Gallery): Promise<Html | null> {
  if (pictures.length === 0) return null;
  const shown: Html[] = [];
  for (const { file, part, description, caption } of pictures.slice(0, MOST)) {
    const jpeg = await thumbnail(file, SIDE, part);
    const picture =
      jpeg === null
        ? html`<div class="unreadable">can’t be read</div>`
        : html`<img src="${jpegUri(jpeg)}" alt="${description}" decoding="async">`;
    shown.push(html`<figure title="${file}">${picture}
<figcaption>${caption}</figcaption></figure>
`);
  }
  const left = pictures.length - shown.length;
  return html`<section id="${id}">
<h2>${title} <small>(${count(pictures.length)})</small></h2>
<p>${note}</p>
<div class="gallery">
${shown}</div>
${left > 0 && html`<p>${count(left)} more are in metrics.json.</p>`}</section>
`;
}
