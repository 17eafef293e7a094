/** The top of the report: the verdict, three figures with their intervals, how to read them, and what they leave out. */

import { type Html, html } from '../../base/html.ts';
import { moment, percent, range } from '../../base/words.ts';
import type { TrainingRecord } from '../record.ts';
import { type Figure, headlineOf } from './headline.ts';
import { limitsOf } from './limits.ts';

export function summaryHtml(record: TrainingRecord): Html {
  const headline = headlineOf(record);
  const { head, made } = record;
  return html`<header>
<p class="kicker">surfwatch training report · <b>${head.id}</b> · ${moment(made.at)}</p>
<h1>${headline?.verdict ?? 'Nothing was held out: how good this head is, is not known.'}</h1>
${
  headline !== null &&
  html`<p class="lead">${headline.warning} ${headline.confusion} Measured ${headline.basis}.</p>
<div class="figures">
${headline.figures.map(figure => figureHtml(figure, headline.evaluation.pictures))}</div>
<p class="how">How to read it: the bar is the 95 % interval, within which the figure would likely lie for other groups of
the same kind (1,000 bootstrap rounds over whole groups). Two trainings whose intervals overlap much can’t be told
apart. Guessing has a balanced accuracy of ${percent(1 / (head.activities.length + 1), 0)}.</p>`
}
</header>
`;
}

export function limitsHtml(record: TrainingRecord): Html {
  return html`<section id="limits">
<h2>What the figures don’t say</h2>
<ul>${limitsOf(record).map(limit => html`<li>${limit}</li>`)}</ul>
</section>
`;
}

function figureHtml({ name, meaning, value, interval }: Figure, pictures: number): Html {
  const [low, high] = interval.map(share => (100 * share).toFixed(1));
  const width = Math.max(0.8, Number(high) - Number(low)).toFixed(1);
  return html`<div class="figure">
<h2>${name}</h2>
<p class="value">${percent(value, pictures)}</p>
<svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true"><rect class="track" y="2.5" width="100" height="1"/>
<rect class="span" x="${low}" y="1" width="${width}" height="4"/><rect class="mark" x="${(100 * value - 0.4).toFixed(1)}" width="0.8" height="6"/></svg>
<p class="range">${range(interval, pictures)}</p>
<p class="meaning">${meaning}</p>
</div>
`;
}
