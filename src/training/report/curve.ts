/** What more photos would bring. */

import { type Html, html } from '../../base/html.ts';
import { count, percent, range } from '../../base/words.ts';
import type { LearningCurve } from '../../learning/fit/learning-curve-fit.ts';
import { accuracyAt, lawOf } from '../../learning/fit/learning-curve-fit.ts';
import { drawCharts } from './charts/chart.ts';
import { learningCurveChart } from './charts/learning-curve.ts';

export function curveHtml(curve: LearningCurve | null): Html | null {
  if (curve === null || curve.points.length === 0) return null;
  return html`<section id="curve">
<h2>Would more photos help?</h2>
<p><b>${prospect(curve)}</b></p>
${drawCharts([learningCurveChart(curve)])}
<p class="how">Dots: mean accuracy on the same held-out groups of heads fitted to a part of the groups; bars: standard deviation
between them.${
    curve.next !== null &&
    html` Dashed: a power law through them. ◆: what it says of more, with its 95 % interval. It assumes
more photos like those there are; photos of places and classes that are missing bring more.`
  }</p>
</section>
`;
}

/** In a sentence, what the next photos would likely bring. */
export function prospect({ points, next }: LearningCurve): string {
  const last = Math.max(...points.map(({ photos }) => photos));
  if (next === null) return 'These points don’t tell what more photos would bring.';
  const gain = 100 * (next.accuracy - accuracyAt(lawOf(points), last));
  const expected = `${percent(next.accuracy)} (${range([next.low, next.high])})`;
  const more = count(next.photos - last);
  if (gain < 0.05) return `The next ${more} photos would likely change nothing: ${expected}.`;
  return `The next ${more} photos would likely bring ${gain.toFixed(1)} ${gain.toFixed(1) === '1.0' ? 'point' : 'points'} of accuracy, to ${expected}.`;
}
