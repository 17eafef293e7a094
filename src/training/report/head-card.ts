/** The model card of a head (Mitchell et al. 2019): `models/heads/<id>/README.md`. */

import { count, counted, listed, moment, percent, range } from '../../base/words.ts';
import type { Evaluation } from '../../learning/fit/evaluation.ts';
import type { TrainingRecord } from '../record.ts';
import { prospect } from './curve.ts';
import { headlineOf, overall } from './headline.ts';
import { limitsOf } from './limits.ts';
import { licenceText, madeText } from './made.ts';
import { bullets, code, plain, table } from './markdown.ts';
import { withoutRepeat } from './results.ts';

const WORST_GROUPS = 5;

/** @param licence SPDX identifier or a sentence; without it the card says that none is given @returns Markdown */
export function renderHeadCard(record: TrainingRecord, licence?: string): string {
  const sections = [
    about(record),
    data(record),
    method(record),
    measured(record),
    `## Limits\n${bullets(limitsOf(record).map(plain))}`,
    licenceText(licence),
  ];
  return `${sections.filter(section => section !== '').join('\n\n')}\n`;
}

function about({ head, made }: TrainingRecord): string {
  return `# ${plain(head.id)}

A head for surfwatch: from the embedding of a picture (backbone ${code(head.backbone.id)}) the probability that it shows
${listed(head.activities.map(plain))}, each by itself. Made ${moment(made.at)} by ${code('surfwatch train')}.

${table(
  ['Activity', 'Present from'],
  head.activities.map(name => [plain(name), (head.thresholds[name] ?? 0.5).toFixed(3)]),
)}`;
}

function data({ data, samples }: TrainingRecord): string {
  const classes = [...new Set(data.sources.flatMap(source => Object.keys(source.classes)))];
  const kinds = new Map<string, number>();
  for (const { kind } of data.findings) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  const found = [...kinds].map(([kind, times]) => `${kind} × ${count(times)}`);
  const leftOut = new Set(data.findings.flatMap(finding => finding.leftOut)).size;
  return `## Data
${table(
  ['Source', 'Files', 'Groups', ...classes.map(plain)],
  data.sources.map(source => [
    plain(source.name),
    count(source.files),
    count(source.groups),
    ...classes.map(name => count(source.classes[name] ?? 0)),
  ]),
)}

Fitted to ${counted(samples.fitted, 'sample')}, augmented views among them; ${counted(samples.held, 'picture')} of
${counted(samples.heldGroups.length, 'group')} held out. The checks found ${found.length === 0 ? 'nothing' : listed(found)};
${counted(leftOut, 'file')} left out. SHA-256 of labels, groups and pictures: ${code(data.sha256)}.`;
}

function method({ made, head, epochs, bestEpoch }: TrainingRecord): string {
  return `## Method
The backbone is frozen (SHA-256 ${code(head.backbone.sha256.slice(0, 16))}…). Recipe ${code(made.recipe)}, seed ${made.seed},
the weights of epoch ${bestEpoch} of ${epochs.length}.

${madeText(made)}`;
}

function measured(record: TrainingRecord): string {
  const headline = headlineOf(record);
  if (headline === null) return '';
  const { evaluation } = headline;
  const parts = [
    `## Measured\n${[headline.verdict, headline.warning].filter(part => part !== null).join(' ')} ${plain(headline.confusion ?? '')} Intervals are 95 % bootstrap intervals over whole groups.`,
    record.folds === null ? '' : byFolds(record.folds),
    overall(record.held) === null ? '' : `### Held-out groups, not fitted to\n${figures(record.held)}`,
    `### By class\nMeasured ${headline.basis}.\n\n${byClass(evaluation)}`,
    byGroup(evaluation),
    record.curve === null ? '' : `### More photos\n${plain(prospect(record.curve))}`,
  ];
  return parts.filter(part => part !== '').join('\n\n');
}

function byFolds({ count: folds, pooled, each }: NonNullable<TrainingRecord['folds']>): string {
  const accuracies = each.map(({ accuracy }) => accuracy);
  const spread = `${percent(Math.min(...accuracies))} to ${percent(Math.max(...accuracies))}`;
  return `### Cross-validation, ${folds} folds of whole groups\n${figures(pooled)}\n\nAccuracy of single folds: ${spread}.`;
}

function figures(evaluations: Readonly<Record<string, Evaluation>>): string {
  const figure = (value: number | null, interval: readonly [number, number] | null, pictures: number) =>
    interval === null ? '–' : `${percent(value, pictures)} (${range(interval, pictures)})`;
  return table(
    ['Source', 'Pictures', 'Accuracy', 'Balanced accuracy', 'Activities apart'],
    withoutRepeat(evaluations).map(([name, own]) => [
      plain(name),
      count(own.pictures),
      figure(own.accuracy, own.intervals.accuracy, own.pictures),
      figure(own.balancedAccuracy, own.intervals.balancedAccuracy, own.pictures),
      figure(own.activityAccuracy, own.intervals.activityAccuracy, own.pictures),
    ]),
  );
}

function byClass(evaluation: Evaluation): string {
  return table(
    ['Class', 'Pictures', 'Precision', 'Recall', 'Average precision', 'Calibration error'],
    Object.entries(evaluation.classes).map(([name, { support, precision, recall }]) => [
      plain(name),
      count(support),
      percent(precision, support),
      percent(recall, support),
      percent(evaluation.averagePrecision[name]),
      percent(evaluation.calibrationError[name]),
    ]),
  );
}

function byGroup({ groups }: Evaluation): string {
  const worst = groups.filter(({ accuracy }) => accuracy < 1).slice(0, WORST_GROUPS);
  if (worst.length === 0) return '';
  return `### Hardest groups\n${table(
    ['Group', 'Pictures', 'Right'],
    worst.map(({ group, pictures, accuracy }) => [plain(group), count(pictures), percent(accuracy, 0)]),
  )}`;
}
