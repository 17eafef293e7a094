/** What was learnt from, what the checks found in it, and how to make the head again. */
import { basename } from 'node:path';
import { type Html, html } from '../../base/html.ts';
import { count, counted, duration, moment } from '../../base/words.ts';
import { FINDINGS, type Finding, type FindingKind } from '../data/findings.ts';
import type { TrainingRecord } from '../record.ts';
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
  caption: 'Photos, and tiles of frames, by what they show',
  columns: ['Source', 'Files', 'Groups', ...classes],
  rows: data.sources.map(source => [
    html`${source.name} <small>${source.kind}</small>`,
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
  const all = Object.values(made.seconds).reduce((sum, seconds) => sum + seconds, 0);
  const rows: [string, Html | string][] = [
    ['Command', html`<code>${made.command}</code>`],
    ['Seed', String(made.seed)],
    ['Recipe', made.recipe],
    ['Backbone', html`${head.backbone.id} <code>${head.backbone.sha256.slice(0, 12)}…</code>`],
    ['Thresholds', list(head.thresholds, threshold => threshold.toFixed(2))],
    ['Versions', list(made.versions, version => version)],
    ['Machine', made.machine],
    ['Made', moment(made.at)],
    ['Time', html`${duration(all)} (${list(made.seconds, duration)})`],
  ];
  return html`<section id="made">
<h2>How it was made</h2>
<dl>
${rows.map(
  ([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>
`,
)}</dl>
</section>
`;
}

function list<T>(values: Readonly<Record<string, T>>, say: (value: T) => string): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} ${say(value)}`)
    .join(', ');
}
