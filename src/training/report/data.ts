/** What was learnt from, what the checks found in it, and how to make the head again. */
import { basename } from 'node:path';
import { type Html, html } from '../../base/html.ts';
import { count, counted } from '../../base/words.ts';
import { FINDINGS, type Finding, type FindingKind } from '../data/findings.ts';
import type { TrainingRecord } from '../record.ts';
import { madeRows } from './made.ts';
import { tableHtml } from './table.ts';

const FIRST = 8;

export function dataHtml({ data, samples }: TrainingRecord): Html {
  const classes = [...new Set(data.sources.flatMap(source => Object.keys(source.classes)))];
  const kinds = [...new Set(data.findings.map(({ kind }) => kind))];
  return html`<section id="data">
<h2>The data</h2>
<p>${counted(samples.fitted, 'sample')} to fit with (augmented views among them), ${counted(samples.held, 'picture')} of
${counted(samples.heldGroups.length, 'group')} held out. SHA-256 of labels, groups and pictures:
<code>${data.sha256}</code></p>
${tableHtml({
  caption: 'Photos, by what they show',
  columns: ['Source', 'Files', 'Groups', ...classes],
  rows: data.sources.map(source => [
    source.name,
    count(source.files),
    count(source.groups),
    ...classes.map(name => count(source.classes[name] ?? 0)),
  ]),
})}
<h3>What the checks found</h3>
${kinds.length === 0 ? html`<p>Nothing.</p>` : kinds.map(kind => findingsHtml(kind, data.findings))}</section>
`;
}

function findingsHtml(kind: FindingKind, all: readonly Finding[]): Html {
  const own = all.filter(finding => finding.kind === kind);
  const leftOut = new Set(own.flatMap(finding => finding.leftOut)).size;
  const more = own.length - FIRST;
  return html`<details>
<summary><b>${kind}</b> × ${count(own.length)}${leftOut > 0 && html` (${counted(leftOut, 'file')} left out)`}: ${FINDINGS[kind]}</summary>
<ul>
${own.slice(0, FIRST).map(
  ({ message, files }) => html`<li>${message}${
    files.length > 0 &&
    html`
<small title="${files[0]}">${files.slice(0, 3).map(file => html`<code>${basename(file)}</code> `)}</small>`
  }</li>
`,
)}${more > 0 && html`<li>and ${count(more)} more</li>`}</ul>
</details>
`;
}

export function madeHtml({ head, made }: TrainingRecord): Html {
  const thresholds = Object.entries(head.thresholds).map(([name, value]) => `${name} ${value.toFixed(2)}`);
  return html`<section id="made">
<h2>How it was made</h2>
${madeRows(made, [
  ['Recipe', made.recipe],
  ['Backbone', html`${head.backbone.id} <code>${head.backbone.sha256.slice(0, 12)}…</code>`],
  ['Thresholds', thresholds.join(', ')],
])}</section>
`;
}
