/** Precision against recall, with the threshold that was chosen. */

import { html } from '../../../base/html.ts';
import { percent } from '../../../base/words.ts';
import type { Evaluation } from '../../../learning/fit/evaluation.ts';
import { type Chart, COLOURS, shareAxis } from './chart.ts';

/** One an activity of which there is a picture. */
export function precisionRecallCharts(
  evaluation: Evaluation,
  thresholds: Readonly<Record<string, number>>,
): Chart[] {
  return Object.entries(evaluation.precisionRecall).flatMap(([activity, points]) => {
    if (points.length === 0) return [];
    const { precision = null, recall = null, support = 0 } = evaluation.classes[activity] ?? {};
    const threshold = (thresholds[activity] ?? 0.5).toFixed(2);
    const area = percent(evaluation.averagePrecision[activity]);
    const chosen = precision === null || recall === null ? [] : [[recall, precision] as const];
    const says = `at the threshold: precision ${percent(precision, support)}, recall ${percent(recall, support)}`;
    return [
      {
        title: activity,
        description: `Precision against recall of ${activity}: average precision ${area}; ${says}.`,
        note: html`Average precision <b>${area}</b>; ◆ ${says} (threshold ${threshold}).`,
        plot: {
          x: shareAxis('recall'),
          y: shareAxis('precision'),
          series: [
            {
              points: [
                [0, points[0]?.precision ?? 1],
                ...points.map(point => [point.recall, point.precision] as const),
              ],
              colour: COLOURS.first,
              line: 2,
            },
            { points: chosen, colour: COLOURS.second, mark: { kind: 'diamond', sizes: [14] } },
          ],
        },
      },
    ];
  });
}
