/** Pictures that deserve a look. */
import { basename } from 'node:path';
import { NONE } from '../../base/activities.ts';
import type { Rectangle } from '../../base/geometry.ts';
import { type Html, html } from '../../base/html.ts';
import { count, percent } from '../../base/words.ts';
import { jpegUri } from '../../learning/sheet/thumbnail.ts';
import type { Mistake } from '../record.ts';

/**
 * Reads a picture, or the part of it, as a JPEG that fits in a square of `size` pixels; null where it cannot be read.
 * {@link ../sheet/thumbnail.ts thumbnail} is one.
 */
export type PictureReader = (file: string, size: number, part?: Rectangle) => Promise<Buffer | null>;

/** Pixels: twice what a phone shows, about 10 kB a picture. */
const SIDE = 260;
const MOST = 24;

export interface Gallery {
  readonly id: string;
  readonly title: string;
  readonly note: string;
  readonly mistakes: readonly Mistake[];
}

/** @returns null where there is no picture */
export async function galleryHtml(gallery: Gallery, read: PictureReader): Promise<Html | null> {
  const { id, title, note, mistakes } = gallery;
  if (mistakes.length === 0) return null;
  const shown: Html[] = [];
  for (const mistake of mistakes.slice(0, MOST))
    shown.push(pictureHtml(mistake, await read(mistake.file, SIDE, mistake.rectangle)));
  const left = mistakes.length - shown.length;
  return html`<section id="${id}">
<h2>${title} <small>(${count(mistakes.length)})</small></h2>
<p>${note}</p>
<div class="gallery">
${shown}</div>
${left > 0 && html`<p>${count(left)} more are in metrics.json.</p>`}</section>
`;
}

function pictureHtml({ file, source, group, truth, found, scores }: Mistake, jpeg: Buffer | null): Html {
  const label = named(truth);
  const answer = named(found);
  const said = Object.entries(scores).map(([name, score]) => `${name} ${percent(score, 0)}`);
  const picture =
    jpeg === null
      ? html`<div class="unreadable">can’t be read</div>`
      : html`<img src="${jpegUri(jpeg)}" alt="Labelled ${label}, found ${answer}" decoding="async">`;
  return html`<figure title="${file}">${picture}
<figcaption><b>labelled ${label}</b><br>found ${answer}
<small>${said.join(' · ')}<br>${basename(file)} · ${group === file ? source : `${source} · ${group}`}</small></figcaption></figure>
`;
}

function named(activities: readonly string[]): string {
  return activities.length === 0 ? NONE : activities.join(' + ');
}
