/** The report of a training of a head for riders: one page that needs nothing else. */
import { basename } from 'node:path';
import { type Html, html } from '../../../base/html.ts';
import { count, moment, percent } from '../../../base/words.ts';
import { axis, type Chart, COLOURS, drawCharts, shareAxis } from '../../report/charts/chart.ts';
import { type GalleryPicture, galleryHtml } from '../../report/gallery.ts';
import { madeRows } from '../../report/made.ts';
import { reportPage } from '../../report/page.ts';
import { judgedBy, sightWarning } from '../../report/sight-words.ts';
import { tableHtml } from '../../report/table.ts';
import type { RidersRecord, ShownPlace } from '../record.ts';
import { limitsOf } from './limits.ts';
import {
  FIGURE_COLUMNS,
  FIGURE_MEANINGS,
  figureCells,
  GROUND_CAPTION,
  groundRows,
  howJudged,
  share,
} from './rows.ts';

export async function renderRidersReport(record: RidersRecord): Promise<string> {
  const { misses, alarms } = record.judged;
  return reportPage(`Training report of ${record.head.id}`, [
    summaryHtml(record),
    html`<section id="limits">
<h2>What the figures don’t say</h2>
<ul>${limitsOf(record).map(limit => html`<li>${limit}</li>`)}</ul>
</section>
`,
    camerasHtml(record),
    chartsHtml(record),
    await galleryHtml({
      id: 'misses',
      title: 'Riders it does not count',
      note: 'The largest first, four of a camera.',
      pictures: misses.map(pictureOf),
    }),
    await galleryHtml({
      id: 'alarms',
      title: 'False alarms',
      note: 'What it was surest of first, four of a camera. Look for riders without a box: those are mistakes of the boxes.',
      pictures: alarms.map(pictureOf),
    }),
    dataHtml(record),
  ]).toString();
}

function summaryHtml({ head, made, judged }: RidersRecord): Html {
  const { overall } = judged;
  const figure = (name: string, value: string, meaning: string) => html`<div class="figure">
<h2>${name}</h2>
<p class="value">${value}</p>
<p class="meaning">${meaning}</p>
</div>
`;
  return html`<header>
<p class="kicker">surfwatch training report · <b>${head.id}</b> · ${moment(made.at)}</p>
<h1>On ${judgedBy('camera', judged.sight)} it reports ${share(overall.found, overall.withRiders)} of the frames with riders, and leaves ${share(overall.leftAlone, overall.empty)} of the others alone.</h1>
<p class="lead">${sightWarning('camera', judged.sight)} Single frames, judged ${howJudged(judged)}.</p>
<div class="figures">
${figure('recall', share(overall.hit, overall.riders), `of ${count(overall.riders)} riders are counted`)}
${figure('precision', share(overall.hit, overall.counted), 'of those counted are riders')}
${figure('activity', share(overall.named, overall.hit), 'of the riders counted have the right one')}
${figure('count', overall.countError === null ? '–' : overall.countError.toFixed(1), 'riders too many or too few in a frame, on average')}</div>
<p class="how">${FIGURE_MEANINGS}</p>
</header>
`;
}

function camerasHtml({ judged }: RidersRecord): Html {
  const ground = groundRows(judged.ground);
  return html`<section id="cameras">
<h2>By camera</h2>
${tableHtml({
  caption: 'Frames of cameras that were held out',
  columns: ['Camera', ...FIGURE_COLUMNS],
  rows: [
    ['all', ...figureCells(judged.overall)],
    ...judged.cameras.map(camera => [camera.name, ...figureCells(camera)]),
  ],
})}
${tableHtml({
  caption: 'Riders by their height in pixels of the frame',
  columns: ['Height', 'Riders', 'Counted'],
  rows: judged.overall.heights.map(({ from, to, riders, hit }) => [
    to === null ? `${from} and more` : `${from} to ${to}`,
    count(riders),
    share(hit, riders),
  ]),
})}
${ground.length > 0 && tableHtml({ caption: GROUND_CAPTION, columns: ['Where', 'Places', 'Share'], rows: ground })}</section>
`;
}

function chartsHtml({ judged, fit, head }: RidersRecord): Html | null {
  const charts: Chart[] = [];
  const { curve, hit, riders, counted } = judged.overall;
  const limits = [head.cells.rider, head.cells.crowd]
    .filter(limit => limit !== undefined)
    .join(', in a crowd ');
  if (curve.length > 1) {
    charts.push({
      title: 'Precision and recall of riders',
      description: `Precision against recall as the limit falls; at ${limits} recall ${share(hit, riders)}, precision ${share(hit, counted)}.`,
      note: html`◆ at ${limits}, from which one counts: recall ${share(hit, riders)}, precision ${share(hit, counted)}.`,
      plot: {
        x: shareAxis('recall'),
        y: shareAxis('precision'),
        series: [
          {
            points: curve.map(({ recall, precision }) => [recall, precision]),
            colour: COLOURS.first,
            line: 2,
          },
          {
            points: riders === 0 || counted === 0 ? [] : [[hit / riders, hit / counted]],
            colour: COLOURS.second,
            mark: { kind: 'diamond', sizes: [14] },
          },
        ],
      },
    });
  }
  const held = fit.curves.filter(each => each.some(({ heldLoss }) => heldLoss !== null));
  if (held.length > 0) {
    charts.push({
      title: 'Loss on cameras held out',
      description: `Cross-entropy by epoch, a line a fold; epoch ${fit.kept} of ${fit.epochs} was kept.`,
      note: html`A line a fold; epoch ${fit.kept} was kept.`,
      plot: {
        x: axis('epoch', 0, fit.epochs, { whole: true }),
        y: axis('cross-entropy', 0, Math.max(...held.flat().map(({ heldLoss }) => heldLoss ?? 0)), {
          round: true,
        }),
        series: held.map(each => ({
          points: each.map(({ epoch, heldLoss }) => [epoch, heldLoss ?? 0]),
          colour: COLOURS.first,
          line: 2,
        })),
      },
    });
  }
  if (charts.length === 0) return null;
  return html`<section id="curves">
<h2>Curves</h2>
${drawCharts(charts)}</section>
`;
}

function pictureOf({ file, camera, rectangle, truth, found, score }: ShownPlace): GalleryPicture {
  return {
    file,
    part: rectangle,
    description: `There is ${truth}, found ${found}`,
    caption: html`<b>${truth}</b><br>found ${found}
<small>${percent(score, 0)}<br>${basename(file)} · ${camera}</small>`,
  };
}

function dataHtml({ data, fit, made, head }: RidersRecord): Html {
  const kinds = [...new Set(data.sources.flatMap(({ boxes }) => Object.keys(boxes)))];
  return html`<section id="data">
<h2>The data, and how it was made</h2>
${tableHtml({
  caption: 'Files, and boxes by what they are around',
  columns: ['Source', 'Files', 'Cameras or groups', 'Without riders', ...kinds],
  rows: data.sources.map(source => [
    html`${source.name} <small>${source.kind}</small>`,
    count(source.files),
    count(source.cameras),
    count(source.empty),
    ...kinds.map(kind => count(source.boxes[kind] ?? 0)),
  ]),
})}
${madeRows(made, [
  ['Backbone', `${head.backbone.id} ${head.backbone.sha256.slice(0, 12)}…`],
  ['Crops', `${count(fit.crops)}, ${count(fit.cells)} cells kept, ${count(fit.fitted)} fitted to`],
])}</section>
`;
}
