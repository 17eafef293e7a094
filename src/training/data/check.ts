/** Checks everything there is to learn from before it is learnt from. */
import { ahead } from '../../base/ahead.ts';
import { checkClasses } from './class-checks.ts';
import { type ComparedPhoto, findDuplicates } from './duplicates.ts';
import { FINDINGS, type Finding, type FindingKind } from './findings.ts';
import { type Fingerprint, fingerprint, PICTURE_LIMITS, type PictureLimits } from './fingerprint.ts';
import { type ListedFile, type ListedSource, listSources } from './list-sources.ts';

export interface CheckOptions {
  readonly limits?: Partial<PictureLimits>;
  /** Names that stand for themselves as classes of boxes, besides the usual three. */
  readonly activities?: readonly string[];
  /** A file was read: so many of all. */
  readonly onFile?: (done: number, total: number) => void;
}

export interface CheckResult {
  readonly sources: readonly ListedSource[];
  /** Every picture that was listed, those left out too. */
  readonly files: readonly ListedFile[];
  /** In the order of {@link FINDINGS}. */
  readonly findings: readonly Finding[];
  /** Paths, as the files are listed, that must not be learnt from. */
  readonly leftOut: ReadonlySet<string>;
  /**
   * Path → the first of the near-duplicates it belongs to, for photos that have such: whatever shares it must be on one
   * side of a split, whatever its group.
   */
  readonly cluster: ReadonlyMap<string, string>;
}

/**
 * Checks folders to learn from: names, readability, duplicates and contradictions across all of them, boxes, and how
 * much there is of each class. A bad file becomes a finding, never an error.
 *
 * @throws SurfwatchError `dataset-unreadable`, `dataset-mixed` where a folder or one of its lists cannot be used at all
 */
export async function checkSources(
  directories: readonly string[],
  options: CheckOptions = {},
): Promise<CheckResult> {
  const { sources, files, findings: listed } = await listSources(directories, options.activities);
  const findings = [...listed];
  const withLists = leftOutBy(findings);
  const read = await readAll(
    files.filter(({ path }) => !withLists.has(path)),
    options,
  );
  findings.push(...read.findings);
  // Neighbouring frames of a camera are alike, and held together by their groups.
  const duplicates = findDuplicates(read.photos);
  findings.push(...duplicates.findings);
  const leftOut = leftOutBy(findings);
  findings.push(...checkClasses(files.filter(({ path }) => !leftOut.has(path))));
  return { sources, files, findings: inOrder(findings), leftOut, cluster: duplicates.cluster };
}

function leftOutBy(findings: readonly Finding[]): Set<string> {
  return new Set(findings.flatMap(finding => finding.leftOut));
}

async function readAll(
  files: readonly ListedFile[],
  options: CheckOptions,
): Promise<{ readonly findings: Finding[]; readonly photos: ComparedPhoto[] }> {
  const limits = { ...PICTURE_LIMITS, ...options.limits };
  // One picture is read while the other is decoded; more would only hold more memory.
  const read = ahead(files, 2, async file => ({ ...file, print: await fingerprint(file.path, limits) }));
  const findings: Finding[] = [];
  const photos: ComparedPhoto[] = [];
  let done = 0;
  for await (const { path, label, group, frame, print } of read) {
    options.onFile?.(++done, files.length);
    if ('kind' in print) findings.push({ ...print, files: [path], leftOut: [path] });
    else if (!frame) photos.push(photoOf(path, label, group, print));
  }
  return { findings, photos };
}

function photoOf(path: string, label: string, group: string, print: Fingerprint): ComparedPhoto {
  return { path, label, group: group === path ? null : group, fingerprint: print };
}

function inOrder(findings: readonly Finding[]): Finding[] {
  const order = Object.keys(FINDINGS) as FindingKind[];
  return [...findings].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
}
