/** The report of a training: one page that needs nothing else. */

import { type Html, html } from '../../base/html.ts';
import { thumbnail } from '../../learning/sheet/thumbnail.ts';
import type { TrainingRecord } from '../record.ts';
import { drawCharts } from './charts/chart.ts';
import { epochCharts } from './charts/epochs.ts';
import { precisionRecallCharts } from './charts/precision-recall.ts';
import { reliabilityCharts } from './charts/reliability.ts';
import { curveHtml } from './curve.ts';
import { dataHtml, madeHtml } from './data.ts';
import { galleryHtml, type PictureReader } from './gallery.ts';
import { type Headline, headlineOf } from './headline.ts';
import { reportPage } from './page.ts';
import { confusionHtml, foldsHtml, groupsHtml, sourcesHtml } from './results.ts';
import { limitsHtml, summaryHtml } from './summary.ts';

export type { PictureReader } from './gallery.ts';

/**
 * @param pictures reads the pictures that are shown
 * @returns HTML without scripts, that loads nothing and shows what it was given as text only
 */
export async function renderReport(
  record: TrainingRecord,
  pictures: PictureReader = thumbnail,
): Promise<string> {
  const headline = headlineOf(record);
  return reportPage(`Training report of ${record.head.id}`, [
    summaryHtml(record),
    headline && sourcesHtml(record),
    limitsHtml(record),
    epochsHtml(record),
    headline && confusionHtml(headline),
    headline && precisionHtml(record, headline),
    headline && calibrationHtml(headline),
    foldsHtml(record),
    headline && groupsHtml(headline),
    curveHtml(record.curve),
    await galleryHtml(
      {
        id: 'mistakes',
        title: 'Worst mistakes',
        note: 'Held-out pictures of which it was most sure and wrong: what is it that they have in common?',
        mistakes: record.mistakes,
      },
      pictures,
    ),
    await galleryHtml(
      {
        id: 'suspects',
        title: 'Perhaps mislabelled',
        note: 'Heads that never saw these pictures contradict their labels. Look at each: a wrong label teaches wrong, a right one is a hard picture to keep.',
        mistakes: record.suspects,
      },
      pictures,
    ),
    dataHtml(record),
    madeHtml(record),
  ]).toString();
}

function epochsHtml({ epochs, bestEpoch }: TrainingRecord): Html | null {
  const charts = epochCharts(epochs, bestEpoch);
  if (charts.length === 0) return null;
  return html`<section id="epochs">
<h2>Epoch by epoch</h2>
<p>The weights of epoch ${bestEpoch} of ${epochs.length} were kept. Where the loss of the held-out pictures rises while the other falls, it learns by heart.</p>
${drawCharts(charts)}</section>
`;
}

function precisionHtml({ head }: TrainingRecord, { evaluation }: Headline): Html | null {
  const charts = precisionRecallCharts(evaluation, head.thresholds);
  if (charts.length === 0) return null;
  return html`<section id="precision-recall">
<h2>Precision and recall</h2>
<p>A higher threshold moves left along the curve: fewer false alarms, more that is missed.</p>
${drawCharts(charts)}</section>
`;
}

function calibrationHtml({ evaluation }: Headline): Html | null {
  const charts = reliabilityCharts(evaluation);
  if (charts.length === 0) return null;
  return html`<section id="calibration">
<h2>Do probabilities mean what they say?</h2>
<p>On the dotted line they do: of the pictures it gives 80 %, 80 % show it. Larger dots are more pictures.</p>
${drawCharts(charts)}</section>
`;
}
