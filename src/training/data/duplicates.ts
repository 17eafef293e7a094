/** Finds pictures that are there more than once: what is left out of them, and what must stay together in a split. */
import { createDisjointSets } from './disjoint-sets.ts';
import type { Finding } from './findings.ts';
import type { Fingerprint } from './fingerprint.ts';
import { likeness } from './likeness.ts';
import { neighbours } from './neighbours.ts';

export interface ComparedPhoto {
  readonly path: string;
  /** The name of its class: pictures of different labels contradict each other. */
  readonly label: string;
  /** Null where nothing tells where it is from. */
  readonly group: string | null;
  readonly fingerprint: Fingerprint;
}

export interface Duplicates {
  readonly findings: readonly Finding[];
  /** Path → the first of the pictures that are nearly the same, for those that have such a neighbour. */
  readonly cluster: ReadonlyMap<string, string>;
}

/** Saved again, in another size or brighter: details ≥ 0.94 and whole ≥ 0.98 for 99 % of real photos; two shots in a row ≤ 0.86. */
const SAME = { details: 0.88, whole: 0.97 };

/** Cropped by 2 % at each edge, or another shot of the same moment; unrelated photos that are alike as a whole have ≤ 0.22. */
const NEAR = { details: 0.35, whole: 0.7 };

export function findDuplicates(photos: readonly ComparedPhoto[]): Duplicates {
  const { same, near } = setsOf(photos.map(photo => photo.fingerprint));
  const at = (index: number) => photos[index] as ComparedPhoto;
  const findings = same.flatMap(set => judgeSame(set.map(at)));
  const leftOut = new Set(findings.flatMap(finding => finding.leftOut));
  const cluster = new Map<string, string>();
  for (const set of near) {
    const members = set.map(at);
    for (const { path } of members) cluster.set(path, members[0]?.path ?? path);
    const finding = judgeNear(members.filter(({ path }) => !leftOut.has(path)));
    if (finding !== undefined) findings.push(finding);
  }
  return { findings, cluster };
}

function setsOf(prints: readonly Fingerprint[]): { same: number[][]; near: number[][] } {
  const same = createDisjointSets(prints.length);
  const near = createDisjointSets(prints.length);
  const join = (a: number, b: number) => {
    same.join(a, b);
    near.join(a, b);
  };
  const first = new Map<string, number>();
  for (const [index, { sha256 }] of prints.entries()) {
    const other = first.get(sha256);
    if (other === undefined) first.set(sha256, index);
    else join(index, other);
  }
  for (const [a, b] of neighbours(prints.map(print => print.hash))) {
    if (same.find(a) === same.find(b)) continue;
    const { whole, details } = likeness((prints[a] as Fingerprint).thumb, (prints[b] as Fingerprint).thumb);
    if (details >= SAME.details && whole >= SAME.whole) join(a, b);
    else if (details >= NEAR.details && whole >= NEAR.whole) near.join(a, b);
  }
  return { same: same.groups(), near: near.groups() };
}

/** The same picture several times: under two labels none can be trusted; under one, the first of each group is enough. */
function judgeSame(photos: readonly ComparedPhoto[]): Finding[] {
  const labels = [...new Set(photos.map(photo => photo.label))];
  if (labels.length > 1) {
    const files = photos.map(photo => photo.path);
    const message = `the same picture is labelled ${labels.join(' and ')}`;
    return [{ kind: 'contradiction', files, message, leftOut: files }];
  }
  const kept: ComparedPhoto[] = [];
  const findings: Finding[] = [];
  for (const photo of photos) {
    const other = kept.find(({ group }) => group === null || photo.group === null || group === photo.group);
    if (other === undefined) kept.push(photo);
    else findings.push(duplicateOf(photo, other));
  }
  return findings;
}

function duplicateOf(photo: ComparedPhoto, other: ComparedPhoto): Finding {
  const exact = photo.fingerprint.sha256 === other.fingerprint.sha256;
  return {
    kind: 'duplicate',
    files: [photo.path, other.path],
    message: exact ? 'the same file is there twice' : 'the same picture is there twice, saved differently',
    leftOut: [photo.path],
  };
}

/** Within one group they stay together anyway. */
function judgeNear(photos: readonly ComparedPhoto[]): Finding | undefined {
  const groups = new Set(photos.map(({ group, path }) => group ?? path));
  if (photos.length < 2 || groups.size < 2) return undefined;
  const labels = [...new Set(photos.map(photo => photo.label))];
  const known = photos.every(({ group }) => group !== null);
  const where = known ? `in ${groups.size} groups` : 'of unknown groups';
  const doubt = labels.length > 1 ? `, labelled ${labels.join(' and ')}: have a look` : '';
  return {
    kind: 'near-duplicate',
    files: photos.map(photo => photo.path),
    message: `${photos.length} pictures ${where} are nearly the same${doubt}`,
    leftOut: [],
  };
}
