/** Whether probabilities mean what they say (a reliability diagram). */

import { html } from '../../../base/html.ts';
import { counted, percent } from '../../../base/words.ts';
import type { Evaluation } from '../../../learning/fit/evaluation.ts';
import { type Chart, COLOURS, shareAxis } from './chart.ts';

/** One an activity. */
export function reliabilityCharts(evaluation: Evaluation): Chart[] {
  return Object.entries(evaluation.reliability).flatMap(([activity, bins]) => {
    if (bins.length === 0) return [];
    const error = percent(evaluation.calibrationError[activity]);
    const most = Math.max(...bins.map(({ pictures }) => pictures));
    const said = bins.map(
      ({ probability, frequency, pictures }) =>
        `${percent(probability, 0)} said, ${percent(frequency, 0)} true (${counted(pictures, 'picture')})`,
    );
    return [
      {
        title: activity,
        description: `Calibration of ${activity}, expected calibration error ${error}: ${said.join('; ')}.`,
        note: html`Expected calibration error <b>${error}</b>.`,
        plot: {
          x: shareAxis('said'),
          y: shareAxis('true'),
          series: [
            {
              points: [
                [0, 0],
                [1, 1],
              ],
              colour: COLOURS.soft,
              line: 1,
              dashes: '3 3',
            },
            {
              points: bins.map(({ probability, frequency }) => [probability, frequency]),
              colour: COLOURS.first,
              line: 1.5,
              mark: { kind: 'dot', sizes: bins.map(({ pictures }) => 5 + 11 * Math.sqrt(pictures / most)) },
            },
          ],
        },
      },
    ];
  });
}
