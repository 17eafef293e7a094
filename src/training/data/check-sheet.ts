/** What to look at before training: samples of each class, then what the checks found. */
import { basename } from 'node:path';
import { createRandom, shuffled } from '../../base/random.ts';
import type { ContactSheet, SheetSection } from '../../learning/sheet/contact-sheet.ts';
import type { CheckResult } from './check.ts';
import { isPicture } from './files.ts';
import { FINDINGS, type Finding, type FindingKind } from './findings.ts';

export interface SheetChoice {
  /** Samples of each class. */
  readonly samples: number;
  readonly seed: number;
}

/** More pictures of one kind of finding make the page heavy and tell nothing new. */
const MOST = 60;

export function checkSheet(
  { files, findings, leftOut, sources }: CheckResult,
  choice: SheetChoice,
): ContactSheet {
  const kept = files.filter(({ path }) => !leftOut.has(path));
  const samples = sampleOfEach(kept, file => file.label, choice.samples, choice.seed);
  const classes = [...samples].map(([label, chosen]) => ({
    title: label,
    note: `${chosen.length} of ${kept.filter(file => file.label === label).length}, chosen at random`,
    pictures: chosen.map(({ path }) => ({ file: path, caption: basename(path) })),
  }));
  const kinds = (Object.keys(FINDINGS) as FindingKind[]).flatMap(kind => {
    const section = sectionOf(
      kind,
      findings.filter(finding => finding.kind === kind),
    );
    return section === undefined ? [] : [section];
  });
  const names = sources.map(({ directory }) => directory).join(', ');
  return { title: `Pictures to learn from: ${names}`, sections: [...classes, ...kinds] };
}

function sectionOf(kind: FindingKind, findings: readonly Finding[]): SheetSection | undefined {
  if (findings.length === 0) return undefined;
  const pictures = findings.flatMap(({ files, message, leftOut }) =>
    files.filter(isPicture).map(file => ({
      file,
      caption: `${basename(file)}\n${message}`,
      tone: leftOut.includes(file) ? ('bad' as const) : ('plain' as const),
    })),
  );
  const messages = findings.filter(({ files }) => files.length === 0).map(({ message }) => message);
  const shown = pictures.length > MOST ? `${MOST} of ${pictures.length} pictures` : '';
  const note = [FINDINGS[kind], ...messages, shown].filter(text => text !== '').join('. ');
  return { title: kind, note, pictures: pictures.slice(0, MOST) };
}

/**
 * At most `count` items of each class, chosen at random by the seed and kept in their order. Classes come in the order
 * of their first item; the choice within one doesn't depend on the others.
 */
export function sampleOfEach<T>(
  items: readonly T[],
  classOf: (item: T) => string,
  count: number,
  seed: number,
): Map<string, T[]> {
  const classes = new Map<string, T[]>();
  for (const item of items) {
    const members = classes.get(classOf(item)) ?? [];
    members.push(item);
    classes.set(classOf(item), members);
  }
  for (const [name, members] of classes) {
    const order = shuffled([...members.keys()], createRandom(seed));
    const chosen = new Set(order.slice(0, count));
    classes.set(
      name,
      members.filter((_, index) => chosen.has(index)),
    );
  }
  return classes;
}
