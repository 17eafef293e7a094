/** The page of a training report: a phone first, light and dark, and paper. */
import { type Filling, type Html, html, htmlPage } from '../../base/html.ts';

/** Shares of the tint of heat cells, in percent: text stays readable on the deepest. */
const SHADES = Array.from(
  { length: 11 },
  (_, step) =>
    `.shade${step} { background: color-mix(in srgb, var(--heat) ${Math.round(step * 4.5)}%, transparent); }`,
).join('\n');

const LIGHT =
  '--paper: #fff; --card: #f5f7f9; --ink: #17202b; --soft: #586474; --line: #d8dee6; --first: #0072b2; --second: #c25400;';
const DARK =
  '--paper: #12161b; --card: #1b2128; --ink: #e7ebf0; --soft: #9dabbb; --line: #343e4a; --first: #5bb8ea; --second: #f0a13c;';

const STYLE = `
:root { color-scheme: light dark; ${LIGHT} }
@media (prefers-color-scheme: dark) { :root { ${DARK} } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 68rem; margin: 0 auto; padding: 1.25rem 1rem 3rem; }
h1, h2, h3, p, li, dd, figcaption, summary, code { overflow-wrap: anywhere; }
h1 { font-size: clamp(1.45rem, 1.1rem + 1.8vw, 2.1rem); line-height: 1.2; margin: .5rem 0 .75rem; max-width: 36ch; text-wrap: balance; }
h2 { font-size: 1.2rem; line-height: 1.3; margin: 0 0 .4rem; }
h3 { font-size: 1rem; margin: 1.5rem 0 .4rem; }
h2 small, small { color: var(--soft); font-weight: normal; }
p, ul { margin: 0 0 .75rem; max-width: 68ch; }
ul { padding-left: 1.2rem; }
li { margin-bottom: .3rem; }
section { margin-top: 2.75rem; }
code { font: .85em ui-monospace, monospace; }
.kicker { color: var(--soft); font-size: .85rem; margin: 0; }
.lead { font-size: 1.05rem; }
.how, .chart p { color: var(--soft); font-size: .88rem; }
.first { color: var(--first); } .second { color: var(--second); white-space: nowrap; margin-left: .75rem; }

.figures { display: grid; gap: .75rem; grid-template-columns: repeat(auto-fit, minmax(min(15rem, 100%), 1fr)); margin: 1.25rem 0; }
.figure { background: var(--card); border-radius: 10px; padding: .9rem 1rem; }
.figure h2 { font-size: .9rem; font-weight: 600; color: var(--soft); margin: 0; }
.figure p { margin: 0; }
.figure .value { font-size: 2.1rem; font-weight: 650; line-height: 1.25; font-variant-numeric: tabular-nums; }
.figure svg { display: block; width: 100%; height: 14px; margin: .15rem 0 .3rem; }
.track { fill: var(--line); } .span { fill: var(--first); opacity: .55; } .mark { fill: var(--ink); }
.figure .range { font-size: .88rem; font-variant-numeric: tabular-nums; }
.figure .meaning { font-size: .85rem; color: var(--soft); }

.scroll { overflow-x: auto; margin: .75rem 0 1.25rem; }
.scroll:focus-visible { outline: 2px solid var(--first); outline-offset: 2px; }
table { border-collapse: collapse; font-size: .92rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--soft); font-size: .85rem; padding-bottom: .35rem; }
th, td { padding: .4rem .75rem; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
th:first-child { text-align: left; padding-left: 0; }
thead th { font-weight: 600; color: var(--soft); font-size: .85rem; vertical-align: bottom; }
tbody th { font-weight: 500; max-width: 24rem; overflow: hidden; text-overflow: ellipsis; }
.heat td { min-width: 5.2rem; border: 2px solid var(--paper); border-radius: 6px; }
.heat .right { --heat: var(--first); } .heat .wrong { --heat: var(--second); }
.heat small { color: inherit; opacity: .8; }
.pair { display: flex; flex-wrap: wrap; gap: 0 3.5rem; }
.pair .scroll { min-width: 0; max-width: 100%; }
@media (max-width: 30rem) {
  th, td { padding: .4rem .4rem; }
  td small { display: block; }
  .heat td { min-width: 3.6rem; }
}
${SHADES}

.charts { display: grid; gap: 1.25rem 1.5rem; grid-template-columns: repeat(auto-fill, minmax(min(19rem, 100%), 1fr)); }
figure { margin: 0; min-width: 0; break-inside: avoid; }
.chart { max-width: 26rem; }
.chart figcaption { font-weight: 600; font-size: .95rem; margin-bottom: .25rem; }
.chart svg { display: block; width: 100%; height: auto; }
.chart svg text { font: 12px system-ui, sans-serif; }
.chart p { margin: .25rem 0 0; }

.gallery { display: grid; gap: .75rem; grid-template-columns: repeat(auto-fill, minmax(min(9.5rem, 46%), 1fr)); }
.gallery figure { background: var(--card); border-radius: 8px; overflow: hidden; }
.gallery img, .unreadable { display: block; width: 100%; height: auto; aspect-ratio: 4 / 3; object-fit: contain; background: #0b0e11; }
.unreadable { display: grid; place-items: center; color: #9dabbb; font-size: .85rem; font-style: italic; }
.gallery figcaption { padding: .45rem .6rem .6rem; font-size: .85rem; line-height: 1.35; }
.gallery figcaption small { display: block; margin-top: .25rem; font-size: .75rem; }

details { border-top: 1px solid var(--line); padding: .5rem 0; }
details:last-of-type { border-bottom: 1px solid var(--line); }
summary { cursor: pointer; }
details ul { margin: .5rem 0 .25rem; font-size: .92rem; }
dl { display: grid; grid-template-columns: minmax(5.5rem, auto) minmax(0, 1fr); gap: .35rem 1rem; margin: 0; }
dt { color: var(--soft); } dd { margin: 0; }

@media print {
  :root { ${LIGHT} color-scheme: light; }
  body { font-size: 10.5pt; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  main { max-width: none; padding: 0; }
  section { margin-top: 1.5rem; }
  h2, h3 { break-after: avoid; }
  tr, .figure { break-inside: avoid; }
  .scroll { overflow: visible; }
  .charts, .figures { grid-template-columns: repeat(3, 1fr); }
  .gallery { grid-template-columns: repeat(5, 1fr); }
  details::details-content { content-visibility: visible; block-size: auto; }
}
`;

export function reportPage(title: string, content: readonly Filling[]): Html {
  return htmlPage({
    title,
    style: STYLE,
    body: html`<main>
${content}</main>`,
  });
}
