/** What `surfwatch train` says in the terminal. */
import { join } from 'node:path';
import pc from 'picocolors';
import type { Evaluation } from '../learning/fit/evaluation.ts';
import { FINDINGS, type Finding, type FindingKind } from '../training/data/findings.ts';
import type { TrainingRecord } from '../training/record.ts';
import { prospect } from '../training/report/curve.ts';
import { headlineOf } from '../training/report/headline.ts';
import { printTable } from './table.ts';

/** Files of each kind of finding that are named; the report has all. */
const NAMED = 3;

export function printTraining(
  record: TrainingRecord,
  folder: string,
  { current, report }: { readonly current: boolean; readonly report: boolean },
): void {
  printFindings(record.data.findings);
  printHeld(record);
  if (record.curve !== null && record.curve.next !== null) console.log(`\n${prospect(record.curve)}`);
  if (record.suspects.length > 0) {
    const some = record.suspects.slice(0, NAMED).map(({ file }) => file);
    console.log(`\nPerhaps mislabelled: ${record.suspects.length}, such as ${some.join(', ')}`);
  }
  const limits = Object.entries(record.head.thresholds).map(([name, limit]) => `${name} ${limit}`);
  console.log(`\nthresholds: ${limits.join(', ')}`);
  console.log(`saved ${folder}${current ? ', which is current now' : ''}`);
  if (report) console.log(`report ${join(folder, 'report.html')}`);
}

export function printFindings(findings: readonly Finding[]): void {
  const kinds = Object.keys(FINDINGS) as FindingKind[];
  for (const kind of kinds) {
    const own = findings.filter(finding => finding.kind === kind);
    if (own.length === 0) continue;
    const left = own.flatMap(({ leftOut }) => leftOut).length;
    const files = own.flatMap(({ files: [first] }) => first ?? []).slice(0, NAMED);
    const more = own.length > files.length && files.length > 0 ? ', …' : '';
    const which =
      files.length === 0 ? own.map(({ message }) => message).join('; ') : `${files.join(', ')}${more}`;
    console.log(`${pc.yellow(kind)} ${own.length}${left > 0 ? `, ${left} files left out` : ''}: ${which}`);
  }
  if (findings.length > 0) console.log('surfwatch dataset check explains them.\n');
}

function printHeld(record: TrainingRecord): void {
  const { samples, held, folds } = record;
  const headline = headlineOf(record);
  if (headline !== null) console.log(pc.bold(headline.verdict));
  if (headline !== null && headline.warning !== null) console.log(pc.yellow(headline.warning));
  const groups = samples.heldGroups.length;
  console.log(pc.bold(`${samples.fitted} samples fitted, ${samples.held} of ${groups} groups held out`));
  printEvaluations(held);
  if (folds === null) return;
  console.log(pc.bold(`\nCross-validation, ${folds.count} folds of whole groups`));
  printEvaluations(folds.pooled);
}

function printEvaluations(bySource: Readonly<Record<string, Evaluation>>): void {
  const entries = Object.entries(bySource);
  // One source is all there is.
  const shown = entries.length === 2 ? entries.slice(0, 1) : entries;
  printTable(
    ['', 'pictures', 'accuracy', 'balanced', 'activities apart', 'calibration error'],
    shown.map(([name, each]) => [
      name,
      String(each.pictures),
      range(each.accuracy, each.intervals.accuracy),
      range(each.balancedAccuracy, each.intervals.balancedAccuracy),
      each.activityAccuracy === null ? '–' : range(each.activityAccuracy, each.intervals.activityAccuracy),
      Math.max(...Object.values(each.calibrationError)).toFixed(3),
    ]),
  );
}

function range(value: number, interval: readonly [number, number] | null): string {
  const number = value.toFixed(3);
  return interval === null ? number : `${number} (${interval[0].toFixed(2)}–${interval[1].toFixed(2)})`;
}
