/** The report of a training: one page that needs nothing else. */

import { basename } from 'node:path';
import { NONE } from '../../base/activities.ts';
import { type Html, html } from '../../base/html.ts';
import { percent } from '../../base/words.ts';
import type { Mistake, TrainingRecord } from '../record.ts';
import { drawCharts } from './charts/chart.ts';
import { epochCharts } from './charts/epochs.ts';
import { precisionRecallCharts } from './charts/precision-recall.ts';
import { reliabilityCharts } from './charts/reliability.ts';
import { curveHtml } from './curve.ts';
import { dataHtml, madeHtml } from './data.ts';
import { type GalleryPicture, galleryHtml } from './gallery.ts';
import { type Headline, headlineOf } from './headline.ts';
import { reportPage } from './page.ts';
import { confusionHtml, foldsHtml, groupsHtml, sourcesHtml } from './results.ts';
import { limitsHtml, summaryHtml } from './summary.ts';

/** @returns HTML without scripts, that loads nothing and shows what it was given as text only */
export async function renderReport(record: TrainingRecord): Promise<string> {
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
    await galleryHtml({
      id: 'mistakes',
      title: 'Worst mistakes',
      note: 'Held-out pictures of which it was most sure and wrong: what is it that they have in common?',
      pictures: record.mistakes.map(pictureOf),
    }),
    await galleryHtml({
      id: 'suspects',
      title: 'Perhaps mislabelled',
      note: 'Heads that never saw these pictures contradict their labels. Look at each: a wrong label teaches wrong, a right one is a hard picture to keep.',
      pictures: record.suspects.map(pictureOf),
    }),
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

function pictureOf({ file, source, group, truth, found, scores }: Mistake): GalleryPicture {
  const [label, answer] = [truth, found].map(names => (names.length === 0 ? NONE : names.join(' + ')));
  const said = Object.entries(scores).map(([name, score]) => `${name} ${percent(score, 0)}`);
  return {
    file,
    description: `Labelled ${label}, found ${answer}`,
    caption: html`<b>labelled ${label}</b><br>found ${answer}
<small>${said.join(' · ')}<br>${basename(file)} · ${group === file ? source : `${source} · ${group}`}</small>`,
  };
}
