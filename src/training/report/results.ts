/** Figures by source, by fold and by group; and what was taken for what. */

import { type Html, html } from '../../base/html.ts';
import { count, percent, range } from '../../base/words.ts';
import type { Evaluation } from '../../learning/fit/evaluation.ts';
import type { TrainingRecord } from '../record.ts';
import { ALL, type Headline, overall } from './headline.ts';
import { tableHtml } from './table.ts';

const WORST_GROUPS = 10;

export function sourcesHtml({ held, folds }: TrainingRecord): Html {
  const tables = [
    ...(folds === null ? [] : [{ caption: 'Cross-validation', evaluations: folds.pooled }]),
    { caption: folds === null ? 'Held-out groups' : 'The one split', evaluations: held },
  ].filter(({ evaluations }) => overall(evaluations) !== null);
  return html`<section id="sources">
<h2>By source</h2>
<div class="pair">${tables.map(({ caption, evaluations }) =>
    tableHtml({
      caption,
      columns: ['Source', 'Pictures', 'Accuracy', 'Balanced', 'Activities apart'],
      rows: withoutRepeat(evaluations).map(([name, own]) => [
        name,
        count(own.pictures),
        ...[
          { value: own.accuracy, interval: own.intervals.accuracy },
          { value: own.balancedAccuracy, interval: own.intervals.balancedAccuracy },
          { value: own.activityAccuracy, interval: own.intervals.activityAccuracy },
        ].map(({ value, interval }) =>
          interval === null
            ? '–'
            : html`${percent(value, own.pictures)} <small>${range(interval, own.pictures)}</small>`,
        ),
      ]),
    }),
  )}</div></section>
`;
}

/** Without the figures of all sources where there is one source alone: they are the same. */
export function withoutRepeat(evaluations: Readonly<Record<string, Evaluation>>): [string, Evaluation][] {
  const all = Object.entries(evaluations);
  return all.length === 2 ? all.filter(([name]) => name !== ALL) : all;
}

export function foldsHtml({ folds }: TrainingRecord): Html | null {
  if (folds === null) return null;
  return html`<section id="folds">
<h2>Fold by fold</h2>
<p>How much the figures depend on which groups are held out.</p>
${tableHtml({
  caption: `${folds.count} folds`,
  columns: ['Fold', 'Pictures', 'Accuracy', 'Balanced', 'Activities apart'],
  rows: folds.each.map((fold, index) => [
    String(index + 1),
    count(fold.pictures),
    percent(fold.accuracy, fold.pictures),
    percent(fold.balancedAccuracy, fold.pictures),
    percent(fold.activityAccuracy, fold.pictures),
  ]),
})}</section>
`;
}

/** A heat table: rows are the truth, each shaded by its share of the row. */
export function confusionHtml({ evaluation }: Headline): Html {
  const names = Object.keys(evaluation.confusion);
  const { classes } = evaluation;
  return html`<section id="confusion">
<h2>What was taken for what</h2>
<p>Rows are the truth, columns what was found; the deeper, the larger its share of the row.</p>
<div class="pair"><div class="scroll" role="region" aria-label="Confusion matrix" tabindex="0"><table class="heat">
<caption>Confusion matrix</caption>
<thead><tr><th scope="col">Truth</th>${names.map(name => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>
${names.map(truth => {
  const row = evaluation.confusion[truth] ?? {};
  const all = Object.values(row).reduce((sum, times) => sum + times, 0);
  return html`<tr><th scope="row">${truth}</th>${names.map(found => heatCell(row[found] ?? 0, all, found === truth))}</tr>
`;
})}</tbody>
</table></div>
${tableHtml({
  caption: 'Each class, by its threshold',
  columns: ['Class', 'Pictures', 'Precision', 'Recall', 'F1'],
  rows: names.map(name => {
    const { support = 0, precision, recall, f1 } = classes[name] ?? {};
    return [
      name,
      count(support),
      percent(precision, support),
      percent(recall, support),
      f1?.toFixed(2) ?? '–',
    ];
  }),
})}</div></section>
`;
}

function heatCell(times: number, all: number, right: boolean): Html {
  const share = all === 0 ? 0 : times / all;
  const shade = `${right ? 'right' : 'wrong'} shade${Math.round(10 * share)}`;
  return html`<td class="${shade}">${count(times)} <small>${percent(share, 0)}</small></td>`;
}

export function groupsHtml({ evaluation }: Headline): Html | null {
  const worst = evaluation.groups.filter(({ accuracy }) => accuracy < 1).slice(0, WORST_GROUPS);
  if (worst.length === 0) return null;
  return html`<section id="groups">
<h2>Hardest groups</h2>
<p>Of ${count(evaluation.groups.length)} groups with three measured pictures or more.</p>
${tableHtml({
  caption: 'Worst first',
  columns: ['Group', 'Pictures', 'Right'],
  rows: worst.map(({ group, pictures, accuracy }) => [group, count(pictures), percent(accuracy, 0)]),
})}</section>
`;
}
