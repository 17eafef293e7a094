/** The model card of a head for riders (Mitchell et al. 2019): `models/riders/<id>/README.md`. */

import { count, counted, listed, moment, percent } from '../../../base/words.ts';
import { licenceText, madeText } from '../../report/made.ts';
import { bullets, code, plain, table } from '../../report/markdown.ts';
import { judgedBy, sightWarning } from '../../report/sight-words.ts';
import type { RidersRecord } from '../record.ts';
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

/** @param licence SPDX identifier or a sentence; without it the card says that none is given @returns Markdown */
export function renderRidersCard(record: RidersRecord, licence?: string): string {
  const sections = [
    about(record),
    measured(record),
    `## Limits\n${bullets(limitsOf(record).map(plain))}`,
    data(record),
    method(record),
    licenceText(licence),
  ];
  return `${sections.join('\n\n')}\n`;
}

function about({ head, made }: RidersRecord): string {
  const { rider, crowd, presence } = head.cells;
  return `# ${plain(head.id)}

A head for surfwatch that finds riders in frames: from the vector of each cell (backbone ${code(head.backbone.id)}) the
probability that a rider of ${listed(head.activities.map(plain))} is there${head.background.length === 0 ? '' : `, or ${listed(head.background.map(plain))}`}.
Made ${moment(made.at)} by ${code('surfwatch train')}. A place counts as a rider from ${rider}${crowd === undefined ? '' : `, where three\nothers of its activity do from ${crowd}`}; the log odds that an activity goes on are ${presence.slope} × evidence + ${presence.intercept}.`;
}

function measured({ judged }: RidersRecord): string {
  const { overall, cameras } = judged;
  const five = overall.foundAt;
  return `## Measured
On ${judgedBy('camera', judged.sight)}, ${plain(howJudged(judged))}. ${plain(sightWarning('camera', judged.sight) ?? '')} Single frames, at full detail. ${FIGURE_MEANINGS}

${table(
  ['Camera', ...FIGURE_COLUMNS],
  [['all', ...figureCells(overall)], ...cameras.map(camera => [plain(camera.name), ...figureCells(camera)])],
)}

The strongest rider of a frame stands above the strongest false alarm of another in ${percent(overall.auc)} of pairs${
    five === null
      ? ''
      : `; ${percent(five.five)} of the frames with riders have one above a limit that 5 % of frames fail, ${percent(five.twenty)} at 20 %`
  }.

${table(
  ['Height in pixels', 'Riders', 'Counted'],
  overall.heights.map(({ from, to, riders, hit }) => [
    to === null ? `${from} and more` : `${from} to ${to}`,
    count(riders),
    share(hit, riders),
  ]),
)}${groundTable(judged.ground)}`;
}

function groundTable(ground: RidersRecord['judged']['ground']): string {
  const rows = groundRows(ground);
  return rows.length === 0 ? '' : `\n\n${GROUND_CAPTION}.\n\n${table(['Where', 'Places', 'Share'], rows)}`;
}

function data({ data, fit }: RidersRecord): string {
  const kinds = [...new Set(data.sources.flatMap(({ boxes }) => Object.keys(boxes)))];
  const leftOut = new Set(data.findings.flatMap(finding => finding.leftOut)).size;
  return `## Data
${table(
  ['Source', 'Kind', 'Files', 'Cameras or groups', 'Without riders', ...kinds.map(plain)],
  data.sources.map(source => [
    plain(source.name),
    source.kind,
    count(source.files),
    count(source.cameras),
    count(source.empty),
    ...kinds.map(kind => count(source.boxes[kind] ?? 0)),
  ]),
)}

${counted(leftOut, 'file')} left out by the checks. SHA-256 of pictures and of what is known of them: ${code(data.sha256)}.
${counted(fit.reservedCameras.length, 'camera or group', 'cameras or groups')} never fitted to, by which boards judge what they learn.`;
}

function method({ made, fit, head }: RidersRecord): string {
  return `## Method
The backbone is frozen (SHA-256 ${code(head.backbone.sha256.slice(0, 16))}…). ${count(fit.crops)} crops, ${count(fit.cells)}
cells kept of them, ${count(fit.fitted)} fitted to; the weights of epoch ${fit.kept} of ${fit.epochs}; seed ${made.seed}.

${madeText(made)}`;
}
