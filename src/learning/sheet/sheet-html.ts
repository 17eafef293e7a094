/** A contact sheet as one self-contained page: no script, nothing loaded from elsewhere. */
import { type Html, html, htmlPage } from '../../base/html.ts';
import {
  type ContactSheet,
  MARKS,
  type SheetSection,
  type Thumbnailed,
  UNREADABLE,
  withThumbnails,
} from './sheet.ts';
import { jpegUri } from './thumbnail.ts';

/** Longest side in pixels: sharp enough on a phone, about 8 kB a picture. */
const SIDE = 200;

const STYLE = `
:root { color-scheme: light dark; --line: #8886; --tile: #8882; --good: #2e7d32; --bad: #c62828; }
@media (prefers-color-scheme: dark) { :root { --good: #81c784; --bad: #ff8a80; } }
body { font: 15px/1.45 system-ui, sans-serif; margin: 0 auto; padding: 1rem; max-width: 90rem; overflow-wrap: anywhere; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin: 2rem 0 .25rem; }
h2 small { font-weight: normal; opacity: .75; } p { margin: .25rem 0 .75rem; max-width: 46rem; }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1rem; }
.grid { display: grid; gap: .6rem; grid-template-columns: repeat(auto-fill, minmax(min(9rem, 45%), 1fr)); }
figure { margin: 0; border: 1px solid var(--line); border-radius: 4px; overflow: hidden; min-width: 0; }
figure.good { border: 3px solid var(--good); } figure.bad { border: 3px solid var(--bad); }
img, .unreadable { display: block; width: 100%; height: auto; aspect-ratio: 1; object-fit: contain; background: var(--tile); }
.unreadable { display: grid; place-items: center; text-align: center; font-style: italic; }
figcaption { padding: .3rem .45rem .4rem; font-size: .8rem; white-space: pre-line; }
`;

export async function sheetHtml(sheet: ContactSheet): Promise<string> {
  const sections: Html[] = [];
  for (const [index, section] of sheet.sections.entries()) {
    sections.push(sectionHtml(section, index, await withThumbnails(section.pictures, SIDE)));
  }
  return htmlPage({
    title: sheet.title,
    style: STYLE,
    body: html`<h1>${sheet.title}</h1>
<nav>${sheet.sections.map(({ title }, index) => html`<a href="#s${index}">${title}</a> `)}</nav>
${sections}`,
  }).toString();
}

function sectionHtml({ title, note }: SheetSection, index: number, pictures: readonly Thumbnailed[]): Html {
  return html`<section id="s${index}">
<h2>${title} <small>(${pictures.length})</small></h2>
${note !== undefined && html`<p>${note}</p>`}
<div class="grid">
${pictures.map(pictureHtml)}</div>
</section>
`;
}

function pictureHtml({ file, caption, tone = 'plain', jpeg }: Thumbnailed): Html {
  const shown =
    jpeg === null
      ? html`<div class="unreadable">${UNREADABLE}</div>`
      : html`<img src="${jpegUri(jpeg)}" alt="" width="${SIDE}" height="${SIDE}" decoding="async">`;
  return html`<figure class="${tone}" title="${file}">${shown}<figcaption>${MARKS[tone]}${caption}</figcaption></figure>
`;
}
