/** The report of `surfwatch evaluate`, for scripts and for people. */

import type { HeadManifest } from '../activity/head-bundle.ts';
import { type Metrics, measure, type Prediction } from '../learning/fit/metrics.ts';
import { colours as pc } from './colours.ts';
import { decimals } from './daemon/words.ts';
import type { EvaluatedFile } from './evaluate-examples.ts';
import { UNKNOWN } from './judge.ts';
import { printTable } from './table.ts';

export interface Subject {
  readonly directory: string;
  readonly head: HeadManifest;
  readonly engine: string;
}

export interface Report extends Metrics, LeftOver {
  readonly directory: string;
  readonly unit: 'pictures';
  readonly head: string;
  readonly backbone: string;
  readonly engine: string;
  readonly files: number;
  /** Worst first; empty where no manifest groups the pictures. */
  readonly groups: readonly {
    readonly group: string;
    readonly pictures: number;
    readonly accuracy: number;
  }[];
}

export function reportOn(files: readonly EvaluatedFile[], { directory, head, engine }: Subject): Report {
  const metrics = measure(
    files.flatMap(({ predictions }) => predictions),
    head.activities,
  );
  const foreign: Record<string, number> = {};
  for (const name of files.flatMap(file => file.foreign ?? [])) foreign[name] = (foreign[name] ?? 0) + 1;
  return {
    directory,
    unit: 'pictures',
    head: head.id,
    backbone: head.backbone.id,
    engine,
    files: files.length,
    ...metrics,
    confusion: withUnknown(metrics.confusion),
    groups: groupsOf(files, head.activities),
    unknown: files.flatMap(({ file, visibility = 'ok' }) =>
      visibility === 'ok' ? [] : [{ file, visibility }],
    ),
    unreadable: files.flatMap(({ file, error }) => (error === undefined ? [] : [{ file, error }])),
    foreign,
  };
}

function withUnknown(confusion: Metrics['confusion']): Metrics['confusion'] {
  return Object.fromEntries(
    Object.entries(confusion).map(([truth, row]) => [truth, { [UNKNOWN]: 0, ...row }]),
  );
}

function groupsOf(files: readonly EvaluatedFile[], activities: readonly string[]): Report['groups'] {
  const groups = new Map<string, Prediction[]>();
  for (const { group, predictions } of files) {
    if (predictions.length > 0) groups.set(group, [...(groups.get(group) ?? []), ...predictions]);
  }
  // Without a manifest each photo is a group of its own, which says nothing.
  if (groups.size === files.filter(({ predictions }) => predictions.length > 0).length) return [];
  return [...groups]
    .map(([group, predictions]) => ({
      group,
      pictures: predictions.length,
      accuracy: measure(predictions, activities).accuracy,
    }))
    .sort((a, b) => a.accuracy - b.accuracy || b.pictures - a.pictures);
}

const WORST_GROUPS = 5;
/** One wrong picture of two says nothing of a group. */
const TELLING = 3;
const LISTED = 20;

export function printReport(report: Report): void {
  const { directory, head, engine, pictures } = report;
  console.log(`${pc.bold(directory)}: ${pictures} pictures; head ${head}, engine ${engine}\n`);
  console.log(`accuracy            ${decimals(report.accuracy)}`);
  console.log(`balanced accuracy   ${decimals(report.balancedAccuracy)}   mean recall of the classes`);
  console.log(
    `activities apart    ${decimals(report.activityAccuracy)}   where there is one: the highest score is right\n`,
  );
  printClasses(report);
  printConfusion(report);
  printGroups(report);
  printLeftOver(report, 'wrong', 'files');
}

function printClasses({ classes }: Report): void {
  const rows = Object.entries(classes).map(([name, { precision, recall, f1, support }]) => [
    name,
    ...[precision, recall, f1].map(value => decimals(value)),
    String(support),
  ]);
  printTable(['class', 'precision', 'recall', 'F1', 'support'], rows);
}

function printConfusion({ confusion, classes }: Report): void {
  const names = Object.keys(classes);
  const anyUnknown = Object.values(confusion).some(row => (row[UNKNOWN] ?? 0) > 0);
  const found = anyUnknown ? [...names, UNKNOWN] : names;
  const rows = names.map(truth => [truth, ...found.map(name => String(confusion[truth]?.[name] ?? 0))]);
  console.log('');
  printTable(['truth \\ found', ...found], rows);
}

function printGroups({ groups }: Report): void {
  const worst = groups
    .filter(({ pictures, accuracy }) => pictures >= TELLING && accuracy < 1)
    .slice(0, WORST_GROUPS);
  if (worst.length === 0) return;
  console.log('');
  printTable(
    ['worst groups', 'accuracy', 'of'],
    worst.map(({ group, accuracy, pictures }) => [group, decimals(accuracy), String(pictures)]),
  );
}

/** What does not count as it stands. */
export interface LeftOver {
  /** Files that cannot be judged: what is in them counts as wrong, or missed. */
  readonly unknown: readonly { readonly file: string; readonly visibility: string }[];
  /** Files that cannot be read: they don't count. */
  readonly unreadable: readonly {
    readonly file: string;
    readonly error: { readonly code: string; readonly message: string };
  }[];
  /** Number of files by activity that the model doesn't know: what shows it doesn't count. */
  readonly foreign: Readonly<Record<string, number>>;
}

/** @param counted what those that cannot be judged are counted as: `wrong` @param unit of what was measured: `files` */
export function printLeftOver(
  { unknown, unreadable, foreign }: LeftOver,
  counted: string,
  unit: string,
): void {
  list(
    `cannot be judged, counted as ${counted}`,
    unknown.map(({ file, visibility }) => `${file}: ${visibility}`),
  );
  list(
    'not counted',
    unreadable.map(({ file, error }) => `${file}: ${error.code}: ${error.message}`),
  );
  list(
    'not known to the model, not counted',
    Object.entries(foreign).map(([name, count]) => `${name}: ${count} ${unit}`),
  );
}

function list(title: string, lines: readonly string[]): void {
  if (lines.length === 0) return;
  console.log(`\n${title}:`);
  for (const line of lines.slice(0, LISTED)) console.log(`  ${line}`);
  if (lines.length > LISTED) console.log(`  and ${lines.length - LISTED} more (--json lists all)`);
}
