/** What `surfwatch dataset check` says. */
import type { CheckResult } from '../training/data/check.ts';
import { FINDINGS, type Finding, type FindingKind } from '../training/data/findings.ts';
import { colours as pc } from './colours.ts';
import { printTable } from './table.ts';

interface ClassSummary {
  readonly class: string;
  readonly files: number;
  readonly leftOut: number;
  /** Groups of the files that are not left out. */
  readonly groups: number;
}

/** The answer as an object for scripts. */
export function checkJson(result: CheckResult) {
  return {
    sources: result.sources.map(source => ({ ...source, classes: classesOf(result, source.directory) })),
    files: result.files.length,
    findings: result.findings,
    leftOut: [...result.leftOut].sort(),
    clusters: clustersOf(result),
  };
}

function classesOf({ files, leftOut }: CheckResult, directory: string): ClassSummary[] {
  const here = files.filter(file => file.source === directory);
  const labels = [...new Set(here.map(file => file.label))].sort();
  return labels.map(label => {
    const members = here.filter(file => file.label === label);
    const kept = members.filter(({ path }) => !leftOut.has(path));
    const groups = new Set(kept.map(({ group }) => group)).size;
    return { class: label, files: members.length, leftOut: members.length - kept.length, groups };
  });
}

function clustersOf({ cluster }: CheckResult): string[][] {
  const members = new Map<string, string[]>();
  for (const [path, id] of cluster) members.set(id, [...(members.get(id) ?? []), path]);
  return [...members.values()];
}

export function printCheck(result: CheckResult, all: boolean): void {
  const rows = result.sources.flatMap(({ directory, format }) =>
    classesOf(result, directory).map(({ class: name, files, leftOut, groups }, index) => [
      index === 0 ? `${directory} (${format})` : '',
      name,
      String(files),
      String(leftOut),
      String(groups),
    ]),
  );
  printTable(['source', 'class', 'files', 'left out', 'groups'], rows);
  for (const kind of Object.keys(FINDINGS) as FindingKind[]) {
    const found = result.findings.filter(finding => finding.kind === kind);
    if (found.length > 0) printKind(kind, found, all ? found.length : SHOWN);
  }
  console.log(`\n${verdict(result)}`);
}

/** Findings of a kind that are shown unless all are asked for. */
const SHOWN = 5;
/** Files named in one finding. */
const NAMED = 3;

function printKind(kind: FindingKind, findings: readonly Finding[], shown: number): void {
  const leftOut = new Set(findings.flatMap(finding => finding.leftOut)).size;
  const title = leftOut > 0 ? pc.red(kind) : pc.yellow(kind);
  const count = leftOut > 0 ? `${findings.length}, leaves out ${leftOut}` : `${findings.length}`;
  console.log(`\n${title} (${count}): ${FINDINGS[kind]}`);
  for (const finding of findings.slice(0, shown)) console.log(`  ${lineOf(finding)}`);
  if (findings.length > shown) console.log(`  … and ${findings.length - shown} more (--all)`);
}

function lineOf({ files, message }: Finding): string {
  if (files.length === 0) return message;
  const more = files.length > NAMED ? `, … (${files.length})` : '';
  return `${files.slice(0, NAMED).join(', ')}${more}: ${message}`;
}

function verdict({ files, findings, leftOut }: CheckResult): string {
  // Pictures without labels are left out though they were never listed.
  const listed = files.filter(({ path }) => leftOut.has(path)).length;
  const kept = files.length - listed;
  if (leftOut.size > 0) {
    return `${pc.red('✗')} ${leftOut.size} files are left out; ${kept} can be learnt from`;
  }
  const warnings = findings.length === 0 ? 'nothing is wrong' : `${findings.length} warnings`;
  return `${pc.green('✓')} ${kept} files can be learnt from; ${warnings}`;
}
