/** The model card of a fine-tuned backbone: `models/backbone/<id>/README.md`. */

import { duration, moment } from '../../base/words.ts';
import { bullets, code, codeBlock, plain, table } from './markdown.ts';

export interface BackboneCard {
  readonly id: string;
  /** Id of the backbone it was tuned from. */
  readonly parent: string;
  /** ISO 8601. */
  readonly at: string;
  readonly command: string;
  readonly seed: number;
  readonly seconds: number;
  readonly machine: string;
  /** What it takes and gives. */
  readonly inputSize: number;
  readonly width: number;
  /** SHA-256 of its weights. */
  readonly sha256: string;
  /** What was done, a sentence each: blocks tuned, epochs, optimiser, views, teacher. */
  readonly method: readonly string[];
  /** What it was tuned on, a sentence each. None of the pictures is part of it. */
  readonly data: readonly string[];
  /** SHA-256 of labels, groups and pictures. */
  readonly dataSha256: string;
  /** Figures, each of the parent and of this one, as they are to be read (`0.912`, `91.2 %`). */
  readonly metrics: readonly { readonly name: string; readonly parent: string; readonly tuned: string }[];
  readonly licence: string;
}

/** @returns Markdown */
export function renderBackboneCard(card: BackboneCard): string {
  const side = card.inputSize;
  const limits = [
    'Heads fitted to its parent don’t fit it, nor the other way round: each head names its backbone.',
    'It has seen the pictures it was tuned on, so a head measured on their groups is flattered, however they are split.',
  ];
  const sections = [
    `# ${plain(card.id)}

A backbone for surfwatch: turns a picture into ${card.width} numbers, from which heads tell activities apart. Fine-tuned from
${code(card.parent)}.

${table(
  ['', ''],
  [
    ['input', `[n, ${side}, ${side}, 3]`],
    ['output', `[n, ${card.width}]`],
    ['weights, SHA-256', code(card.sha256)],
  ],
)}`,
    `## Data\n${bullets([...card.data.map(plain), `SHA-256 of labels, groups and pictures: ${code(card.dataSha256)}`])}`,
    `## Method\n${bullets(card.method.map(plain))}

${codeBlock(card.command)}

Seed ${card.seed}; ${duration(card.seconds)} on ${plain(card.machine)}; made ${moment(card.at)}.`,
    `## Measured\n${table(
      ['Figure', 'Parent', 'Tuned'],
      card.metrics.map(({ name, parent, tuned }) => [plain(name), plain(parent), plain(tuned)]),
    )}`,
    `## Limits\n${bullets(limits.map(plain))}`,
    `## Licence\n${plain(card.licence)}`,
  ];
  return `${sections.join('\n\n')}\n`;
}
