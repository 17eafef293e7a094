/** What to look at before training: samples of each class, then what the checks found. */
import { basename } from 'node:path';
import type { ContactSheet, SheetSection } from '../../learning/sheet/contact-sheet.ts';
import { sampleOfEach } from '../../learning/sheet/sample-of-each.ts';
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
