/** How a head was made: rows of a report, and a paragraph of a model card. */
import { type Html, html } from '../../base/html.ts';
import { duration, listed, moment } from '../../base/words.ts';
import type { Made } from '../record.ts';
import { codeBlock, plain } from './markdown.ts';

/** @param more rows between the seed and the versions */
export function madeRows(made: Made, more: readonly (readonly [string, Html | string])[]): Html {
  const rows = [
    ['Command', html`<code>${made.command}</code>`],
    ['Seed', String(made.seed)],
    ...more,
    ['Versions', pairs(made.versions)],
    ['Machine', made.machine],
    ['Made', moment(made.at)],
    ['Time', time(made)],
  ] as const;
  return html`<dl>
${rows.map(
  ([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>
`,
)}</dl>
`;
}

export function madeText(made: Made): string {
  const versions = Object.entries(made.versions).map(([name, version]) => plain(`${name} ${version}`));
  return `${codeBlock(made.command)}

${plain(time(made))} on ${plain(made.machine)}; ${listed(versions)}.`;
}

/** @param licence SPDX identifier or a sentence */
export function licenceText(licence: string | undefined): string {
  return `## Licence\n${licence === undefined ? 'None is given. The pictures it was trained on are not part of it.' : plain(licence)}`;
}

/** `8 min 2 s (checks 4.2 s, fitting 11.7 s)` */
function time({ seconds }: Made): string {
  const all = Object.values(seconds).reduce((sum, each) => sum + each, 0);
  const each = Object.entries(seconds).map(([name, some]) => [name, duration(some)] as const);
  return `${duration(all)} (${pairs(Object.fromEntries(each))})`;
}

/** `surfing 0.55, none 0.4` */
function pairs(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(pair => pair.join(' '))
    .join(', ');
}
