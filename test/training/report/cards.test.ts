import { describe, expect, it } from 'vitest';
import { type BackboneCard, renderBackboneCard } from '../../../src/training/report/backbone-card.ts';
import { renderHeadCard } from '../../../src/training/report/head-card.ts';
import { limitsOf } from '../../../src/training/report/limits.ts';
import { code, codeBlock, plain, table } from '../../../src/training/report/markdown.ts';
import { sampleRecord } from './sample-record.ts';

const RECORD = sampleRecord([]);

/** Every row of a table has as many cells as its head. */
function checkTables(markdown: string): void {
  const lines = markdown.split('\n');
  for (const [index, line] of lines.entries()) {
    if (!line.startsWith('| ---')) continue;
    const cells = (row: string | undefined) => row?.replaceAll('\\|', '').split('|').length;
    for (let row = index - 1; lines[row]?.startsWith('|'); row++) expect(cells(lines[row])).toBe(cells(line));
  }
}

describe('renderHeadCard', () => {
  const card = renderHeadCard(RECORD, 'Apache-2.0');

  it('has what it is, its data, method, figures, limits and licence', () => {
    const headings = [...card.matchAll(/^#{1,2} .*$/gm)].map(([heading]) => heading);
    expect(headings).toEqual([
      '# 2026-11-23T15-21Z-8f0c',
      '## Data',
      '## Method',
      '## Measured',
      '## Limits',
      '## Licence',
    ]);
    expect(card).toContain(RECORD.made.command);
    expect(card).toContain(RECORD.data.sha256);
    expect(card).toContain('### Cross-validation, 5 folds of whole groups');
    expect(card).toContain('### Hardest groups');
    expect(card).toContain('duplicate × 12');
    expect(card).toMatch(/\| watersports \| 760 \| 9\d\.\d\u{a0}% \(\d\d\.\d–\d\d\.\d\u{a0}%\)/u);
    expect(card).not.toMatch(/undefined|null|NaN/);
    checkTables(card);
  });

  it('does without what there is not', () => {
    const bare = renderHeadCard({ ...RECORD, folds: null, curve: null, held: {}, epochs: [] });
    expect(bare).not.toContain('## Measured');
    expect(bare).toContain('Nothing was held out');
    expect(bare).toContain('None is given');
    checkTables(bare);
  });

  it('keeps names that look like markup text', () => {
    const sources = [{ name: '<b>|x`', files: 1, groups: 1, classes: {} }];
    const evil = renderHeadCard({ ...RECORD, data: { ...RECORD.data, sources } });
    expect(evil).toContain('| \\<b\\>\\|x\\` | 1 |');
    checkTables(evil);
  });
});

describe('limitsOf', () => {
  const all = RECORD.held.all;
  if (all === undefined) throw new Error('the sample record has figures');

  it('names classes of few pictures or low recall, few groups, probabilities that are off', () => {
    const surfing = { support: 12, precision: 0.9, recall: 0.5, f1: 0.64 };
    const limits = limitsOf({
      ...RECORD,
      folds: null,
      samples: { ...RECORD.samples, heldGroups: ['a', 'b'] },
      held: {
        all: {
          ...all,
          classes: { ...all.classes, surfing },
          calibrationError: { surfing: 0.12, kitesurfing: 0.01 },
        },
      },
    }).join('\n');
    expect(limits).toContain('Only 2 groups were held out');
    expect(limits).toContain('Only 12 measured pictures show surfing');
    expect(limits).toMatch(/show surfing, it finds only 50\u{a0}%/u);
    expect(limits).toMatch(/Probabilities of surfing \(12\u{a0}%\)/u);
    expect(limits).not.toContain('kitesurfing (');
  });

  it('passes on what the checks found of classes', () => {
    const finding = {
      kind: 'too-few' as const,
      files: [],
      message: 'there are 4 pictures of foiling',
      leftOut: [],
    };
    expect(limitsOf({ ...RECORD, data: { ...RECORD.data, findings: [finding] } })).toContain(
      'There are 4 pictures of foiling.',
    );
  });
});

describe('renderBackboneCard', () => {
  const card: BackboneCard = {
    id: 'mine-1.0-224',
    parent: 'surfwatch-mobilenetv2-v3',
    at: '2026-11-23T15:21:08.000Z',
    command: 'surfwatch train photos/ --unfreeze 4',
    seed: 37,
    seconds: 3725,
    machine: '2 cores',
    inputSize: 224,
    width: 1280,
    sha256: 'ab'.repeat(32),
    method: ['The last 4 blocks, 8 epochs of AdamW at 4e-4.'],
    data: ['760 photos of 90 groups'],
    dataSha256: 'cd'.repeat(32),
    metrics: [{ name: 'accuracy on held-out groups', parent: '0.871', tuned: '0.903' }],
    licence: 'Apache-2.0',
  };

  it('says where it comes from and what changed', () => {
    const text = renderBackboneCard(card);
    expect(text).toContain('`surfwatch-mobilenetv2-v3`');
    expect(text).toContain('| accuracy on held-out groups | 0.871 | 0.903 |');
    expect(text).toContain('Seed 37; 1 h 2 min on 2 cores; made 2026-11-23 15:21 UTC.');
    checkTables(text);
  });
});

describe('Markdown', () => {
  it('escapes text, and fences code by more backticks than it holds', () => {
    expect(plain('a|b\n*c* <d>')).toBe('a\\|b \\*c\\* \\<d\\>');
    expect(code('x')).toBe('`x`');
    expect(code('a ``b')).toBe('``` a ``b ```');
    expect(codeBlock('a\n```\nb')).toBe('````text\na\n```\nb\n````');
    expect(table(['a', 'b'], [['c', 'd']])).toBe('| a | b |\n| --- | ---: |\n| c | d |');
  });
});
